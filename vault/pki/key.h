// P-256 private keys. A key travels as PKCS#8 DER in SecretBytes, and as PEM where a file or gRPC wants that.
// Thread safe.
#pragma once

#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::pki {

absl::StatusOr<SecretBytes> GenerateP256Key();

// "-----BEGIN PRIVATE KEY-----" (RFC 7468, section 10). Errors name the field "private_key": reading refuses
// every other kind of key, encrypted ones, and text around the block.
absl::StatusOr<Plaintext> PrivateKeyToPem(const SecretBytes& key);
absl::StatusOr<SecretBytes> PrivateKeyFromPem(const Plaintext& pem);

}  // namespace holdfast::pki
