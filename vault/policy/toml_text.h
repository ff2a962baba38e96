// What a text must be before a TOML parser may see it. Stops what parsers are broken with (deep nesting and
// long dotted keys that exhaust the stack) and what deceives readers (letters and controls that are not what
// they look like).
#pragma once

#include <cstddef>
#include <string_view>

#include "vault/policy/problems.h"

namespace holdfast::policy {

inline constexpr std::size_t kMaxTomlDepth = 8;  // brackets in brackets
inline constexpr int kMaxTomlDots = 32;          // of the keys of one line

// UTF-8 without byte order mark, lines of at most kMaxLineBytes (LF, or CR LF), no NUL or other control,
// nothing but ASCII outside of quotes and comments, each bracket closed by its like, and within
// the limits above.
void CheckTomlText(std::string_view text, std::size_t max_bytes, Problems& problems);

}  // namespace holdfast::policy
