#include "vault/policy/duration.h"

#include <fmt/format.h>

#include <utility>

#include "vault/base/ascii.h"

namespace holdfast::policy {
namespace {

// Largest first.
constexpr std::pair<char, Micros> kUnits[] = {{'d', kDay}, {'h', kHour}, {'m', kMinute}, {'s', kSecond}};

std::optional<Micros> UnitOf(char name) {
  for (const auto& [unit, length] : kUnits) {
    if (unit == name) return length;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Micros> ParseDuration(std::string_view text) {
  if (text.size() < 2 || text.front() < '1' || text.front() > '9') return std::nullopt;
  const auto unit = UnitOf(text.back());
  text.remove_suffix(1);
  const auto count = ParseNumber(text);
  if (!unit.has_value() || !count.has_value() || *count > kMaxDuration / *unit) return std::nullopt;
  return *count * *unit;
}

std::string FormatDuration(Micros duration) {
  for (const auto& [unit, length] : kUnits) {
    if (duration % length == 0) return fmt::format("{}{}", duration / length, unit);
  }
  return fmt::format("{}s", duration / kSecond);
}

}  // namespace holdfast::policy
