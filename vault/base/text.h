// Checks on text that people typed or that arrived over the wire.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "vault/base/status.h"

namespace holdfast {

// True for well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
bool IsUtf8(std::string_view text);

// True for what nobody sees, or what changes how other text is shown: controls, format characters, bidirectional
// controls, default-ignorable code points (Unicode 14) and the few that are drawn as nothing. Two names that differ
// in these look the same.
bool IsInvisible(std::uint32_t code_point);
// The same text without them; for what another program wrote. What is not UTF-8 stays as it is.
std::string WithoutInvisible(std::string_view text);

// A single-line text of 0 (1 when `required`) to `max_bytes` bytes of UTF-8 without invisible characters
// (line breaks included). Errors name `field`.
absl::Status CheckLine(std::string_view field, std::string_view text, std::size_t max_bytes, bool required);

}  // namespace holdfast
