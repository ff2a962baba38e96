// The approval of a handover's cut: the case itself asks for it, with the person and the roles of whoever said last who
// takes over, as they were then. It waits for as long as the case does, whatever becomes of that person.
#pragma once

#include <set>
#include <string>

#include "vault/custody/authorize.h"
#include "vault/storage/approval_store.h"
#include "vault/storage/handover_store.h"

namespace holdfast::custody {

// Persons who would own what they are no backup owner of, or become the custodian, by the plan that was asked for.
absl::StatusOr<std::set<std::string>> GainersOf(Tx& tx, std::int64_t handover_id);

// Who asks, as an actor: active, with the person and roles of that time.
absl::StatusOr<Actor> AskerOf(Tx& tx, const storage::Handover& row);

// As far as it is open: neither decided against, nor used, nor replaced by another.
absl::StatusOr<std::optional<storage::Approval>> OpenCutApproval(Tx& tx, std::int64_t handover_id);

struct CutAsked {
  const storage::Handover& row;
  const storage::Holder& leaver;
  const policy::Decision& decision;
  Bytes plan_hash;
  std::string details;
};
// Leaves the request, recorded, in the place of an open one. FAILED_PRECONDITION, reason NO_APPROVER, naming what is
// missing, when nobody is there who could say yes.
absl::StatusOr<storage::Approval> AskForCut(WriteTx& tx, const Actor& actor, const CutAsked& asked);

// Closes the open one, if there is one: the case is over, or asks for something else.
absl::Status CloseCutApproval(WriteTx& tx, const Actor& actor, std::int64_t handover_id, std::string_view why);

// "omar or alice", who could say yes now; for a row of a cut.
absl::StatusOr<std::string> NameCutApprovers(Tx& tx, const storage::Handover& row,
                                             const storage::Approval& approval);

}  // namespace holdfast::custody
