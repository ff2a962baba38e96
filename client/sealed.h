// Secrets on the wire, always sealed between this device and the vault. Thread safe.
#pragma once

#include <string>

#include "client/identity.h"
#include "holdfast/v1/sealed.pb.h"
#include "holdfast/v1/secret_service.pb.h"
#include "holdfast/v1/vault_service.pb.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"
#include "vault/crypto/box.h"

namespace holdfast::client {

// Seals to the server's key of this boot; made from a Vault whose key signature was checked.
class Sealer {
 public:
  static absl::StatusOr<Sealer> Make(const Identity& identity, const v1::Vault& vault);

  struct Place {
    std::string purpose;  // "put", "import"
    std::string request_id;
    std::string account;
    std::string secret;
    std::int64_t version = 0;
  };
  absl::StatusOr<v1::SealedValue> Seal(const Place& place, const Plaintext& value) const;

 private:
  Sealer(const v1::Vault& vault, crypto::BoxKeyPair device);

  std::string vault_id_;
  Micros clock_offset_;  // the server's clock against ours: its clock decides about expiry
  crypto::BoxPublicKey server_key_{};
  crypto::BoxKeyPair device_;
};

// What a call asked for, and what the answer must be for.
struct Asked {
  std::string purpose;  // "reveal", "code"
  std::string name;     // of a secret or a version
  std::string request_id;
};
// Opens what such a call was answered with: `version` and `value`. The answer must be for exactly that, for
// this holder, for this request, and from a server key that the vault signed. `server_now` is by the server's
// clock, which decides about expiry: ours may be wrong.
absl::StatusOr<Plaintext> OpenReleased(const Identity& identity, const Asked& asked, Micros server_now,
                                       const v1::SecretVersion& version, const v1::SealedValue& value);
// The same for a reveal.
absl::StatusOr<Plaintext> OpenRevealed(const Identity& identity, const std::string& asked,
                                       const std::string& request_id, Micros server_now,
                                       const v1::RevealSecretVersionResponse& response);

}  // namespace holdfast::client
