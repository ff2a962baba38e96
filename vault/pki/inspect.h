// What a certificate is and says. Nothing here decides whether it can be trusted. Thread safe.
#pragma once

#include <string>
#include <string_view>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"

namespace holdfast::pki {

// SHA-256 of the DER of the first certificate: how a connection's key is looked up on every call, so no X.509
// is parsed. Strict about the armour; errors name the field "certificate".
absl::StatusOr<Bytes> CertificateSha256(std::string_view pem);

// SHA-256 of the DER of the public key (SubjectPublicKeyInfo) in one certificate: how the certificate that a
// device made itself is recognised by its enrollment string. Errors name the field "certificate".
absl::StatusOr<Bytes> CertificateKeySha256(std::string_view pem);

struct CertificateInfo {
  Micros not_before = 0;
  Micros not_after = 0;
  std::string spiffe_id;  // the one URI among the alternative names; "" when there is none
  std::string dns_name;   // likewise for DNS names
  Bytes key_sha256{};     // of the public key's SubjectPublicKeyInfo
};

// One certificate. More than one URI or DNS name is an error: none of ours has two.
absl::StatusOr<CertificateInfo> InspectCertificate(std::string_view pem);

}  // namespace holdfast::pki
