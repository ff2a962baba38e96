#include "vault/pki/csr.h"

#include "vault/pki/openssl.h"
#include "vault/pki/pem.h"

namespace holdfast::pki {

absl::StatusOr<PkeyPtr> ReadRequestKey(std::string_view csr_pem) {
  if (csr_pem.size() > kMaxCsrSize) return InvalidField("csr", "is larger than 8 KiB");
  const std::optional<Bytes> der = DecodePem(csr_pem, kRequestLabel);
  if (!der.has_value()) return InvalidField("csr", "is not one certificate request in PEM form");
  const unsigned char* at = der->data();
  const RequestPtr request(d2i_X509_REQ(nullptr, &at, static_cast<long>(der->size())));
  if (request == nullptr || at != der->data() + der->size())
    return InvalidField("csr", "is not a PKCS#10 certificate request");
  PkeyPtr key(X509_REQ_get_pubkey(request.get()));
  if (!IsP256(key.get())) return InvalidField("csr", "does not hold a P-256 public key");
  if (X509_REQ_verify(request.get(), key.get()) != 1)
    return InvalidField("csr", "is not signed by the key it holds");
  return key;
}

absl::StatusOr<Bytes> CsrKeySha256(std::string_view csr_pem) {
  const ErrorQueue errors;
  HF_ASSIGN_OR_RETURN(const PkeyPtr key, ReadRequestKey(csr_pem));
  return SpkiSha256(key.get());
}

absl::StatusOr<std::string> MakeCsr(const SecretBytes& key) {
  const ErrorQueue errors;
  HF_ASSIGN_OR_RETURN(const PkeyPtr pkey, ReadPrivateKey(key.ExposeSecret()));
  const RequestPtr request(X509_REQ_new());
  if (request == nullptr || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
      X509_REQ_set_pubkey(request.get(), pkey.get()) != 1 ||
      X509_REQ_sign(request.get(), pkey.get(), EVP_sha256()) <= 0)
    return LibraryError("make a signing request");
  const int size = i2d_X509_REQ(request.get(), nullptr);
  if (size <= 0) return LibraryError("encode a signing request");
  Bytes der(static_cast<std::size_t>(size));
  unsigned char* at = der.data();
  if (i2d_X509_REQ(request.get(), &at) != size) return LibraryError("encode a signing request");
  return EncodePem(der, kRequestLabel);
}

}  // namespace holdfast::pki
