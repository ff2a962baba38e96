// Certificate signing requests (PKCS#10): how a device asks for a certificate without parting with its key.
// Thread safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "vault/base/bytes.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::pki {

inline constexpr std::size_t kMaxCsrSize = 8 * 1024;

// PEM, with an empty subject: the vault decides what the certificate says.
absl::StatusOr<std::string> MakeCsr(const SecretBytes& key);

// SHA-256 of the DER of the public key in a request whose signature proves possession of the private one.
// Errors name the field "csr".
absl::StatusOr<Bytes> CsrKeySha256(std::string_view csr_pem);

}  // namespace holdfast::pki
