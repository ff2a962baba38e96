#include "vault/policy/document.h"

#include <fmt/format.h>

namespace holdfast::policy {

std::string Listed(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems)
    text += fmt::format("{}:{}: {}\n", problem.at.line, problem.at.column, problem.message);
  return text;
}

}  // namespace holdfast::policy
