// Who takes over, as whoever drives the case says: account by account, and one person for the rest.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/storage/handover_store.h"

namespace holdfast::handover {

inline constexpr std::size_t kMaxSuccessors = 10'000;

// As asked for, by names.
struct AccountSuccessor {
  std::string account;
  std::string successor;
};
struct Wanted {
  std::string to;  // holder id; empty: each account's backup owner, else the custodian
  std::vector<AccountSuccessor> successors;
};

// As rows.
struct Choice {
  std::optional<storage::Holder> named;
  std::map<std::int64_t, storage::Holder> by_account;
};

// INVALID_ARGUMENT naming "to" or the line and its field, as in "successors[2].account": an account that the actor
// may not see or that is none of the leaver's, one that stands there twice, a successor who cannot own accounts or
// is the leaver's person.
absl::StatusOr<Choice> FindChoice(custody::Tx& tx, const custody::Actor& actor, const storage::Holder& leaver,
                                  const Wanted& wanted);
// What the case keeps.
absl::StatusOr<Choice> ChoiceOf(custody::Tx& tx, const storage::Handover& row);
absl::Status KeepChoice(custody::WriteTx& tx, const storage::Handover& row, const Choice& choice);
// The same errors, of people who were chosen before and may have been suspended since.
absl::Status CheckChoice(const storage::Holder& leaver, const Choice& choice);

}  // namespace holdfast::handover
