#include "client/channel.h"

#include <functional>
#include <utility>

#include "fmt/format.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "vault/pki/ca.h"
#include "vault/pki/chain.h"
#include "vault/pki/inspect.h"
#include "vault/pki/key.h"

namespace holdfast::client {
namespace {

namespace tls = grpc::experimental;

constexpr int kMaxMessage = 4 * 1024 * 1024;  // a page of 200 events with their leaves

// The server that is taken for the vault.
struct Expected {
  Bytes ca_sha256;
  std::string dns_name;  // "": any, while the vault's name is not known: the hash alone says which vault it is
};

class ServerVerifier final : public tls::ExternalCertificateVerifier {
 public:
  ServerVerifier(Expected expected, std::shared_ptr<Verdict> verdict)
      : expected_(std::move(expected)), verdict_(std::move(verdict)) {}

  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* sync_status) override {
    const grpc::string_ref chain = request->peer_cert_full_chain();
    const auto ca = pki::VerifyPinnedChain({chain.data(), chain.size()}, expected_.ca_sha256,
                                           expected_.dns_name, WallNow());
    verdict_->Set(ca.status());
    if (!ca.ok()) *sync_status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "not the vault");
    return true;  // decided at once
  }

  void Cancel(tls::TlsCustomVerificationCheckRequest*) override {}

 private:
  const Expected expected_;
  const std::shared_ptr<Verdict> verdict_;
};

std::shared_ptr<grpc::Channel> TlsChannel(const std::string& address, const std::string& certificate,
                                          const Plaintext& private_key, Expected expected,
                                          std::shared_ptr<Verdict> verdict) {
  std::vector<tls::IdentityKeyCertPair> pairs{
      {std::string(AsChars(private_key.ExposeSecret())), certificate}};
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<tls::StaticDataCertificateProvider>(pairs));
  Wipe(pairs.front().private_key);
  options.watch_identity_key_cert_pairs();
  // gRPC's own check needs roots or a name; ours is stricter: one CA, by hash.
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(
      tls::ExternalCertificateVerifier::Create<ServerVerifier>(std::move(expected), std::move(verdict)));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessage);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // the vault is reached directly or not at all
  return grpc::CreateCustomChannel(address, tls::TlsCredentials(options), arguments);
}

}  // namespace

absl::Status Verdict::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void Verdict::Set(absl::Status status) {
  const std::lock_guard lock(mutex_);
  met_ = met_ || status.ok();
  status_ = std::move(status);
}

bool Verdict::met() const {
  const std::lock_guard lock(mutex_);
  return met_;
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> EnrollmentChannel(const std::string& address,
                                                                 const pki::EnrollmentString& string,
                                                                 std::shared_ptr<Verdict> verdict) {
  HF_ASSIGN_OR_RETURN(const std::string certificate, pki::MakeEnrollmentCertificate(string.key, WallNow()));
  HF_ASSIGN_OR_RETURN(const Plaintext key, pki::PrivateKeyToPem(string.key));
  return TlsChannel(address, certificate, key, {.ca_sha256 = string.ca_sha256}, std::move(verdict));
}

std::shared_ptr<grpc::Channel> ApiChannel(const std::string& address, const Identity& identity,
                                          std::shared_ptr<Verdict> verdict) {
  return TlsChannel(address, identity.certificate_pem, identity.private_key_pem,
                    {.ca_sha256 = pki::CertificateSha256(identity.ca_pem).value_or(Bytes()),
                     .dns_name = pki::ServerDnsName(identity.vault_id)},
                    std::move(verdict));
}

absl::Status NotTheVault(const std::string& address, std::string_view expected, const absl::Status& verdict) {
  if (ReasonOf(verdict) == "CERTIFICATE_DATES")
    return MakeError(absl::StatusCode::kUnavailable, "SERVER_CERTIFICATE_DATES",
                     fmt::format("the vault answers at {}, but {}, and this device's clock says {}: set the clock "
                                 "that is wrong, or restart holdfastd, which issues its certificate anew",
                                 address, MessageOf(verdict), FormatTime(WallNow())));
  return MakeError(absl::StatusCode::kDataLoss, "VERIFICATION_FAILED",
                   fmt::format("what answers at {} is not the vault {}: {}", address, expected, MessageOf(verdict)));
}

bool TurnedAway(const grpc::Status& status, const Verdict& verdict, grpc::Channel& channel) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE && status.error_details().empty() &&
         verdict.status().ok() && verdict.met() &&
         channel.GetState(/*try_to_connect=*/false) == GRPC_CHANNEL_TRANSIENT_FAILURE;
}

}  // namespace holdfast::client
