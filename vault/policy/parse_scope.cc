// What a rule is about: its actions, and when they are meant.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bitset>

#include "vault/policy/fields.h"
#include "vault/policy/names.h"
#include "vault/policy/parse_parts.h"

namespace holdfast::policy {
namespace {

constexpr std::size_t kMinutesPerDay = 24 * 60;

// "secret" of "secret.reveal".
std::string_view GroupOf(std::string_view action) { return action.substr(0, action.find('.')); }

// What there is to choose from: the actions of the group that `given` names, or the groups.
std::string Choices(std::string_view given) {
  std::vector<std::string_view> actions;
  std::vector<std::string> groups;
  for (const Action action : AllActions()) {
    const std::string_view name = ActionName(action);
    if (GroupOf(name) == GroupOf(given)) actions.push_back(name);
    if (groups.empty() || GroupOf(groups.back()) != GroupOf(name))
      groups.push_back(fmt::format("{}.*", GroupOf(name)));
  }
  return actions.empty() ? fmt::format("those of {}", fmt::join(groups, ", "))
                         : fmt::format("{}", fmt::join(actions, ", "));
}

class ActionsReader {
 public:
  explicit ActionsReader(Problems& problems) : problems_(problems) {}

  std::vector<Action> Read(const TomlNode& array) {
    const std::string example = "actions = [\"secret.reveal\"]";
    EachOnce(array, "\"actions\"", example, problems_,
             [&](const TomlNode& item) -> std::optional<std::string> {
               if (!Expect(item, TomlNode::Kind::kText, "each of \"actions\"", problems_))
                 return std::nullopt;
               if (item.text == "*" && array.children.size() > 1)
                 problems_.Add(item.at, "\"*\" is every action: it stands alone");
               else
                 Take(item);
               return item.text;
             });
    return std::move(actions_);
  }

 private:
  void Take(const TomlNode& item) {
    const std::string_view text = item.text;
    const bool group = text == "*" || text.ends_with(".*");
    std::size_t found = 0;
    for (const Action action : AllActions()) {
      const std::string_view name = ActionName(action);
      if (name != text && !(group && (text == "*" || GroupOf(name) == text.substr(0, text.size() - 2))))
        continue;
      ++found;
      Add(action, item);
    }
    if (found == 0) Refuse(item);
  }

  void Add(Action action, const TomlNode& item) {
    const auto [first, fresh] = from_.emplace(action, item.text);
    if (fresh) {
      actions_.push_back(action);
    } else if (first->second != item.text) {
      problems_.Add(item.at, fmt::format("{} is in both {} and {}", ActionName(action), Quoted(first->second),
                                         Quoted(item.text)));
    }
  }

  void Refuse(const TomlNode& item) {
    if (item.text.find('*') != std::string::npos) {
      problems_.Add(item.at, fmt::format("no actions {}: \"*\" stands alone or for all of a group, as in "
                                         "\"secret.*\"; allowed: {}",
                                         Quoted(item.text), Choices("")));
      return;
    }
    std::vector<std::string_view> names;
    for (const Action action : AllActions()) names.push_back(ActionName(action));
    problems_.Add(item.at, UnknownName("action", item.text, names, Choices(item.text)));
  }

  Problems& problems_;
  std::vector<Action> actions_;
  std::map<Action, std::string> from_;
};

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
      problems.Add(unless.at,
                   fmt::format("\"unless\" takes back all that \"when\" says of \"{}\" at {}:{}: this "
                               "never holds",
                               key, when->at.line, when->at.column));
    }
  }
}

}  // namespace

Scope ReadScope(const Fields& rule, PolicyText& policy) {
  Scope scope;
  if (const TomlNode* const actions = rule.Need("actions", "as in actions = [\"secret.reveal\"]"))
    scope.actions = ActionsReader(policy.problems).Read(*actions);
  if (const TomlNode* const when = rule.Table("when")) scope.when = ReadConditions(*when, policy);
  if (const TomlNode* const unless = rule.Table("unless")) scope.unless = ReadConditions(*unless, policy);
  ReportContradictions(scope, policy.problems);
  return scope;
}

}  // namespace holdfast::policy
