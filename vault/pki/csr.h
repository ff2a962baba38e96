// Certificate signing requests (PKCS#10): how a device asks for a certificate without parting with its key.
// Thread safe.
#pragma once

#include <cstddef>
#include <string>

#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::pki {

inline constexpr std::size_t kMaxCsrSize = 8 * 1024;

// PEM, with an empty subject: the vault decides what the certificate says.
absl::StatusOr<std::string> MakeCsr(const SecretBytes& key);

}  // namespace holdfast::pki
