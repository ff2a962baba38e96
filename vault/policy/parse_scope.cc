#include <fmt/format.h>

#include <algorithm>
#include <bitset>

#include "vault/policy/duration.h"
#include "vault/policy/fields.h"
#include "vault/policy/names.h"
#include "vault/policy/parse.h"
#include "vault/policy/parse_parts.h"

namespace holdfast::policy {
namespace {

using Kind = TomlNode::Kind;
constexpr std::size_t kMinutesPerDay = 24 * 60;

// Of one key of `when` or `unless`.
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
        EachOnce(node_, what_, Example(), policy_.problems, [this](const TomlNode& item) { return Fixed(item); });
        break;
      case AttributeType::kNamed:
      case AttributeType::kNamedSet:
        EachOnce(node_, what_, Example(), policy_.problems, [this](const TomlNode& item) { return Named(item); });
        break;
      case AttributeType::kHours:
        EachOnce(node_, what_, Example(), policy_.problems, [this](const TomlNode& item) { return Range(item); });
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
  bool numbers() const { return info_.attribute == Attribute::kTier || info_.attribute == Attribute::kOwners; }

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
      return Refuse(item, UnknownName(info_.key, number, info_.values));
    }
    if (!Expect(item, numbers() ? Kind::kInteger : Kind::kText, fmt::format("each of {}", what_), item)) return {};
    if (info_.attribute == Attribute::kRole) return Role(item);
    if (allowed(item.text)) return Take(item.text);
    return Refuse(item, UnknownName(info_.key, item.text, info_.values));
  }

  // "none" stands among numbers too; a number in quotes does not.
  bool Expect(const TomlNode& item, Kind kind, const std::string& what, const TomlNode&) {
    const bool none = item.kind == Kind::kText && item.text == info_.values.front();
    return (numbers() && none && item.text == "none") || policy::Expect(item, kind, what, policy_.problems);
  }
  bool Expect(const TomlNode& node, Kind kind, const std::string& what, Problems& problems) {
    return policy::Expect(node, kind, what, problems);
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
    if (!policy::Expect(item, Kind::kText, fmt::format("each of {}", what_), policy_.problems)) return std::nullopt;
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
    Mention(item.text, item.at);
    return item.text;
  }

  void Add(const std::string& value) {
    if (std::ranges::find(condition_.values, value) == condition_.values.end()) condition_.values.push_back(value);
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
      policy_.problems.Add(at, fmt::format("more than {} different values of {} in one policy", kMaxNames, what_));
  }

  const TomlNode& node_;
  const AttributeInfo& info_;
  std::string what_;
  PolicyText& policy_;
  Condition condition_;
};

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
    conditions.push_back(ConditionReader(entry, *info, policy).Read());
  }
  return conditions;
}

std::bitset<kMinutesPerDay> MinutesOf(const std::vector<Hours>& ranges) {
  std::bitset<kMinutesPerDay> minutes;
  for (const Hours& hours : ranges) {
    for (auto minute = static_cast<std::size_t>(hours.from); minute != static_cast<std::size_t>(hours.to);
         minute = (minute + 1) % kMinutesPerDay)
      minutes.set(minute);
  }
  return minutes;
}

// Whether nothing that meets `when` escapes `unless`.
bool Excludes(const Condition& unless, const Condition& when) {
  if (InfoOf(when.attribute).type == AttributeType::kAge) return unless.at_least <= when.at_least;
  if (InfoOf(when.attribute).type == AttributeType::kHours)
    return (MinutesOf(when.hours) & ~MinutesOf(unless.hours)).none();
  return std::ranges::all_of(when.values, [&](const std::string& value) {
    return std::ranges::find(unless.values, value) != unless.values.end();
  });
}

// Whether `unless` names every value that the vault knows.
bool ExcludesAll(const Condition& unless) {
  const AttributeInfo& info = InfoOf(unless.attribute);
  return !info.values.empty() && unless.values.size() == info.values.size();
}

void ReportContradictions(const Scope& scope, Problems& problems) {
  for (const Condition& unless : scope.unless) {
    const std::string_view key = InfoOf(unless.attribute).key;
    const auto when = std::ranges::find(scope.when, unless.attribute, &Condition::attribute);
    if (ExcludesAll(unless)) {
      problems.Add(unless.at, fmt::format("\"unless\" names every \"{}\": this never holds", key));
    } else if (when != scope.when.end() && Excludes(unless, *when)) {
      problems.Add(unless.at, fmt::format("\"unless\" takes back all that \"when\" says of \"{}\" at {}:{}: this "
                                          "never holds",
                                          key, when->at.line, when->at.column));
    }
  }
}

}  // namespace

Scope ReadScope(const TomlNode& rule, std::string_view what, PolicyText& policy) {
  Scope scope;
  const bool sound = policy.problems.empty();
  const Fields fields(rule, what, {}, policy.problems, Fields::Keys::kChecked);
  if (const TomlNode* const actions = fields.Need("actions", "as in actions = [\"secret.reveal\"]"))
    scope.actions = ReadActions(*actions, policy.problems);
  if (const TomlNode* const when = fields.Table("when")) scope.when = ReadConditions(*when, policy);
  if (const TomlNode* const unless = fields.Table("unless")) scope.unless = ReadConditions(*unless, policy);
  if (sound) ReportContradictions(scope, policy.problems);
  return scope;
}

}  // namespace holdfast::policy
