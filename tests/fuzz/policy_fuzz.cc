// Any bytes as a policy. Besides not crashing: problems lie in the text and in its order, and a policy
// without problems decides.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "vault/policy/bundle.h"
#include "vault/policy/parse.h"
#include "vault/policy/problems.h"

namespace holdfast::policy {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "policy_fuzz: %s\n", what);
  std::abort();
}

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

void CheckProblems(std::string_view text, const std::vector<Problem>& problems) {
  const std::vector<std::string_view> lines = LinesOf(text);
  const auto place = [](const Problem& problem) { return std::pair(problem.at.line, problem.at.column); };
  for (const Problem& problem : problems) {
    const auto [line, column] = place(problem);
    Require(line >= 1 && static_cast<std::size_t>(line) <= lines.size(),
            "a problem's line is not in the text");
    const std::size_t length = lines[static_cast<std::size_t>(line) - 1].size();
    Require(column >= 1 && static_cast<std::size_t>(column) <= length + 1,
            "a problem's column is not in its line");
    const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
    Require(!problem.message.empty() && std::ranges::all_of(problem.message, printable),
            "a message cannot be shown");
  }
  Require(std::ranges::is_sorted(problems, {}, place), "problems are not in the order of the text");
  Require(problems.size() <= kMaxProblems, "too many problems");
}

void CheckScope(const Scope& scope) {
  Require(!scope.actions.empty(), "a scope has no actions");
  for (const auto* conditions : {&scope.when, &scope.unless}) {
    for (const Condition& condition : *conditions) {
      Require(!condition.values.empty() || !condition.hours.empty() || condition.at_least > 0,
              "a condition says nothing");
    }
  }
}

void CheckDocument(const Document& document) {
  Require(!document.name.empty(), "the policy has no name");
  for (const Rule& rule : document.rules) {
    Require(!rule.id.empty() && !rule.why.empty(), "a rule has no id or no why");
    CheckScope(rule.scope);
  }
  for (const Never& never : document.nevers) {
    Require(!never.id.empty() && !never.why.empty(), "an assertion has no id or no why");
    CheckScope(never.scope);
  }
  const Bundle bundle(document);
  for (std::size_t i = 0; i < kAttributeCount; ++i)
    Require(bundle.domains().size(static_cast<Attribute>(i)) <= kMaxDomain, "a domain is too large");
  Facts facts;
  for (const Action action : AllActions()) {
    facts.action = action;
    Require(!bundle.Decide(facts).rule.empty(), "a decision names no rule");
  }
}

}  // namespace
}  // namespace holdfast::policy

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holdfast::policy;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Parsed parsed = Parse(text);
  CheckProblems(text, parsed.problems);
  if (parsed.problems.empty()) CheckDocument(parsed.document);
  return 0;
}
