#include "tests/harness/api_client.h"

#include <cstdio>
#include <cstdlib>

#include "client/channel.h"
#include "holdfast/v1/vault_service.grpc.pb.h"
#include "vault/base/ids.h"
#include "vault/crypto/init.h"

namespace holdfast::testing {
namespace {

client::Identity LoadOrAbort(const std::string& home) {
  auto identity = crypto::Init().ok() ? client::LoadIdentity(home) : absl::InternalError("libsodium");
  if (identity.ok()) return *std::move(identity);
  std::fprintf(stderr, "no device in %s: %s\n", home.c_str(),
               std::string(MessageOf(identity.status())).c_str());
  std::abort();
}

}  // namespace

ApiClient::ApiClient(const std::string& home) : identity_(LoadOrAbort(home)) {}

absl::Status ApiClient::Connect(const std::string& address) {
  address_ = address;
  channel_ = client::ApiChannel(address, identity_);
  HF_ASSIGN_OR_RETURN(const v1::Vault vault,
                      Call<v1::VaultService>(&v1::VaultService::StubInterface::GetVault, {}));
  HF_ASSIGN_OR_RETURN(sealer_, client::Sealer::Make(identity_, vault));
  return absl::OkStatus();
}

absl::StatusOr<v1::SecretVersion> ApiClient::Put(std::string_view account, std::string_view secret,
                                                 std::string_view value,
                                                 const std::string& request_id) const {
  v1::AddSecretVersionRequest request;
  request.set_parent(SecretResource(account, secret));
  request.set_request_id(request_id);
  request.set_reason(request_id);
  HF_ASSIGN_OR_RETURN(*request.mutable_value(), sealer_->Seal({.purpose = "put",
                                                               .request_id = request_id,
                                                               .account = std::string(account),
                                                               .secret = std::string(secret),
                                                               .version = 0},
                                                              Plaintext::CopyOf(AsBytes(value))));
  return Call<v1::SecretService>(&v1::SecretService::StubInterface::AddSecretVersion, request);
}

absl::StatusOr<std::string> ApiClient::Reveal(std::string_view account, std::string_view secret,
                                              std::int64_t version, const std::string& request_id) const {
  v1::RevealSecretVersionRequest request;
  request.set_name(version == 0 ? SecretResource(account, secret)
                                : VersionResource(account, secret, version));
  request.set_request_id(request_id);
  request.set_reason(request_id);
  HF_ASSIGN_OR_RETURN(
      const auto response,
      Call<v1::SecretService>(&v1::SecretService::StubInterface::RevealSecretVersion, request));
  HF_ASSIGN_OR_RETURN(const Plaintext value,
                      client::OpenRevealed(identity_, request.name(), request_id, WallNow(), response));
  return std::string(AsChars(value.ExposeSecret()));
}

}  // namespace holdfast::testing
