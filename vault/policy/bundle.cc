#include "vault/policy/bundle.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "vault/policy/floor.h"

namespace holdfast::policy {
namespace {

std::vector<CompiledScope::Test> TestsOf(const std::vector<Condition>& conditions, const Domains& domains) {
  std::vector<CompiledScope::Test> tests;
  for (const Condition& condition : conditions)
    tests.push_back({static_cast<std::size_t>(condition.attribute), domains.MaskOf(condition)});
  return tests;
}

bool Meets(const Values& values, const CompiledScope::Test& test) {
  return (values[test.attribute] & test.mask).any();
}

// Which of two permits says more of why somebody has to wait.
auto Weight(const Obligations& obligations) {
  return std::tuple(!obligations.approvals.empty(), obligations.wait.has_value(), obligations.ticket,
                    obligations.reason);
}

}  // namespace

bool CompiledScope::Holds(const Values& values) const {
  const auto meets = [&values](const Test& test) { return Meets(values, test); };
  return std::ranges::all_of(when, meets) && std::ranges::none_of(unless, meets);
}

CompiledScope Compile(const Scope& scope, const Domains& domains) {
  return {TestsOf(scope.when, domains), TestsOf(scope.unless, domains)};
}

Bundle::Bundle(Document document, Domains domains)
    : document_(std::move(document)), domains_(std::move(domains)), all_(Floor().rules) {
  all_.insert(all_.end(), document_.rules.begin(), document_.rules.end());
  for (const Rule& rule : all_) {
    const CompiledScope scope = Compile(rule.scope, domains_);
    for (const Action action : rule.scope.actions) {
      by_action_[static_cast<std::size_t>(action)].push_back({&rule, scope});
      for (const auto* tests : {&scope.when, &scope.unless}) {
        for (const CompiledScope::Test& test : *tests)
          tested_[static_cast<std::size_t>(action)].set(test.attribute);
      }
    }
  }
  for (auto& rules : by_action_) {
    std::ranges::sort(rules, {}, [](const CompiledRule& compiled) {
      return std::pair(compiled.rule->kind != RuleKind::kForbid, std::string_view(compiled.rule->id));
    });
  }
}

Bundle::Bundle(Document document) : Bundle(document, Domains({&Floor(), &document})) {}

Verdict Bundle::Judge(Action action, const Values& values) const {
  Verdict verdict;
  const Rule* deciding = nullptr;
  for (const CompiledRule& compiled : rules(action)) {
    if (!compiled.scope.Holds(values)) continue;
    const Rule& rule = *compiled.rule;
    if (rule.kind == RuleKind::kForbid) return {.permitted = false, .rule = &rule, .obligations = {}};
    verdict.permitted = verdict.permitted || rule.kind == RuleKind::kPermit;
    Merge(verdict.obligations, rule.require);
    if (deciding == nullptr || Weight(rule.require) > Weight(deciding->require)) deciding = &rule;
  }
  if (!verdict.permitted) return {};
  verdict.rule = deciding;
  return verdict;
}

Decision Bundle::Decide(const Facts& facts) const {
  Verdict verdict = Judge(facts.action, domains_.Bind(facts));
  Decision decision;
  if (verdict.rule == nullptr) {
    decision.rule = "default.deny";
    decision.why = "no rule permits this";
    return decision;
  }
  decision.rule = verdict.rule->id;
  decision.why = verdict.rule->why;
  if (!verdict.permitted) return decision;
  decision.obligations = std::move(verdict.obligations);
  decision.missing = Missing(decision.obligations, facts.context);
  decision.effect = decision.missing.empty() ? Effect::kAllow : Effect::kPending;
  return decision;
}

}  // namespace holdfast::policy
