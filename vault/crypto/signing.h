// Ed25519 (RFC 8032). Thread safe.
#pragma once

#include <array>

#include "vault/base/bytes.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::crypto {

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

class Signer {
 public:
  // `seed`: 32 bytes; anything else is INTERNAL.
  static absl::StatusOr<Signer> FromSeed(const SecretBytes& seed);
  const PublicKey& public_key() const { return public_key_; }
  Signature Sign(ByteView message) const;

 private:
  Signer() = default;
  SecretBytes secret_;  // libsodium's 64-byte secret key
  PublicKey public_key_{};
};

bool Verify(const PublicKey& key, ByteView message, ByteView signature);

}  // namespace holdfast::crypto
