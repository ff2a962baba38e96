#include "vault/pki/key.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>

#include "vault/pki/openssl.h"
#include "vault/pki/pem.h"

namespace holdfast::pki {
namespace {

constexpr std::size_t kMaxPem = 4096;

}  // namespace

absl::StatusOr<SecretBytes> GenerateP256Key() {
  const ErrorQueue errors;
  const PkeyPtr key(EVP_EC_gen("P-256"));
  if (key == nullptr) return LibraryError("make a P-256 key");
  return WritePrivateKey(key.get());
}

absl::StatusOr<Plaintext> PrivateKeyToPem(const SecretBytes& key) {
  const ErrorQueue errors;
  HF_RETURN_IF_ERROR(ReadPrivateKey(key.ExposeSecret()).status());
  std::string pem = EncodePem(key.ExposeSecret(), kPrivateKeyLabel);
  return Plaintext::TakeFrom(pem);
}

absl::StatusOr<SecretBytes> PrivateKeyFromPem(const Plaintext& pem) {
  const ErrorQueue errors;
  if (pem.size() > kMaxPem) return InvalidField("private_key", "is larger than 4 KiB");
  std::optional<Bytes> der = DecodePem(AsChars(pem.ExposeSecret()), kPrivateKeyLabel);
  if (!der.has_value()) return InvalidField("private_key", "is not one unencrypted private key in PEM form");
  // Encoded anew rather than copied: attributes and other spellings of the same key end here.
  absl::StatusOr<PkeyPtr> key = ReadPrivateKey(*der);
  OPENSSL_cleanse(der->data(), der->size());
  if (!key.ok()) return key.status();
  return WritePrivateKey(key->get());
}

}  // namespace holdfast::pki
