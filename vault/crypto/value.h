// Encryption of one stored value of a secret, bound to the place it belongs to, with its length hidden.
// Layout in FORMAT.md. Thread safe.
#pragma once

#include <string>

#include "vault/base/bytes.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::crypto {

// Immutable identifiers of the place a value belongs to; all of it is associated data.
struct ValuePlace {
  Bytes vault_id;           // 16 bytes
  Bytes account_pseudonym;  // 16 bytes
  Bytes secret_pseudonym;   // 16 bytes
  std::string kind;         // "password", "note", "totp"
  std::uint32_t version = 0;
  std::uint32_t epoch = 0;  // of the key-encryption key
};

inline constexpr std::size_t kMaxValueSize = 64 * 1024;

// Pads (sodium_pad) to 128, 512, 4096 and then multiples of 4096 bytes, then seals under `kek`.
// REQUIRES: plaintext of at most kMaxValueSize.
Bytes SealValue(const SecretBytes& kek, const ValuePlace& place, ByteView plaintext);
absl::StatusOr<Plaintext> OpenValue(const SecretBytes& kek, const ValuePlace& place, ByteView sealed);

}  // namespace holdfast::crypto
