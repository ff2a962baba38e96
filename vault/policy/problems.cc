#include "vault/policy/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace holdfast::policy {

std::vector<Problem> Problems::Take() {
  std::ranges::stable_sort(found_, {}, [](const Problem& p) { return std::pair(p.at.line, p.at.column); });
  if (found_.size() > kMaxProblems) {
    const std::size_t more = found_.size() - kMaxProblems + 1;
    found_.resize(kMaxProblems);
    found_.back().message = fmt::format("and {} more problems from here on", more);
  }
  return std::exchange(found_, {});
}

}  // namespace holdfast::policy
