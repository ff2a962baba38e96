// Finds seeds where people keep them: in passwords, notes and fields. Thread safe. A seed that is not of kind
// totp is shown to whoever may see passwords, and makes no codes.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "vault/base/secret_bytes.h"

namespace holdfast::crypto {

// True for names such as "totp", "OTP", "2fa-key" and "Authenticator key"; false for "2FA backup codes":
// codes that are used up are no seed.
bool NamesSeed(std::string_view name);

// True when the whole value is a seed: an otpauth: or steam:// URI, even one that makes no codes; or, in a
// secret or field that NamesSeed, one line of base32.
bool IsSeed(std::string_view name, const Plaintext& value);

struct TextRange {
  std::size_t begin = 0;
  std::size_t size = 0;
};
// The first otpauth: URI at or after `from`, or steam:// URI that makes codes (steam:// also starts games).
std::optional<TextRange> FindSeedUri(std::string_view text, std::size_t from = 0);

}  // namespace holdfast::crypto
