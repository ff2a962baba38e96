// What the sources of pki/ share around OpenSSL: owning pointers, the error queue, keys. OpenSSL's own
// messages never reach a status: they are cleared, and the step that failed is named.
// Only pki/ includes this file.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string_view>

#include "vault/base/clock.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::pki {

template <auto free_function>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    free_function(object);
  }
};
template <typename T, auto free_function>
using Owned = std::unique_ptr<T, Deleter<free_function>>;

using PkeyPtr = Owned<EVP_PKEY, EVP_PKEY_free>;
using X509Ptr = Owned<X509, X509_free>;
using RequestPtr = Owned<X509_REQ, X509_REQ_free>;

// Leaves no error of this library, and none of earlier code, for the next caller of the thread to trip over.
class ErrorQueue {
 public:
  ErrorQueue();
  ~ErrorQueue();
  ErrorQueue(const ErrorQueue&) = delete;
  ErrorQueue& operator=(const ErrorQueue&) = delete;
};

// INTERNAL: a step that only fails when memory or the library does.
absl::Status LibraryError(std::string_view step);

// P-256 by name: another curve, or the same one written out as parameters, is false.
bool IsP256(const EVP_PKEY* key);

// PKCS#8 DER of a P-256 key; errors name the field "private_key".
absl::StatusOr<PkeyPtr> ReadPrivateKey(ByteView pkcs8);
absl::StatusOr<SecretBytes> WritePrivateKey(const EVP_PKEY* key);

// SHA-256 of the DER of the public key (SubjectPublicKeyInfo).
absl::StatusOr<Bytes> SpkiSha256(const EVP_PKEY* key);

// The public key of a signing request, once its signature has proved that the sender holds the private one.
// Errors name the field "csr".
absl::StatusOr<PkeyPtr> ReadRequestKey(std::string_view csr_pem);

// One certificate and not a byte more; null when malformed.
X509Ptr ParseCertificate(ByteView der);
absl::StatusOr<X509Ptr> ParseCertificatePem(std::string_view pem, std::string_view field);
absl::StatusOr<Bytes> CertificateDer(const X509* certificate);

absl::StatusOr<Micros> TimeOf(const ASN1_TIME* time);

Bytes Sha256Of(ByteView data);

}  // namespace holdfast::pki
