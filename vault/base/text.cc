#include "vault/base/text.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>

#include "fmt/core.h"

namespace holdfast {
namespace {

// Takes one well-formed code point (Unicode, table 3-7) from the front of a non-empty `text`.
std::optional<std::uint32_t> TakeCodePoint(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  std::size_t size = 1;
  std::uint32_t point = lead;
  std::uint32_t least = 0;  // anything below is an overlong form
  if (lead >= 0xf0 && lead <= 0xf4) {
    size = 4, point = lead & 0x07, least = 0x10000;
  } else if (lead >= 0xe0 && lead < 0xf0) {
    size = 3, point = lead & 0x0f, least = 0x800;
  } else if (lead >= 0xc2 && lead < 0xe0) {
    size = 2, point = lead & 0x1f, least = 0x80;
  } else if (lead >= 0x80) {
    return std::nullopt;
  }
  if (text.size() < size) return std::nullopt;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    point = point << 6 | (byte(i) & 0x3f);
  }
  if (point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return std::nullopt;
  text.remove_prefix(size);
  return point;
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};
// General categories Cc, Cf, Zl and Zp, the property Default_Ignorable_Code_Point, and U+2800 and U+1D159, which are
// drawn as nothing; sorted. tests/base/invisible.txt holds the same, made from Unicode's data.
constexpr Range kInvisible[] = {
    {0x0, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x34f, 0x34f}, {0x600, 0x605}, {0x61c, 0x61c},
    {0x6dd, 0x6dd}, {0x70f, 0x70f}, {0x890, 0x891}, {0x8e2, 0x8e2}, {0x115f, 0x1160}, {0x17b4, 0x17b5},
    {0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x2800, 0x2800},
    {0x3164, 0x3164}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb},
    {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x13438}, {0x1bca0, 0x1bca3}, {0x1d159, 0x1d159},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};

}  // namespace

bool IsInvisible(std::uint32_t point) {
  const auto* const after =
      std::ranges::upper_bound(kInvisible, point, std::less<>(), [](const Range& range) { return range.first; });
  return after != std::begin(kInvisible) && point <= std::prev(after)->last;
}

std::string WithoutInvisible(std::string_view text) {
  std::string seen;
  while (!text.empty()) {
    std::string_view rest = text;
    const auto point = TakeCodePoint(rest);
    const std::size_t size = point.has_value() ? text.size() - rest.size() : 1;
    if (!point.has_value() || !IsInvisible(*point)) seen += text.substr(0, size);
    text.remove_prefix(size);
  }
  return seen;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty())
    if (!TakeCodePoint(text).has_value()) return false;
  return true;
}

namespace {

std::string Unseen(std::uint32_t point) {
  if (point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 || point == 0x2029)
    return "holds a control character or a line break";
  return fmt::format("holds an invisible character, U+{:04X}", point);
}

}  // namespace

absl::Status CheckLine(std::string_view field, std::string_view text, std::size_t max_bytes, bool required) {
  if (required && text.empty()) return InvalidField(field, "is required");
  if (text.size() > max_bytes) return InvalidField(field, fmt::format("is longer than {} bytes", max_bytes));
  while (!text.empty()) {
    const auto point = TakeCodePoint(text);
    if (!point.has_value()) return InvalidField(field, "is not UTF-8");
    if (IsInvisible(*point)) return InvalidField(field, Unseen(*point));
  }
  return absl::OkStatus();
}

}  // namespace holdfast
