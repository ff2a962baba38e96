// XChaCha20-Poly1305-IETF with random nonces. The output is nonce(24) || ciphertext || tag(16).
// Whoever calls binds the ciphertext to its place through `associated_data`; opening with other
// associated data, another key, or after any flipped bit fails and yields nothing. Thread safe.
#pragma once

#include "vault/base/bytes.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::crypto {

inline constexpr std::size_t kKeySize = 32;
inline constexpr std::size_t kAeadOverhead = 24 + 16;

Bytes AeadSeal(const SecretBytes& key, ByteView plaintext, ByteView associated_data);
// DATA_LOSS, reason CIPHERTEXT_REFUSED, when it does not authenticate.
absl::StatusOr<Plaintext> AeadOpen(const SecretBytes& key, ByteView sealed, ByteView associated_data);

}  // namespace holdfast::crypto
