// Rules in words, for people.
#pragma once

#include <string>
#include <vector>

#include "vault/policy/bundle.h"

namespace holdfast::policy {

// "a, b or c".
std::string Either(const std::vector<std::string>& names);
// "reason, approval by 1 of owner, security, valid 4h, 1 use, shown 10m"; empty when there are none.
std::string InWords(const Obligations& obligations);
// "deny", "allow", "allow with reason, shown 10m".
std::string InWords(const Verdict& verdict);
// "relation owner, backup or grantee", "key_age of at least 7d", "hours 08:00-18:00", "not about_self".
std::string InWords(const Condition& condition);
// "permit".
std::string InWords(RuleKind kind);
// "default.deny" where no rule decided.
std::string RuleName(const Verdict& verdict);

}  // namespace holdfast::policy
