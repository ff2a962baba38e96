#include "client/text_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <optional>
#include <utility>

#include "vault/base/text.h"

namespace holdfast::client {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Two columns wide: Hangul, CJK, kana, full-width forms, emoji.
constexpr std::array<Range, 9> kWide = {{{0x1100, 0x115f},
                                         {0x2e80, 0x303e},
                                         {0x3041, 0xa4cf},
                                         {0xac00, 0xd7a3},
                                         {0xf900, 0xfaff},
                                         {0xfe30, 0xfe6f},
                                         {0xff00, 0xff60},
                                         {0x1f300, 0x1faff},
                                         {0x20000, 0x3fffd}}};
// No column: combining marks; what is invisible has none either.
constexpr std::array<Range, 5> kZero = {
    {{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x064b, 0x065f}, {0x20d0, 0x20ff}}};

template <std::size_t N>
bool In(const std::array<Range, N>& ranges, std::uint32_t point) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return point >= range.first && point <= range.last; });
}

// Size in bytes of the code point at the front of a non-empty text; nothing when it is malformed.
std::optional<std::size_t> CodePointSize(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (text.size() < size || !IsUtf8(text.substr(0, size))) return std::nullopt;
  return size;
}

std::uint32_t Decode(std::string_view one) {
  const auto lead = static_cast<std::uint8_t>(one.front());
  if (one.size() == 1) return lead;
  std::uint32_t point = lead & (0x7f >> one.size());
  for (const char c : one.substr(1)) point = point << 6 | (static_cast<std::uint8_t>(c) & 0x3f);
  return point;
}

constexpr std::size_t kMaxCell = 48;  // columns; one long value must not push all others off the screen

void AppendPadded(std::string& line, const std::string& cell, std::size_t width) {
  line += cell;
  line.append(width - std::min(width, DisplayWidth(cell)), ' ');
}

std::string FormatBlocks(const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    std::vector<std::pair<std::string, std::string>> fields;
    for (std::size_t i = 0; i < rows[r].size(); ++i)
      if (!rows[r][i].empty()) fields.emplace_back(rows[0][i], rows[r][i]);
    text += (r == 1 ? "" : "\n") + FormatFields(fields);
  }
  return text;
}

}  // namespace

std::string Printable(std::string_view text) {
  constexpr std::string_view kReplacement = "\ufffd";
  std::string result;
  result.reserve(kReplacement.size() * text.size());  // no copies are left behind, should it be a secret
  while (!text.empty()) {
    const auto size = CodePointSize(text);
    const std::string_view one = text.substr(0, size.value_or(1));
    if (!size.has_value() || IsInvisible(Decode(one)))
      result += kReplacement;
    else
      result += one;
    text.remove_prefix(one.size());
  }
  return result;
}

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::size_t size = CodePointSize(text).value_or(1);
    const std::uint32_t point = Decode(text.substr(0, size));
    if (!In(kZero, point) && !IsInvisible(point)) width += In(kWide, point) ? 2 : 1;
    text.remove_prefix(size);
  }
  return width;
}

std::string Clip(const std::string& text, std::size_t columns) {
  if (DisplayWidth(text) <= columns) return text;
  std::string clipped;
  std::string_view rest = text;
  for (std::size_t width = 0; !rest.empty();) {
    const std::string_view one = rest.substr(0, CodePointSize(rest).value_or(1));
    width += DisplayWidth(one);
    if (width >= columns) break;
    clipped += one;
    rest.remove_prefix(one.size());
  }
  return clipped + "\u2026";
}

std::string FormatTable(const std::vector<std::vector<std::string>>& rows, std::size_t columns) {
  std::vector<std::vector<std::string>> clean = rows;
  std::vector<std::size_t> widths;
  for (auto& row : clean) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = row[i].empty() ? "-" : Printable(row[i]);
      if (i + 1 < row.size()) row[i] = Clip(row[i], kMaxCell);
      widths[i] = std::max(widths[i], DisplayWidth(row[i]));
    }
  }
  const std::size_t gaps = widths.empty() ? 0 : 2 * (widths.size() - 1);
  if (columns > 0 && rows.size() > 1 && std::accumulate(widths.begin(), widths.end(), gaps) > columns)
    return FormatBlocks(rows);
  std::string table;
  for (const auto& row : clean) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i + 1 == row.size())
        table += row[i];
      else
        AppendPadded(table, row[i], widths[i] + 2);
    }
    table += '\n';
  }
  return table;
}

std::string FormatFields(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::size_t width = 0;
  for (const auto& [name, value] : fields) width = std::max(width, name.size());
  std::string text;
  for (const auto& [name, value] : fields) {
    AppendPadded(text, name + ":", width + 3);
    text += Printable(value) + "\n";
  }
  return text;
}

}  // namespace holdfast::client
