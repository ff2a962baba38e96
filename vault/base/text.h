// Checks on text that people typed or that arrived over the wire.
#pragma once

#include <cstddef>
#include <string_view>

#include "vault/base/status.h"

namespace holdfast {

// True for well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
bool IsUtf8(std::string_view text);

// A single-line text of 0 (1 when `required`) to `max_bytes` bytes of UTF-8 without control characters
// (line breaks included). Errors name `field`.
absl::Status CheckLine(std::string_view field, std::string_view text, std::size_t max_bytes, bool required);

}  // namespace holdfast
