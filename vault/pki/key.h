// P-256 private keys. A key travels as PKCS#8 DER in SecretBytes, and as PEM where a file or gRPC wants that.
// Thread safe.
#pragma once

#include <cstddef>

#include "vault/base/bytes.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::pki {

absl::StatusOr<SecretBytes> GenerateP256Key();

// "-----BEGIN PRIVATE KEY-----" (RFC 7468, section 10). Errors name the field "private_key": reading refuses
// every other kind of key, encrypted ones, and text around the block.
absl::StatusOr<Plaintext> PrivateKeyToPem(const SecretBytes& key);
absl::StatusOr<SecretBytes> PrivateKeyFromPem(const Plaintext& pem);

// A key as its private number alone, 32 bytes big-endian (SEC 1, 2.3.7), and back: the shortest form there is.
// Errors name the field "private_key": a number is from 1 to the order of the curve less one.
inline constexpr std::size_t kPrivateNumberSize = 32;
absl::StatusOr<SecretBytes> PrivateNumberOf(const SecretBytes& key);
absl::StatusOr<SecretBytes> KeyOfPrivateNumber(ByteView number);

// SHA-256 of the DER of the public key (SubjectPublicKeyInfo, RFC 5280, 4.1.2.7).
absl::StatusOr<Bytes> PublicKeySha256(const SecretBytes& key);

}  // namespace holdfast::pki
