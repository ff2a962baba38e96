#include "client/sealed.h"

#include <algorithm>
#include <utility>

#include "client/timestamp.h"
#include "client/witness.h"
#include "fmt/format.h"
#include "vault/base/ids.h"

namespace holdfast::client {
namespace {

constexpr Micros kSealedFor = 5 * kMinute;

absl::StatusOr<crypto::BoxKeyPair> DeviceKey(const Identity& identity) {
  return crypto::BoxKeyPair::FromSecret(identity.box_secret.Clone());
}

absl::StatusOr<crypto::BoxPublicKey> ServerKey(const std::string& bytes) {
  crypto::BoxPublicKey key{};
  if (bytes.size() != key.size())
    return VerificationFailed("the server's key for secrets has the wrong length");
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

}  // namespace

Sealer::Sealer(const v1::Vault& vault, crypto::BoxKeyPair device)
    : vault_id_(vault.vault_id()),
      clock_offset_(TimestampMicros(vault.server_time()) - WallNow()),
      device_(std::move(device)) {}

absl::StatusOr<Sealer> Sealer::Make(const Identity& identity, const v1::Vault& vault) {
  HF_ASSIGN_OR_RETURN(crypto::BoxKeyPair device, DeviceKey(identity));
  Sealer sealer(vault, std::move(device));
  HF_ASSIGN_OR_RETURN(sealer.server_key_, ServerKey(vault.box_key()));
  return sealer;
}

absl::StatusOr<v1::SealedValue> Sealer::Seal(const Place& place, const Plaintext& value) const {
  const crypto::BoxHeader header{.purpose = place.purpose,
                                 .request_id = place.request_id,
                                 .account = place.account,
                                 .secret = place.secret,
                                 .version = place.version,
                                 .recipient = vault_id_};
  HF_ASSIGN_OR_RETURN(const Bytes box, crypto::SealBox(header, WallNow() + clock_offset_ + kSealedFor,
                                                       value.ExposeSecret(), server_key_, device_));
  v1::SealedValue sealed;
  sealed.set_box(std::string(AsChars(box)));
  sealed.set_server_key(std::string(AsChars(server_key_)));
  return sealed;
}

absl::StatusOr<Plaintext> OpenReleased(const Identity& identity, const Asked& asked, Micros server_now,
                                       const v1::SecretVersion& version, const v1::SealedValue& sealed) {
  const std::string& name = version.name();
  const auto shown = ParseVersionName(name, "version.name");
  if (!shown.ok() || (name != asked.name && SecretResource(shown->account, shown->secret) != asked.name))
    return VerificationFailed("the vault answered with another secret than was asked for");
  HF_ASSIGN_OR_RETURN(const crypto::BoxPublicKey server_key, ServerKey(sealed.server_key()));
  if (!crypto::VerifyBoxKey(identity.box_signing_key, identity.vault_id_bytes(), server_key,
                            AsBytes(sealed.server_key_signature())))
    return VerificationFailed("the value does not come from a key that the vault signed");
  HF_ASSIGN_OR_RETURN(const crypto::BoxKeyPair device, DeviceKey(identity));
  const crypto::BoxHeader expected{.purpose = asked.purpose,
                                   .request_id = asked.request_id,
                                   .account = shown->account,
                                   .secret = shown->secret,
                                   .version = shown->version,
                                   .recipient = identity.holder};
  auto value = crypto::OpenBox(expected, server_now, AsBytes(sealed.box()), server_key, device);
  if (!value.ok())
    return VerificationFailed(fmt::format("the value is refused: {}", MessageOf(value.status())));
  return value;
}

absl::StatusOr<Plaintext> OpenRevealed(const Identity& identity, const std::string& asked,
                                       const std::string& request_id, Micros server_now,
                                       const v1::RevealSecretVersionResponse& response) {
  return OpenReleased(identity, {.purpose = "reveal", .name = asked, .request_id = request_id}, server_now,
                      response.version(), response.value());
}

}  // namespace holdfast::client
