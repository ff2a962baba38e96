// Why the policy in force would say what it says to somebody's call, from the facts as they are now.
#pragma once

#include <string>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/policy/explain.h"

namespace holdfast::custody {

struct Question {
  std::string holder;  // who would call
  policy::Action action{};
  std::string account;  // may be empty, as all that follow
  std::string secret;   // of the account
  std::int64_t version = 0;
  std::string subject;  // the holder that it would be about
};

struct Answer {
  policy::Explanation explanation;       // points into the policy of the transaction
  std::vector<std::string> assumptions;  // for people
};

// Refuses, with the event that records it, whoever may not ask about that holder, or not see that account or
// secret.
absl::StatusOr<Answer> ExplainDecision(Tx& tx, const Actor& asker, const Question& question);

}  // namespace holdfast::custody
