// Rules and assertions.
#include <fmt/format.h>

#include <algorithm>

#include "vault/policy/fields.h"
#include "vault/policy/names.h"
#include "vault/policy/parse.h"
#include "vault/policy/parse_parts.h"

namespace holdfast::policy {
namespace {

constexpr std::string_view kRuleKeys[] = {"id", "effect", "actions", "when", "unless", "require", "why"};
constexpr std::string_view kNeverKeys[] = {"id", "actions", "when", "unless", "why"};
constexpr std::string_view kEffects[] = {"permit", "forbid", "require"};  // in the order of RuleKind
constexpr std::string_view kHostPrefixes[] = {"default.", "host."};
constexpr std::string_view kFloorPrefix = "floor.";

std::optional<std::string> IdFault(const std::string& id, bool is_floor) {
  if (auto fault = NameFault("id", id, /*plain=*/true); fault.has_value()) return fault;
  for (const std::string_view prefix : kHostPrefixes) {
    if (id.starts_with(prefix)) return fmt::format("ids that begin with \"{}\" are the vault's own", prefix);
  }
  if (id.starts_with(kFloorPrefix) && !is_floor)
    return "ids that begin with \"floor.\" are those of the rules that no policy can loosen";
  return std::nullopt;
}

std::string ReadId(const Fields& fields, PolicyText& policy) {
  const TomlNode* const node = fields.Need("id", "a name of its own, as in \"reveal.tier-1\"");
  if (node == nullptr || !Expect(*node, TomlNode::Kind::kText, "\"id\"", policy.problems)) return "";
  if (auto fault = IdFault(node->text, policy.is_floor); fault.has_value()) {
    policy.problems.Add(node->at, *std::move(fault));
    return node->text;
  }
  const auto [first, fresh] = policy.ids.emplace(node->text, node->at);
  if (!fresh) {
    policy.problems.Add(node->at, fmt::format("id {} is taken: first at {}:{}", Quoted(node->text),
                                              first->second.line, first->second.column));
  }
  return node->text;
}

std::optional<RuleKind> ReadEffect(const Fields& fields, Problems& problems) {
  const TomlNode* const node = fields.Need("effect", "permit, forbid or require");
  if (node == nullptr || !Expect(*node, TomlNode::Kind::kText, "\"effect\"", problems)) return std::nullopt;
  const auto* const found = std::ranges::find(kEffects, node->text);
  if (found != std::end(kEffects)) return static_cast<RuleKind>(found - kEffects);
  problems.Add(node->at, UnknownName("effect", node->text, kEffects));
  return std::nullopt;
}

// What only a permit or a require can have.
void ReadRequire(const Fields& fields, std::optional<RuleKind> kind, Rule& rule, Problems& problems) {
  const TomlNode* const node = fields.Find("require");
  if (node == nullptr) {
    if (kind == RuleKind::kRequire)
      problems.Add(rule.at, "a rule that requires has no \"require\": what it asks for");
    return;
  }
  if (kind == RuleKind::kForbid) {
    problems.Add(node->key_at, "a rule that forbids asks for nothing: it has no \"require\"");
    return;
  }
  if (const TomlNode* const table = fields.Table("require"))
    rule.require = ReadObligations(*table, rule.scope.actions, problems);
}

// Calling a handover off is nowhere easier than its cut.
void BindCancel(RuleKind kind, std::vector<Action>& actions) {
  const auto names = [&](Action action) { return std::ranges::find(actions, action) != actions.end(); };
  if (kind == RuleKind::kPermit || !names(Action::kHandoverCut) || names(Action::kHandoverCancel)) return;
  actions.push_back(Action::kHandoverCancel);
}

void Count(const TomlNode& table, PolicyText& policy) {
  if (++policy.rules == kMaxRules + 1)
    policy.problems.Add(table.at, fmt::format("more than {} rules and assertions", kMaxRules));
}

}  // namespace

Rule ReadRule(const TomlNode& table, PolicyText& policy) {
  Count(table, policy);
  Rule rule;
  rule.at = table.at;
  const Fields fields(table, "a rule", kRuleKeys, policy.problems);
  rule.id = ReadId(fields, policy);
  const auto kind = ReadEffect(fields, policy.problems);
  rule.kind = kind.value_or(RuleKind::kForbid);
  rule.scope = ReadScope(fields, policy);
  ReadRequire(fields, kind, rule, policy.problems);
  BindCancel(rule.kind, rule.scope.actions);
  rule.why = fields.Why();
  return rule;
}

Never ReadNever(const TomlNode& table, PolicyText& policy) {
  Count(table, policy);
  Never never;
  never.at = table.at;
  const Fields fields(table, "an assertion", kNeverKeys, policy.problems);
  never.id = ReadId(fields, policy);
  never.scope = ReadScope(fields, policy);
  never.why = fields.Why();
  return never;
}

}  // namespace holdfast::policy
