// Letters and numbers in ASCII, whatever the locale. Thread safe.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace holdfast {

// Other bytes stay as they are.
inline char ToLower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }
inline std::string Lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = ToLower(c);
  return lower;
}
// True when the text begins with `lower`, in any case. Copies nothing: the text may be a secret.
inline bool BeginsAs(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::ranges::equal(text.substr(0, lower.size()), lower, {}, ToLower);
}

// The decimal number that is the whole text; leading zeros are taken. Callers check its range.
template <typename Number = std::int64_t>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace holdfast
