#include "vault/pki/key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>

#include <algorithm>
#include <array>

#include "vault/pki/openssl.h"
#include "vault/pki/pem.h"

namespace holdfast::pki {
namespace {

constexpr std::size_t kMaxPem = 4096;

using SecretBignumPtr = Owned<BIGNUM, BN_clear_free>;
using KeyContextPtr = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

// PKCS#8 around RFC 5915's ECPrivateKey of version 1 on prime256v1, without the public key; the number follows.
constexpr std::array<std::uint8_t, 35> kPrivateNumberHead = {
    0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
    0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20};

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

absl::StatusOr<SecretBytes> PrivateNumberOf(const SecretBytes& key) {
  const ErrorQueue errors;
  HF_ASSIGN_OR_RETURN(const PkeyPtr pkey, ReadPrivateKey(key.ExposeSecret()));
  BIGNUM* raw = nullptr;
  const bool got = EVP_PKEY_get_bn_param(pkey.get(), OSSL_PKEY_PARAM_PRIV_KEY, &raw) == 1;
  const SecretBignumPtr number(raw);
  SecretBytes out(kPrivateNumberSize);
  if (!got || BN_bn2binpad(number.get(), out.ExposeSecretMutable().data(),
                           static_cast<int>(kPrivateNumberSize)) != static_cast<int>(kPrivateNumberSize))
    return LibraryError("read a private key");
  return out;
}

absl::StatusOr<SecretBytes> KeyOfPrivateNumber(ByteView number) {
  const ErrorQueue errors;
  if (number.size() != kPrivateNumberSize) return InvalidField("private_key", "is not a number of 32 bytes");
  SecretBytes der(kPrivateNumberHead.size() + kPrivateNumberSize);
  const auto rest = std::ranges::copy(kPrivateNumberHead, der.ExposeSecretMutable().begin()).out;
  std::ranges::copy(number, rest);
  absl::StatusOr<PkeyPtr> key = ReadPrivateKey(der.ExposeSecret());
  const KeyContextPtr context(key.ok() ? EVP_PKEY_CTX_new(key->get(), nullptr) : nullptr);
  // 0, and what is not below the order, decode to something: only the check refuses them.
  if (context == nullptr || EVP_PKEY_check(context.get()) != 1)
    return InvalidField("private_key", "is not a P-256 private number");
  return WritePrivateKey(key->get());
}

absl::StatusOr<Bytes> PublicKeySha256(const SecretBytes& key) {
  const ErrorQueue errors;
  HF_ASSIGN_OR_RETURN(const PkeyPtr pkey, ReadPrivateKey(key.ExposeSecret()));
  return SpkiSha256(pkey.get());
}

}  // namespace holdfast::pki
