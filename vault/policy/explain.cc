#include "vault/policy/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "vault/policy/classes.h"
#include "vault/policy/duration.h"
#include "vault/policy/words.h"

namespace holdfast::policy {
namespace {

std::string AgeInWords(Micros age) {
  for (const Micros unit : {kDay, kHour, kMinute}) {
    if (age >= unit) return FormatDuration(age / unit * unit);
  }
  return "less than 1m";
}

std::string NameInWords(std::string_view name) { return name.empty() ? "none" : std::string(name); }

// What the fact is, where its number alone would say too little.
std::string FactInWords(const Domains& domains, const Facts& facts, const Values& values,
                        Attribute attribute) {
  if (attribute == Attribute::kKeyAge) return AgeInWords(facts.subject.key_age);
  if (attribute == Attribute::kRotationAge) return AgeInWords(facts.resource.rotation_age);
  if (attribute == Attribute::kPlatform) return NameInWords(facts.resource.platform);
  if (attribute == Attribute::kUnit) return NameInWords(facts.resource.unit);
  if (attribute == Attribute::kQualification)
    return NameInWords(fmt::format("{}", fmt::join(facts.subject.qualifications, "+")));
  if (attribute == Attribute::kHours) {
    const Micros minute = facts.context.now % kDay / kMinute;
    return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
  }
  return NameOf(attribute, domains, values[static_cast<std::size_t>(attribute)]);
}

NearMiss WhatFails(const Bundle& bundle, const Bundle::CompiledRule& compiled, const Facts& facts,
                   const Values& values) {
  NearMiss miss{compiled.rule, {}};
  const auto meets = [&values](const CompiledScope::Test& test) {
    return (values[test.attribute] & test.mask).any();
  };
  const auto tell = [&](std::string_view how, const Condition& condition) {
    miss.fails.push_back(fmt::format("{} {}; is {}", how, InWords(condition),
                                     FactInWords(bundle.domains(), facts, values, condition.attribute)));
  };
  // Tests stand in the order of their conditions.
  for (std::size_t i = 0; i < compiled.scope.when.size(); ++i) {
    if (!meets(compiled.scope.when[i])) tell("needs", compiled.rule->scope.when[i]);
  }
  for (std::size_t i = 0; i < compiled.scope.unless.size(); ++i) {
    if (meets(compiled.scope.unless[i])) tell("not with", compiled.rule->scope.unless[i]);
  }
  return miss;
}

}  // namespace

Explanation Explain(const Bundle& bundle, const Facts& facts) {
  Explanation explanation{.decision = bundle.Decide(facts), .matching = {}, .near_misses = {}};
  const Values values = bundle.domains().Bind(facts);
  for (const Bundle::CompiledRule& compiled : bundle.rules(facts.action)) {
    if (compiled.scope.Holds(values)) {
      explanation.matching.push_back(compiled.rule);
    } else if (compiled.rule->kind == RuleKind::kPermit) {
      explanation.near_misses.push_back(WhatFails(bundle, compiled, facts, values));
    }
  }
  std::ranges::stable_sort(explanation.near_misses, {},
                           [](const NearMiss& miss) { return miss.fails.size(); });
  return explanation;
}

std::string InWords(const Decision& decision) {
  switch (decision.effect) {
    case Effect::kAllow:
      return fmt::format("allow by {}", decision.rule);
    case Effect::kPending:
      return fmt::format("pending by {}: lacks {}", decision.rule, fmt::join(decision.missing, ", "));
    case Effect::kDeny:
      return fmt::format("deny by {}: {}", decision.rule, decision.why);
  }
  return "";
}

std::vector<std::string> LinesOf(const Explanation& explanation) {
  std::vector<std::string> lines{InWords(explanation.decision)};
  for (const Rule* rule : explanation.matching)
    lines.push_back(fmt::format("{} {} matches: {}", InWords(rule->kind), rule->id, rule->why));
  for (const NearMiss& miss : explanation.near_misses)
    lines.push_back(fmt::format("permit {} does not match: {}", miss.rule->id, fmt::join(miss.fails, "; ")));
  return lines;
}

}  // namespace holdfast::policy
