// What is wrong with a policy that parses: rules that do nothing, rules that say the same or the opposite,
// assertions that are broken. Found by going through the whole decision space, so nothing is missed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "vault/policy/document.h"

namespace holdfast::policy {

struct LintReport {
  std::vector<Problem> problems;  // in the order of the text
  std::uint64_t points = 0;       // of the decision space, all looked at
  std::size_t assertions = 0;     // of the policy and of the program; proved, when there is no problem
};

// REQUIRES: `document` was parsed without problems.
LintReport Lint(const Document& document);

}  // namespace holdfast::policy
