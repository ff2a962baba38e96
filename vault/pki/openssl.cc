#include "vault/pki/openssl.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/sha.h>

#include <array>
#include <ctime>

#include "fmt/core.h"
#include "vault/pki/pem.h"

namespace holdfast::pki {
namespace {

constexpr std::size_t kMaxKeySize = 1024;  // a P-256 key takes 138 bytes
constexpr std::size_t kMaxCertificatePem = 16 * 1024;

using Pkcs8Ptr = Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

void FreeBuffer(unsigned char* buffer) { OPENSSL_free(buffer); }

bool HasParameter(const EVP_PKEY* key, const char* name, std::string_view wanted) {
  std::array<char, 64> value{};
  std::size_t size = 0;
  if (EVP_PKEY_get_utf8_string_param(key, name, value.data(), value.size(), &size) != 1) return false;
  return std::string_view(value.data(), size) == wanted;
}

}  // namespace

ErrorQueue::ErrorQueue() { ERR_clear_error(); }
ErrorQueue::~ErrorQueue() { ERR_clear_error(); }

absl::Status LibraryError(std::string_view step) {
  return MakeError(absl::StatusCode::kInternal, "PKI_FAILED",
                   fmt::format("certificate library: cannot {}", step));
}

bool IsP256(const EVP_PKEY* key) {
  return key != nullptr && EVP_PKEY_is_a(key, "EC") == 1 &&
         HasParameter(key, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1") &&
         HasParameter(key, OSSL_PKEY_PARAM_EC_ENCODING, "named_curve");
}

absl::StatusOr<PkeyPtr> ReadPrivateKey(ByteView pkcs8) {
  const auto malformed = [] { return InvalidField("private_key", "is not a P-256 key in PKCS#8 form"); };
  if (pkcs8.empty() || pkcs8.size() > kMaxKeySize) return malformed();
  const unsigned char* at = pkcs8.data();
  const Pkcs8Ptr info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(pkcs8.size())));
  if (info == nullptr || at != pkcs8.data() + pkcs8.size()) return malformed();
  PkeyPtr key(EVP_PKCS82PKEY(info.get()));
  if (!IsP256(key.get())) return malformed();
  return key;
}

absl::StatusOr<SecretBytes> WritePrivateKey(const EVP_PKEY* key) {
  const Pkcs8Ptr info(EVP_PKEY2PKCS8(key));
  if (info == nullptr) return LibraryError("encode a private key");
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
  if (size <= 0) return LibraryError("encode a private key");
  SecretBytes der(static_cast<std::size_t>(size));
  unsigned char* at = der.ExposeSecretMutable().data();
  if (i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at) != size) return LibraryError("encode a private key");
  return der;
}

absl::StatusOr<Bytes> SpkiSha256(const EVP_PKEY* key) {
  unsigned char* raw = nullptr;
  const int size = i2d_PUBKEY(key, &raw);
  const Owned<unsigned char, FreeBuffer> der(raw);
  if (size <= 0) return LibraryError("encode a public key");
  return Sha256Of({der.get(), static_cast<std::size_t>(size)});
}

X509Ptr ParseCertificate(ByteView der) {
  const unsigned char* at = der.data();
  X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (certificate != nullptr && at != der.data() + der.size()) certificate.reset();
  return certificate;
}

absl::StatusOr<X509Ptr> ParseCertificatePem(std::string_view pem, std::string_view field) {
  if (pem.size() > kMaxCertificatePem) return InvalidField(field, "is larger than 16 KiB");
  const std::optional<Bytes> der = DecodePem(pem, kCertificateLabel);
  X509Ptr certificate = der.has_value() ? ParseCertificate(*der) : nullptr;
  if (certificate == nullptr) return InvalidField(field, "is not one certificate in PEM form");
  return certificate;
}

absl::StatusOr<Bytes> CertificateDer(const X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  if (size <= 0) return LibraryError("encode a certificate");
  Bytes der(static_cast<std::size_t>(size));
  unsigned char* at = der.data();
  if (i2d_X509(certificate, &at) != size) return LibraryError("encode a certificate");
  return der;
}

absl::StatusOr<Micros> TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1)
    return LibraryError("read a certificate's dates");
  return static_cast<Micros>(timegm(&parts)) * kSecond;
}

Bytes Sha256Of(ByteView data) {
  Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256(data.data(), data.size(), digest.data());
  return digest;
}

}  // namespace holdfast::pki
