// What a decision costs, to be held against what the operation it is part of costs.
#pragma once

#include <cstddef>

namespace holdfast::bench {

struct DecisionCost {
  std::size_t rules = 0;  // the floor's included
  std::size_t asked = 0;  // of them, those for the action
  double nanos = 0;       // one decision on a reveal, facts bound and obligations checked
};

DecisionCost ShippedPolicyCost();
// The shipped policy and as many more rules, all on reveals, as make 1,000 of the policy's own.
DecisionCost ThousandRulesCost();

}  // namespace holdfast::bench
