#include "vault/base/text.h"

#include <cstdint>
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

// C0, DEL, C1, line and paragraph separators, and the controls that make a terminal show text in another
// order than it has: an approver must read what is stored.
bool IsControl(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x2028 && point <= 0x202e) ||
         (point >= 0x2066 && point <= 0x2069);
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty())
    if (!TakeCodePoint(text).has_value()) return false;
  return true;
}

absl::Status CheckLine(std::string_view field, std::string_view text, std::size_t max_bytes, bool required) {
  if (required && text.empty()) return InvalidField(field, "is required");
  if (text.size() > max_bytes) return InvalidField(field, fmt::format("is longer than {} bytes", max_bytes));
  while (!text.empty()) {
    const auto point = TakeCodePoint(text);
    if (!point.has_value()) return InvalidField(field, "is not UTF-8");
    if (IsControl(*point)) return InvalidField(field, "holds a control character or a line break");
  }
  return absl::OkStatus();
}

}  // namespace holdfast
