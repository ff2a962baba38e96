// The cut by other people's yes: the plan that they are shown, and its way from there.
#pragma once

#include <string>

#include "vault/custody/cut_approval.h"
#include "vault/handover/plan.h"

namespace holdfast::handover {

// Asks for the cut as planned, in the place of what was asked before. NO_APPROVER when nobody could say yes.
absl::StatusOr<storage::Approval> Ask(custody::WriteTx& tx, const custody::Actor& actor,
                                      const storage::Handover& row, const storage::Holder& leaver, const Plan& plan,
                                      const policy::Decision& decision);

// Whether the plan as it is now is within the one that was asked for: it gives nobody more.
absl::StatusOr<bool> IsWithinAsked(custody::Tx& tx, const storage::Handover& row, const Plan& plan);

// Right after a yes, which repeats the plan's hash, in hexadecimal, as it was shown. The last one carries the cut out.
// A cut that cannot be done keeps the yes: what blocks it, in words; else "". When the plan gives more than was asked
// for, or the policy has changed: FAILED_PRECONDITION, reason PLAN_CHANGED, and the new plan is asked for instead.
absl::StatusOr<std::string> AfterYes(custody::WriteTx& tx, const custody::Actor& actor,
                                     const storage::Approval& approval, std::string_view plan_hash);

// The cut, where enough people said yes, or the policy asks for none. FAILED_PRECONDITION, reason CUT_WAITS, with the
// approval that it waits for; what blocks the plan.
absl::Status CarryOut(custody::WriteTx& tx, const custody::Actor& actor, storage::Handover& row,
                      const storage::Holder& leaver);

}  // namespace holdfast::handover
