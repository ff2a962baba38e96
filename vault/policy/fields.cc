#include "vault/policy/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "vault/policy/duration.h"
#include "vault/policy/names.h"

namespace holdfast::policy {
namespace {

using enum TomlNode::Kind;

std::string_view KindName(TomlNode::Kind kind) {
  switch (kind) {
    case kText:
      return "a text in quotes";
    case kInteger:
      return "a whole number";
    case kFlag:
      return "true or false";
    case kArray:
      return "an array";
    case kTable:
      return "a table";
    case kOther:
      return "a fraction, date or time";
  }
  return "";
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// What of a text that ParseDuration() refuses is wrong.
std::string_view DurationFault(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.front() == '-' || text.front() == '+') return "has a sign";
  if (text.find(' ') != text.npos) return "has a space in it";
  const std::size_t digits = static_cast<std::size_t>(std::ranges::find_if_not(text, IsDigit) - text.begin());
  if (digits == 0) return "has no number";
  if (digits == text.size()) return "has no unit";
  const std::string_view unit = text.substr(digits);
  if (unit == "D" || unit == "H" || unit == "M" || unit == "S") return "has its unit in upper case";
  if (unit.front() == '.') return "is not a whole number";
  if (unit.size() > 1 || std::string_view("smhd").find(unit) == text.npos)
    return "has no unit of s, m, h and d";
  if (text.front() == '0') return digits == 1 ? "is no time at all" : "begins with 0";
  return "is too long";
}

// "08:30" as 510.
std::optional<int> MinuteOfDay(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t i : {0, 1, 3, 4}) {
    if (!IsDigit(text[i])) return std::nullopt;
  }
  const int hour = (text[0] - '0') * 10 + text[1] - '0';
  const int minute = (text[3] - '0') * 10 + text[4] - '0';
  if (hour > 23 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

std::optional<std::string> WhyFault(const std::string& text) {
  if (text.find_first_not_of(" \t") == text.npos) return "\"why\" is empty: say it to whoever meets the rule";
  if (text.size() > kMaxWhyBytes)
    return fmt::format("\"why\" has {} bytes, more than {}", text.size(), kMaxWhyBytes);
  for (std::string_view rest = text; !rest.empty();) {
    const CodePoint point = FirstCodePoint(rest);
    if (IsHidden(point.value) || point.value == '\t')
      return fmt::format("\"why\" has {} in it: it is one line, all of it to be seen",
                         PointName(point.value));
    rest.remove_prefix(point.bytes);
  }
  return std::nullopt;
}

}  // namespace

bool Expect(const TomlNode& node, TomlNode::Kind kind, std::string_view what, Problems& problems) {
  if (node.kind == kind) return true;
  problems.Add(node.at, fmt::format("{} is {}, not {}", what, KindName(kind), KindName(node.kind)));
  return false;
}

bool EachOnce(const TomlNode& array, std::string_view what, std::string_view example, Problems& problems,
              const Spell& spell) {
  if (array.kind != kArray) {
    problems.Add(array.at,
                 fmt::format("{} is an array, as in {}, not {}", what, example, KindName(array.kind)));
    return false;
  }
  if (array.children.empty()) {
    problems.Add(array.at, fmt::format("{} is an empty array", what));
    return false;
  }
  if (array.children.size() > kMaxItems) {
    problems.Add(array.at,
                 fmt::format("{} has {} values, more than {}", what, array.children.size(), kMaxItems));
    return false;
  }
  std::map<std::string, Position> seen;
  for (const TomlNode& item : array.children) {
    if (problems.enough()) return false;
    const auto spelled = spell(item);
    if (!spelled.has_value()) continue;
    const auto [first, fresh] = seen.emplace(*spelled, item.at);
    if (fresh) continue;
    problems.Add(item.at, fmt::format("{} has {} twice: first at {}:{}", what, Quoted(*spelled),
                                      first->second.line, first->second.column));
  }
  return true;
}

std::optional<Micros> DurationOf(const TomlNode& node, std::string_view what, Problems& problems) {
  if (node.kind != kText) {
    problems.Add(node.at, fmt::format("{} is a duration, as in \"90d\", not {}", what, KindName(node.kind)));
    return std::nullopt;
  }
  const auto duration = ParseDuration(node.text);
  if (!duration.has_value()) {
    problems.Add(node.at,
                 fmt::format("{}: duration {} {}; a whole number and one of s, m, h, d, as in \"90d\", 1s "
                             "to 3650d",
                             what, Quoted(node.text), DurationFault(node.text)));
  }
  return duration;
}

std::optional<Hours> HoursOf(const TomlNode& node, Problems& problems) {
  if (!Expect(node, kText, "each of \"hours\"", problems)) return std::nullopt;
  const std::string_view text = node.text;
  const std::size_t dash = text.find('-');
  const auto from = MinuteOfDay(text.substr(0, dash));
  const auto to = dash == text.npos ? std::nullopt : MinuteOfDay(text.substr(dash + 1));
  if (!from.has_value() || !to.has_value()) {
    const bool midnight = text.find("24:00") != text.npos;
    problems.Add(node.at, fmt::format("hours {} are not as in \"08:00-18:00\" (UTC){}", Quoted(text),
                                      midnight ? "; midnight is 00:00" : ", 00:00 to 23:59"));
    return std::nullopt;
  }
  if (*from != *to) return Hours{*from, *to};
  problems.Add(node.at, fmt::format("hours {} end when they begin", Quoted(text)));
  return std::nullopt;
}

Fields::Fields(const TomlNode& table, std::string_view what, std::span<const std::string_view> known,
               Problems& problems)
    : table_(table), what_(what), problems_(problems) {
  for (const TomlNode& entry : table.children) {
    if (problems_.enough()) return;
    if (std::ranges::find(known, entry.key) != known.end()) continue;
    problems_.Add(entry.key_at, UnknownName(fmt::format("key of {}:", what), entry.key, known));
  }
}

const TomlNode* Fields::Need(std::string_view key, std::string_view hint) const {
  const TomlNode* const node = Find(key);
  if (node == nullptr) problems_.Add(table_.at, fmt::format("{} has no \"{}\": {}", what_, key, hint));
  return node;
}

const TomlNode* Fields::Typed(std::string_view key, TomlNode::Kind kind) const {
  const TomlNode* const node = Find(key);
  if (node == nullptr || !Expect(*node, kind, fmt::format("\"{}\"", key), problems_)) return nullptr;
  return node;
}

const TomlNode* Fields::Table(std::string_view key) const {
  const TomlNode* const node = Typed(key, kTable);
  if (node == nullptr || !node->children.empty()) return node;
  problems_.Add(node->at, fmt::format("\"{}\" is empty: leave it out", key));
  return nullptr;
}

std::optional<std::string> Fields::Text(std::string_view key) const {
  const TomlNode* const node = Typed(key, kText);
  return node == nullptr ? std::nullopt : std::optional(node->text);
}

std::optional<std::int64_t> Fields::Number(std::string_view key, std::int64_t least,
                                           std::int64_t most) const {
  const TomlNode* const node = Typed(key, kInteger);
  if (node == nullptr) return std::nullopt;
  if (node->number >= least && node->number <= most) return node->number;
  problems_.Add(node->at, fmt::format("\"{}\" is {} to {}, not {}", key, least, most, node->number));
  return std::nullopt;
}

std::optional<Micros> Fields::Duration(std::string_view key) const {
  const TomlNode* const node = Find(key);
  return node == nullptr ? std::nullopt : DurationOf(*node, fmt::format("\"{}\"", key), problems_);
}

bool Fields::True(std::string_view key) const {
  const TomlNode* const node = Typed(key, kFlag);
  if (node == nullptr) return false;
  if (!node->flag)
    problems_.Add(node->at,
                  fmt::format("\"{}\" = false takes nothing back from other rules: leave it out", key));
  return node->flag;
}

std::string Fields::Why() const {
  const TomlNode* const node = Need("why", "say it to whoever meets the rule");
  if (node == nullptr || !Expect(*node, kText, "\"why\"", problems_)) return "";
  if (auto fault = WhyFault(node->text); fault.has_value()) problems_.Add(node->at, *std::move(fault));
  return node->text;
}

}  // namespace holdfast::policy
