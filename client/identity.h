// What a device keeps of its enrollment, in one file that only its owner can read:
// $HOLDFAST_HOME/identity.json.
#pragma once

#include <string>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"
#include "vault/crypto/signing.h"

namespace holdfast::client {

struct Identity {
  std::string holder;               // id
  std::string vault_id;             // 32 hexadecimal digits
  std::string api_address;          // "host:port"; may be empty
  std::string ca_pem;               // the vault's CA
  std::string certificate_pem;      // this device's
  Plaintext private_key_pem;        // P-256
  SecretBytes box_secret;           // X25519, 32 bytes
  std::string checkpoint_verifier;  // signed-note verifier key
  crypto::PublicKey box_signing_key{};

  Bytes vault_id_bytes() const;
};

// $HOLDFAST_HOME, else ~/.config/holdfast.
std::string HomeDirectory();
std::string IdentityPath(const std::string& home);
bool HasIdentity(const std::string& home);

// Replaces the file as a whole; whether it may is the caller's decision.
absl::Status SaveIdentity(const std::string& home, const Identity& identity);
// UNAUTHENTICATED, reason NOT_ENROLLED, when there is none. Refuses a file that others can read.
absl::StatusOr<Identity> LoadIdentity(const std::string& home);

// Advice for a device that is refused: the command that gets it in again.
std::string EnrollAnew(const Identity& identity);

// UNAUTHENTICATED, reason CERTIFICATE_EXPIRED, CERTIFICATE_FOREIGN or CLOCK_BEHIND: a server would just close
// the connection.
absl::Status CheckCertificate(const Identity& identity, Micros now);

}  // namespace holdfast::client
