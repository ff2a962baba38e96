#include "vault/policy/decide.h"

#include "vault/policy/rules.h"

namespace holdfast::policy {
namespace {

std::string_view EffectName(Effect effect) {
  switch (effect) {
    case Effect::kAllow:
      return "permit";
    case Effect::kPending:
      return "needs-approval";
    case Effect::kDeny:
      return "forbid";
  }
  return "forbid";
}

}  // namespace

Decision Decide(const Subject& subject, Action action, const Resource& resource, const Context& context) {
  const Facts facts{subject, action, resource, context};
  Decision decision{Effect::kDeny, "default.deny", "no rule permits this"};
  bool permitted = false;
  for (const Rule& rule : Rules()) {
    if (!rule.applies(facts)) continue;
    const Decision matched{rule.effect, rule.id, rule.why};
    if (rule.effect == Effect::kDeny) return matched;
    // Of the permits, one that asks for an approval is the stricter.
    if (!permitted || (decision.allowed() && rule.effect == Effect::kPending)) decision = matched;
    permitted = true;
  }
  return decision;
}

std::string RulesText() {
  std::string text;
  for (const Rule& rule : Rules()) {
    text.append(rule.id)
        .append("\t")
        .append(EffectName(rule.effect))
        .append("\t")
        .append(rule.why)
        .append("\n");
  }
  return text;
}

}  // namespace holdfast::policy
