// Who takes over what when somebody leaves: pure of effects, read in the transaction that will carry them
// out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/storage/exposure_store.h"
#include "vault/storage/grant_store.h"
#include "vault/storage/handover_store.h"

namespace holdfast::handover {

struct PlannedAccount {
  storage::Account account;
  storage::Grant grant;  // the leaver's
  std::optional<storage::Holder> successor;
  storage::ChosenBy chosen_by = storage::ChosenBy::kNotAnOwner;
};

struct Plan {
  std::vector<PlannedAccount> accounts;
  std::vector<std::int64_t> secrets;  // ids of those to be rotated
  // The named successor would become owner of an account whose backup owner they are not.
  bool successor_unvetted = false;
  // The highest tier of an account whose new owner is not its backup owner, the custodian included; 0: none.
  int unvetted_tier = 0;
  // The leaver is the organisational custodian; the named successor becomes it.
  bool moves_custodian = false;
};

// FAILED_PRECONDITION, reason NO_SUCCESSOR, when an account would be left to nobody; errors about the named
// successor name the field "successor".
absl::StatusOr<Plan> MakePlan(custody::Tx& tx, const storage::Holder& leaver,
                              const std::optional<storage::Holder>& named);

// The named successor, who must be able to own accounts and not be the leaver's person.
absl::StatusOr<std::optional<storage::Holder>> FindSuccessor(custody::Tx& tx, const storage::Holder& leaver,
                                                             std::string_view name);

}  // namespace holdfast::handover
