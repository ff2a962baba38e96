#include "vault/policy/words.h"

#include <fmt/format.h>

#include "vault/policy/duration.h"

namespace holdfast::policy {
namespace {

std::string Joined(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string Clock(int minute) { return fmt::format("{:02}:{:02}", minute / 60, minute % 60); }

}  // namespace

std::string Either(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text.append(i == 0 ? "" : i + 1 == names.size() ? " or " : ", ").append(names[i]);
  return text;
}

std::string InWords(const Obligations& obligations) {
  std::vector<std::string> parts;
  if (obligations.reason) parts.emplace_back("reason");
  if (obligations.ticket) parts.emplace_back("ticket");
  for (const ApprovalNeed& need : obligations.approvals) parts.push_back("approval by " + Describe(need));
  if (obligations.valid.has_value()) parts.push_back("valid " + FormatDuration(*obligations.valid));
  if (obligations.uses.has_value())
    parts.push_back(fmt::format("{} {}", *obligations.uses, *obligations.uses == 1 ? "use" : "uses"));
  if (obligations.show.has_value()) parts.push_back("shown " + FormatDuration(*obligations.show));
  if (obligations.wait.has_value()) parts.push_back("wait " + FormatDuration(*obligations.wait));
  return Joined(parts);
}

std::string InWords(const Verdict& verdict) {
  if (!verdict.permitted) return "deny";
  const std::string obligations = InWords(verdict.obligations);
  return obligations.empty() ? "allow" : "allow with " + obligations;
}

std::string InWords(const Condition& condition) {
  const std::string key(InfoOf(condition.attribute).key);
  switch (InfoOf(condition.attribute).type) {
    case AttributeType::kFlag:
      return (condition.values.front() == "true" ? "" : "not ") + key;
    case AttributeType::kAge:
      return fmt::format("{} of at least {}", key, FormatDuration(condition.at_least));
    case AttributeType::kHours: {
      std::vector<std::string> spans;
      for (const Hours& hours : condition.hours) spans.push_back(Clock(hours.from) + "-" + Clock(hours.to));
      return key + " " + Either(spans);
    }
    case AttributeType::kFixed:
    case AttributeType::kFixedSet:
    case AttributeType::kNamed:
    case AttributeType::kNamedSet:
      break;
  }
  return key + " " + Either(condition.values);
}

std::string InWords(RuleKind kind) {
  switch (kind) {
    case RuleKind::kPermit:
      return "permit";
    case RuleKind::kForbid:
      return "forbid";
    case RuleKind::kRequire:
      return "require";
  }
  return "";
}

std::string RuleName(const Verdict& verdict) {
  return verdict.rule == nullptr ? "default.deny" : verdict.rule->id;
}

}  // namespace holdfast::policy
