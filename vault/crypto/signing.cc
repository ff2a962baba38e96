#include "vault/crypto/signing.h"

#include <cstdlib>

#include "sodium.h"

namespace holdfast::crypto {

static_assert(std::tuple_size_v<PublicKey> == crypto_sign_PUBLICKEYBYTES);
static_assert(std::tuple_size_v<Signature> == crypto_sign_BYTES);

absl::StatusOr<Signer> Signer::FromSeed(const SecretBytes& seed) {
  if (seed.size() != crypto_sign_SEEDBYTES)
    return MakeError(absl::StatusCode::kInternal, "SEED_SIZE", "a signing seed does not have 32 bytes");
  Signer signer;
  signer.secret_ = SecretBytes(crypto_sign_SECRETKEYBYTES);
  if (crypto_sign_seed_keypair(signer.public_key_.data(), signer.secret_.ExposeSecretMutable().data(),
                               seed.ExposeSecret().data()) != 0)
    return MakeError(absl::StatusCode::kInternal, "SEED_REFUSED", "a signing seed was refused");
  return signer;
}

Signature Signer::Sign(ByteView message) const {
  Signature signature;
  // Also stops a moved-from signer, whose key is gone.
  if (secret_.size() != crypto_sign_SECRETKEYBYTES ||
      crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                           secret_.ExposeSecret().data()) != 0)
    std::abort();
  return signature;
}

bool Verify(const PublicKey& key, ByteView message, ByteView signature) {
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0;
}

}  // namespace holdfast::crypto
