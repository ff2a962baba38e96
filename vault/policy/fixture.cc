#include "vault/policy/fixture.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace holdfast::policy {
namespace {

std::string_view EffectName(Effect effect) {
  switch (effect) {
    case Effect::kAllow:
      return "allow";
    case Effect::kPending:
      return "pending";
    case Effect::kDeny:
      return "deny";
  }
  return "";
}

std::string FaultOf(const Case& each, const Decision& decision) {
  std::string wanted;
  if (decision.effect != each.expect) wanted = EffectName(each.expect);
  if (each.rule.has_value() && decision.rule != *each.rule) {
    if (wanted.empty()) wanted = EffectName(each.expect);
    wanted += " by " + *each.rule;
  }
  if (each.missing.has_value() && decision.missing != *each.missing) {
    if (wanted.empty()) wanted = EffectName(each.expect);
    wanted += fmt::format(", lacking {}", fmt::join(*each.missing, ", "));
  }
  return wanted.empty() ? "" : fmt::format("got {}; wanted {}", InWords(decision), wanted);
}

}  // namespace

Facts Case::facts() const {
  Facts facts{.subject = subject, .action = action, .resource = resource, .context = context};
  facts.resource.platform = platform;
  facts.resource.unit = unit;
  facts.resource.secret_kind = secret_kind;
  facts.context.person = person;
  return facts;
}

std::vector<Outcome> RunFixture(const Bundle& bundle, const std::vector<Case>& cases) {
  std::vector<Outcome> outcomes;
  for (const Case& each : cases) {
    Explanation explanation = Explain(bundle, each.facts());
    std::string fault = FaultOf(each, explanation.decision);
    outcomes.push_back({&each, std::move(explanation), std::move(fault)});
  }
  return outcomes;
}

}  // namespace holdfast::policy
