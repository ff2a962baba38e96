// Time: microseconds since the Unix epoch, UTC. Durations are in microseconds too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

using Micros = std::int64_t;
inline constexpr Micros kSecond = 1'000'000;
inline constexpr Micros kMinute = 60 * kSecond;
inline constexpr Micros kHour = 60 * kMinute;
inline constexpr Micros kDay = 24 * kHour;

Micros WallNow();

// RFC 3339 with six fraction digits and Z: "2026-11-22T02:49:07.123456Z". Parsing takes 0 to 9 digits
// (cut to six) and a numeric offset or Z; years 1970 to 9999.
std::string FormatTime(Micros time);
std::optional<Micros> ParseTime(std::string_view text);

}  // namespace holdfast
