#include "vault/pki/csr.h"

#include "vault/pki/openssl.h"
#include "vault/pki/pem.h"

namespace holdfast::pki {

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
