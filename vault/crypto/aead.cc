#include "vault/crypto/aead.h"

#include <cstdlib>

#include "sodium.h"

namespace holdfast::crypto {
namespace {

constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kKeySize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(kAeadOverhead == kNonceSize + kTagSize);

absl::Status Refused() {
  return MakeError(absl::StatusCode::kDataLoss, "CIPHERTEXT_REFUSED", "a ciphertext does not authenticate");
}

}  // namespace

// Layout: FORMAT.md, "AEAD". 24 random bytes of nonce: a repeat is out of reach for any number of values
// a vault can hold, so no counter has to survive crashes and restored backups.
Bytes AeadSeal(const SecretBytes& key, ByteView plaintext, ByteView associated_data) {
  if (key.size() != kKeySize) std::abort();  // a bug of ours: never seal under a short key
  Bytes sealed(kAeadOverhead + plaintext.size());
  randombytes_buf(sealed.data(), kNonceSize);
  unsigned long long written = 0;
  if (crypto_aead_xchacha20poly1305_ietf_encrypt(
          sealed.data() + kNonceSize, &written, plaintext.data(), plaintext.size(), associated_data.data(),
          associated_data.size(), nullptr, sealed.data(), key.ExposeSecret().data()) != 0 ||
      written != plaintext.size() + kTagSize)
    std::abort();
  return sealed;
}

absl::StatusOr<Plaintext> AeadOpen(const SecretBytes& key, ByteView sealed, ByteView associated_data) {
  if (key.size() != kKeySize || sealed.size() < kAeadOverhead) return Refused();
  Plaintext plaintext(sealed.size() - kAeadOverhead);
  const ByteView body = sealed.subspan(kNonceSize);
  unsigned long long written = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          plaintext.ExposeSecretMutable().data(), &written, nullptr, body.data(), body.size(),
          associated_data.data(), associated_data.size(), sealed.data(), key.ExposeSecret().data()) != 0 ||
      written != plaintext.size())
    return Refused();
  return plaintext;
}

}  // namespace holdfast::crypto
