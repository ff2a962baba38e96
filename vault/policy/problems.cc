#include "vault/policy/problems.h"

#include <algorithm>
#include <utility>

namespace holdfast::policy {

std::vector<Problem> Problems::Take() {
  std::ranges::stable_sort(found_, {}, [](const Problem& p) { return std::pair(p.at.line, p.at.column); });
  if (found_.size() > kMaxProblems) {
    found_.resize(kMaxProblems);
    found_.back().message = "and more problems from here on";
  }
  return std::exchange(found_, {});
}

}  // namespace holdfast::policy
