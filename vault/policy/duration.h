// Durations as people write them: "30s", "10m", "4h", "90d".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vault/base/clock.h"

namespace holdfast::policy {

inline constexpr Micros kMaxDuration = 3650 * kDay;

// A whole number without leading zeros and one unit, 1 s to kMaxDuration; nothing else.
std::optional<Micros> ParseDuration(std::string_view text);
// In the largest unit that divides it.
std::string FormatDuration(Micros duration);

}  // namespace holdfast::policy
