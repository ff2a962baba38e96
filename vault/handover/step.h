// What each step of a case asks first: which case, in which state, and who would gain by it.
#pragma once

#include <optional>
#include <string_view>

#include "vault/custody/request.h"
#include "vault/handover/plan.h"
#include "vault/handover/view.h"

namespace holdfast::handover {

// FAILED_PRECONDITION, reason HANDOVER_STATE: "handover 7 <why>".
absl::Status WrongState(const storage::Handover& row, std::string_view why);
// OK while the case is frozen; else WrongState, beginning with `what`: "does not wait for approval".
absl::Status CheckFrozen(const storage::Handover& row, std::string_view what);
// OK between cut and close; else WrongState.
absl::Status CheckCut(const storage::Handover& row);

// Whoever sees the case is told that it is frozen no more before whether they may: a second decision, by
// whomever, is no attempt at anything.
absl::Status TellState(custody::WriteTx& tx, const custody::Actor& actor, const custody::Request& request,
                       const storage::Handover& row, std::string_view what);

// DATA_LOSS when there is none.
absl::StatusOr<storage::Holder> HolderById(custody::Tx& tx, std::int64_t id);

// Whether the actor's person would own what they are no backup owner of, or become the custodian.
bool Gains(const custody::Actor& actor, const Choice& choice, const Plan& plan);
// What the policy is to know of who would take over, as seen by `actor`: nobody's say-so, but the plan's.
policy::Context SuccessorFacts(const custody::Actor& actor, const Choice& choice, const Plan& plan);

}  // namespace holdfast::handover
