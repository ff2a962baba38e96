// The one string that enrolls a device: hf1:<holder>@<host:port, or nothing>:<base64url of CA hash and key>.
// The hash pins the vault's CA, so the first connection already knows whom it talks to; the key, a P-256 private
// number, is the one-time code: the device makes itself a certificate with it and connects. Whoever holds the
// string can enroll: it is a secret until used or expired.
#pragma once

#include <string>
#include <string_view>

#include "vault/base/bytes.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::pki {

struct EnrollmentString {
  std::string holder;   // id
  std::string address;  // "host:port" or "[v6]:port" of the vault; may be empty
  Bytes ca_sha256;      // 32 bytes: SHA-256 of the CA certificate's DER
  SecretBytes key;      // P-256, PKCS#8
};

// "host:port", "1.2.3.4:port" or "[v6]:port" with a port from 1 to 65535: one spelling, no blanks.
bool IsHostPort(std::string_view address);

// Both are strict and name the field "enrollment": every string has one reading and one spelling.
absl::StatusOr<Plaintext> FormatEnrollmentString(const EnrollmentString& enrollment);
absl::StatusOr<EnrollmentString> ParseEnrollmentString(std::string_view text);

}  // namespace holdfast::pki
