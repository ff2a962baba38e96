// Keeps seeds and other values apart, whoever brings them.
#pragma once

#include <string_view>

#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::custody {

// A value of kind totp must make codes: a bad seed is found now, not when a code is needed. A seed must be of
// kind totp: as a password or in a note it would escape the rules for seeds. Errors name the two fields.
absl::Status CheckFitsKind(std::string_view secret, std::string_view kind, const Plaintext& value,
                           std::string_view kind_field, std::string_view value_field);

}  // namespace holdfast::custody
