// The vault's own certificate authority: X.509 v3 (RFC 5280), P-256 and SHA-256 only, names as SPIFFE ids.
// What a certificate says is decided here; nothing of a request but its public key gets in. Certificates
// travel as PEM, private keys as PKCS#8 DER. `now` is UTC; validity starts kBackdated before it, for
// clocks that lag, and never outlives the CA's. Thread safe.
#pragma once

#include <string>
#include <string_view>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::pki {

inline constexpr Micros kCaLifetime = 7305 * kDay;     // 20 years
inline constexpr Micros kServerLifetime = 400 * kDay;  // issued anew whenever the vault opens, and while it runs
inline constexpr Micros kMaxHolderLifetime = 1827 * kDay;
inline constexpr Micros kBackdated = 5 * kMinute;

// `vault_id_hex` is an even number of 2 to 48 lower-case hexadecimal digits, here and below.
std::string ServerDnsName(std::string_view vault_id_hex);  // "<vault>.holdfast.internal"
std::string HolderSpiffeId(std::string_view vault_id_hex, std::string_view holder_id);

// Self-signed; signs end certificates only (path length 0). CN "Holdfast vault <id>", SAN spiffe://<vault>.
absl::StatusOr<std::string> MakeCaCertificate(const SecretBytes& key, std::string_view vault_id_hex,
                                              Micros now);

// For TLS servers. SAN DNS ServerDnsName() and spiffe://<vault>/server.
absl::StatusOr<std::string> IssueServerCertificate(const SecretBytes& ca_key, std::string_view ca_cert_pem,
                                                   const SecretBytes& server_key,
                                                   std::string_view vault_id_hex, Micros now);

// The certificate that a device shows to enroll: self-signed with the key of its enrollment string, valid
// for ten minutes. The vault knows the key, and takes nothing else that the certificate says.
absl::StatusOr<std::string> MakeEnrollmentCertificate(const SecretBytes& key, Micros now);

struct IssuedCertificate {
  std::string pem;
  Bytes der_sha256;  // 32 bytes: what a connection is known by
  Bytes key_sha256;  // 32 bytes, of the public key's SubjectPublicKeyInfo: see CsrKeySha256()
  Bytes serial;      // 16 random bytes, big-endian
  Micros not_after = 0;
};

// For TLS clients. SAN HolderSpiffeId(). `csr_pem` comes from a stranger: bounded, its signature proves
// possession of a P-256 key, and its subject and extensions are ignored. Errors name the field "csr",
// "holder" or "lifetime" (more than zero, at most kMaxHolderLifetime).
absl::StatusOr<IssuedCertificate> IssueHolderCertificate(
    const SecretBytes& ca_key, std::string_view ca_cert_pem, std::string_view csr_pem,
    std::string_view vault_id_hex, std::string_view holder_id, Micros now, Micros lifetime);

}  // namespace holdfast::pki
