#include "vault/policy/names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "vault/base/ascii.h"
#include "vault/base/text.h"

namespace holdfast::policy {
namespace {

constexpr std::size_t kMaxChoicesBytes = 600;

bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsNameChar(char c) { return IsNameStart(c) || c == '.' || c == '_' || c == '-'; }

std::optional<std::uint32_t> FirstForeign(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = FirstCodePoint(text);
    if (point.value >= 0x80) return point.value;
    text.remove_prefix(std::max<std::size_t>(point.bytes, 1));
  }
  return std::nullopt;
}

// Each code point that is not ASCII becomes one byte that stands in no name.
std::string Folded(std::string_view text) {
  std::string folded;
  for (const char c : Lowered(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) folded += c;
    if (byte >= 0xc0) folded += '\x7f';
  }
  return folded;
}

// How many letters were changed, added, left out or swapped with the next one.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

CodePoint FirstCodePoint(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (!IsUtf8(text.substr(0, bytes))) return {};
  std::uint32_t value = bytes == 1 ? lead : lead & (0x7f >> bytes);
  for (const char c : text.substr(1, bytes - 1)) value = value << 6 | (static_cast<unsigned char>(c) & 0x3f);
  return {value, bytes};
}

bool IsHidden(std::uint32_t point) { return point != '\t' && IsInvisible(point); }

std::string PointName(std::uint32_t code_point) { return fmt::format("U+{:04X}", code_point); }

std::string Printable(std::string_view text, std::size_t max_bytes) {
  std::string printable;
  while (!text.empty()) {
    if (printable.size() >= max_bytes) return printable + "...";
    const CodePoint point = FirstCodePoint(text);
    if (point.bytes == 0) {
      printable += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    } else if (point.value >= 0x20 && point.value < 0x7f) {
      printable += static_cast<char>(point.value);
    } else {
      printable += fmt::format("\\u{{{:x}}}", point.value);
    }
    text.remove_prefix(std::max<std::size_t>(point.bytes, 1));
  }
  return printable;
}

std::string Quoted(std::string_view text) { return '"' + Printable(text, kMaxNameBytes) + '"'; }

std::optional<std::string> NameFault(std::string_view what, std::string_view name, bool plain) {
  if (name.empty()) return fmt::format("the {} is empty", what);
  if (const auto foreign = FirstForeign(name); foreign.has_value())
    return fmt::format("{} {} has {} in it; names are ASCII", what, Quoted(name), PointName(*foreign));
  if (name.size() > kMaxNameBytes)
    return fmt::format("{} {} is longer than {} bytes", what, Quoted(name), kMaxNameBytes);
  if (const std::string lower = Lowered(name); lower != name)
    return fmt::format("{} {} is written {}: names are lower case", what, Quoted(name), Quoted(lower));
  const auto good = [&](char c) { return IsNameChar(c) || (!plain && c == ' '); };
  const bool spaced = name.back() == ' ' || name.find("  ") != name.npos;
  if (IsNameStart(name.front()) && std::ranges::all_of(name, good) && !spaced) return std::nullopt;
  return fmt::format("{} {} is not a name: a-z and 0-9 first, then also . _ -{}", what, Quoted(name),
                     plain ? "" : " and single spaces inside");
}

std::optional<std::string_view> Nearest(std::string_view given, std::span<const std::string_view> allowed) {
  if (given.size() > 2 * kMaxNameBytes) return std::nullopt;
  const std::string folded = Folded(given);
  std::optional<std::string_view> nearest;
  std::size_t least = std::clamp<std::size_t>(folded.size() / 3, 1, 3) + 1;
  for (const std::string_view name : allowed) {
    const std::size_t longer = std::max(folded.size(), name.size()) - std::min(folded.size(), name.size());
    if (longer >= least) continue;
    const std::size_t distance = Distance(folded, name);
    if (distance < least) nearest = name, least = distance;
  }
  return nearest;
}

std::string UnknownName(std::string_view what, std::string_view given,
                        std::span<const std::string_view> allowed, std::string_view choices) {
  const auto nearest = Nearest(given, allowed);
  const std::string tail = choices.empty() ? "" : fmt::format("; allowed: {}", choices);
  const std::string hint = nearest.has_value() ? fmt::format("; did you mean {}?", Quoted(*nearest)) : "";
  if (const auto foreign = FirstForeign(given); foreign.has_value())
    return fmt::format("{} {} has {} in it; names are ASCII{}{}", what, Quoted(given), PointName(*foreign),
                       hint, tail);
  if (nearest.has_value() && Lowered(given) == *nearest)
    return fmt::format("{} {} is written {}", what, Quoted(given), Quoted(*nearest));
  return fmt::format("unknown {} {}{}{}", what, Quoted(given), hint, tail);
}

std::string UnknownName(std::string_view what, std::string_view given,
                        std::span<const std::string_view> allowed) {
  const std::string choices = fmt::format("{}", fmt::join(allowed, ", "));
  return UnknownName(what, given, allowed, Printable(choices, kMaxChoicesBytes));
}

}  // namespace holdfast::policy
