// Who takes over what when somebody leaves: pure of effects, read in the transaction that will carry them
// out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/handover/successors.h"
#include "vault/storage/grant_store.h"
#include "vault/storage/handover_store.h"

namespace holdfast::handover {

struct PlannedAccount {
  storage::Account account;
  storage::Grant grant;                     // the strongest that the person has, under whichever name
  std::vector<storage::Grant> more_grants;  // those under other names
  std::optional<storage::Holder> successor;
  storage::ChosenBy chosen_by = storage::ChosenBy::kNotAnOwner;
  bool vetted = false;  // the successor is its backup owner already
};

struct Plan {
  std::vector<PlannedAccount> accounts;
  std::vector<std::int64_t> secrets;  // ids of those to be rotated
  // Somebody who was chosen would become owner of an account whose backup owner they are not.
  bool successor_unvetted = false;
  // The highest tier of an account whose new owner is not its backup owner, the custodian included; 0: none.
  int unvetted_tier = 0;
  // The leaver, under some name, is the organisational custodian; the named successor becomes it.
  bool moves_custodian = false;
};

// A rehearsal tells no equality of values: it could be repeated with one guess after another.
storage::KnowledgeStore KnowledgeOf(custody::Tx& tx);

// The identities of the leaver's person, the leaver included. Workflows that the person answers for are none:
// see WorkflowsOf.
absl::StatusOr<std::vector<storage::Holder>> IdentitiesOf(custody::Tx& tx, std::string_view person);
// The workflows that the person answers for and that have not left.
absl::StatusOr<std::vector<storage::Holder>> WorkflowsOf(custody::Tx& tx, std::string_view person);

// FAILED_PRECONDITION, reason NO_SUCCESSOR, when an account would be left to nobody; SUCCESSOR_INACTIVE when somebody
// who was chosen can own nothing any more.
absl::StatusOr<Plan> MakePlan(custody::Tx& tx, const storage::Holder& leaver, const Choice& choice);

}  // namespace holdfast::handover
