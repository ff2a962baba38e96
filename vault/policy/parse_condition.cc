// One key of `when` or `unless`: an attribute, and what it must be.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "vault/policy/duration.h"
#include "vault/policy/fields.h"
#include "vault/policy/names.h"
#include "vault/policy/parse.h"
#include "vault/policy/parse_parts.h"

namespace holdfast::policy {
namespace {

using Kind = TomlNode::Kind;

class ConditionReader {
 public:
  ConditionReader(const TomlNode& node, const AttributeInfo& info, PolicyText& policy)
      : node_(node), info_(info), what_(fmt::format("\"{}\"", info.key)), policy_(policy) {
    condition_.attribute = info.attribute;
    condition_.at = node.key_at;
  }

  Condition Read() {
    switch (info_.type) {
      case AttributeType::kFixed:
      case AttributeType::kFixedSet:
        Each(&ConditionReader::Fixed);
        break;
      case AttributeType::kNamed:
      case AttributeType::kNamedSet:
        Each(&ConditionReader::Named);
        break;
      case AttributeType::kHours:
        Each(&ConditionReader::Range);
        break;
      case AttributeType::kAge:
        if (const auto age = DurationOf(node_, what_, policy_.problems); age.has_value()) {
          condition_.at_least = *age;
          Mention(FormatDuration(*age), node_.at);
        }
        break;
      case AttributeType::kFlag:
        if (Expect(node_, Kind::kFlag, what_, policy_.problems))
          condition_.values.emplace_back(node_.flag ? "true" : "false");
        break;
    }
    return std::move(condition_);
  }

 private:
  using Reader = std::optional<std::string> (ConditionReader::*)(const TomlNode&);
  void Each(Reader reader) {
    EachOnce(node_, what_, Example(), policy_.problems,
             [&](const TomlNode& item) { return (this->*reader)(item); });
  }

  bool numbers() const {
    return info_.attribute == Attribute::kTier || info_.attribute == Attribute::kOwners;
  }

  std::string Example() const {
    if (numbers()) return fmt::format("{} = [1]", info_.key);
    if (info_.type == AttributeType::kHours) return "hours = [\"08:00-18:00\"]";
    return fmt::format("{} = [\"{}\"]", info_.key, info_.values.empty() ? "name" : info_.values.back());
  }

  std::optional<std::string> Fixed(const TomlNode& item) {
    const auto allowed = [this](std::string_view value) {
      return std::ranges::find(info_.values, value) != info_.values.end();
    };
    if (numbers() && item.kind == Kind::kInteger) {
      const std::string number = fmt::format("{}", item.number);
      if (allowed(number)) return Take(number);
      return Refuse(item,
                    fmt::format("no {} {}; allowed: {}", info_.key, number, fmt::join(info_.values, ", ")));
    }
    if (numbers() && item.kind == Kind::kText && item.text == "none" && allowed("none")) return Take("none");
    if (!Expect(item, numbers() ? Kind::kInteger : Kind::kText, fmt::format("each of {}", what_),
                policy_.problems))
      return std::nullopt;
    if (info_.attribute == Attribute::kRole) return Role(item);
    if (allowed(item.text)) return Take(item.text);
    return Refuse(item, UnknownName(info_.key, item.text, info_.values));
  }

  std::optional<std::string> Role(const TomlNode& item) {
    const auto group = policy_.groups.find(item.text);
    if (group != policy_.groups.end()) {
      group->second.used = true;
      for (const std::string& role : group->second.roles) Add(role);
      return item.text;
    }
    if (std::ranges::find(info_.values, item.text) != info_.values.end()) return Take(item.text);
    std::vector<std::string_view> known(info_.values.begin(), info_.values.end());
    for (const auto& [name, unused] : policy_.groups) known.emplace_back(name);
    return Refuse(item, UnknownName("role", item.text, known));
  }

  std::optional<std::string> Named(const TomlNode& item) {
    if (!Expect(item, Kind::kText, fmt::format("each of {}", what_), policy_.problems)) return std::nullopt;
    if (info_.attribute == Attribute::kQualification) return Qualification(item);
    if (auto fault = NameFault(info_.key, item.text, /*plain=*/false); fault.has_value())
      return Refuse(item, *std::move(fault));
    Mention(item.text, item.at);
    return Take(item.text);
  }

  std::optional<std::string> Qualification(const TomlNode& item) {
    const auto declared = policy_.qualifications.find(item.text);
    if (declared != policy_.qualifications.end()) {
      declared->second.used = true;
      Mention(item.text, item.at);
      return Take(item.text);
    }
    std::vector<std::string_view> known;
    for (const auto& [name, unused] : policy_.qualifications) known.emplace_back(name);
    return Refuse(item, UnknownName("qualification", item.text, known, "what \"qualifications\" declares"));
  }

  std::optional<std::string> Range(const TomlNode& item) {
    const auto hours = HoursOf(item, policy_.problems);
    if (!hours.has_value()) return std::nullopt;
    condition_.hours.push_back(*hours);
    Mention(item.text.substr(0, 5), item.at);
    Mention(item.text.substr(6), item.at);
    return item.text;
  }

  void Add(const std::string& value) {
    if (std::ranges::find(condition_.values, value) == condition_.values.end())
      condition_.values.push_back(value);
  }
  std::optional<std::string> Take(const std::string& value) {
    Add(value);
    return value;
  }
  std::optional<std::string> Refuse(const TomlNode& item, std::string message) {
    policy_.problems.Add(item.at, std::move(message));
    return std::nullopt;
  }

  // The decision space has to stay one that can be enumerated.
  void Mention(const std::string& name, Position at) {
    auto& mentioned = policy_.mentioned[static_cast<std::size_t>(info_.attribute)];
    const bool fresh = mentioned.insert(name).second;
    if (fresh && mentioned.size() == kMaxNames + 1)
      policy_.problems.Add(
          at, fmt::format("more than {} different values of {} in one policy", kMaxNames, what_));
  }

  const TomlNode& node_;
  const AttributeInfo& info_;
  std::string what_;
  PolicyText& policy_;
  Condition condition_;
};

}  // namespace

std::vector<Condition> ReadConditions(const TomlNode& table, PolicyText& policy) {
  std::vector<std::string_view> keys;
  for (const AttributeInfo& info : AllAttributes()) keys.push_back(info.key);
  std::vector<Condition> conditions;
  for (const TomlNode& entry : table.children) {
    const AttributeInfo* const info = AttributeByKey(entry.key);
    if (info == nullptr) {
      policy.problems.Add(entry.key_at, UnknownName("condition", entry.key, keys));
      continue;
    }
    const std::size_t before = policy.problems.size();
    Condition condition = ConditionReader(entry, *info, policy).Read();
    if (policy.problems.size() == before) conditions.push_back(std::move(condition));
  }
  return conditions;
}

}  // namespace holdfast::policy
