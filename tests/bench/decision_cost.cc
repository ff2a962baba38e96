#include "tests/bench/decision_cost.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "vault/custody/policies.h"
#include "vault/policy/bundle.h"
#include "vault/policy/floor.h"
#include "vault/policy/parse.h"

namespace holdfast::bench {
namespace {

using policy::Facts;

constexpr int kRounds = 20'000;
constexpr std::size_t kRules = 1000;

policy::Document Parsed(const std::string& text) {
  policy::Parsed parsed = policy::Parse(text);
  if (!parsed.problems.empty()) {
    fmt::print(stderr, "reveal_bench: a policy does not parse:\n{}", Listed(parsed.problems));
    std::exit(1);
  }
  return std::move(parsed.document);
}

// Reveals by everybody, of every tier, with and without what is needed.
std::vector<Facts> AllReveals() {
  std::vector<Facts> all;
  for (const int tier : {1, 2, 3}) {
    for (const int relation : {0, 1, 2, 3}) {
      Facts facts{.action = policy::Action::kSecretReveal};
      facts.subject = {.roles = static_cast<std::int64_t>(Role::kMember), .key = KeyState::kConfirmed};
      if (relation != 0) facts.subject.relation = static_cast<Relation>(relation);
      facts.resource = {.tier = tier, .platform = "platform-7", .unit = "unit-7", .secret_kind = "password"};
      facts.context = {.now = 1'800'000'000 * kSecond, .person = "p-1", .has_reason = tier != 3};
      facts.context.votes = {{.person = "p-2", .roles = static_cast<std::int64_t>(Role::kSecurity)}};
      all.push_back(std::move(facts));
    }
  }
  return all;
}

DecisionCost CostOf(const policy::Document& document) {
  const policy::Bundle bundle(document);
  const std::vector<Facts> reveals = AllReveals();
  std::size_t allowed = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (int round = 0; round < kRounds; ++round) {
    for (const Facts& facts : reveals) allowed += bundle.Decide(facts).allowed() ? 1 : 0;
  }
  const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - begin;
  if (allowed == 0) std::exit(1);
  return {.rules = policy::Floor().rules.size() + document.rules.size(),
          .asked = bundle.rules(policy::Action::kSecretReveal).size(),
          .nanos = taken.count() / (static_cast<double>(kRounds) * static_cast<double>(reveals.size()))};
}

}  // namespace

DecisionCost ShippedPolicyCost() { return CostOf(Parsed(std::string(custody::ShippedPolicy()))); }

DecisionCost ThousandRulesCost() {
  std::string text(custody::ShippedPolicy());
  const std::size_t shipped = Parsed(text).rules.size();
  for (std::size_t i = shipped; i < kRules; ++i) {
    text += fmt::format(
        "[[rule]]\nid = \"more.{}\"\neffect = \"require\"\nactions = [\"secret.reveal\"]\n"
        "when = {{ platform = [\"platform-{}\"], unit = [\"unit-{}\"], relation = [\"grantee\"] }}\n"
        "require = {{ ticket = true }}\nwhy = \"one of many\"\n",
        i, i % 50, i / 50);
  }
  return CostOf(Parsed(text));
}

}  // namespace holdfast::bench
