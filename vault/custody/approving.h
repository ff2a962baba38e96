// Deciding on requests for approval: by those whom the rule names, each person once, and only while the
// request waits. Whoever asked may withdraw.
#pragma once

#include <string_view>

#include "vault/custody/approvals.h"
#include "vault/custody/request.h"

namespace holdfast::custody {

// Errors beside those of FindSeen and Authorize: FAILED_PRECONDITION APPROVAL_STATE naming the state, and ALREADY_VOTED;
// PERMISSION_DENIED NOT_AN_APPROVER, recorded, naming who may; FAILED_PRECONDITION
// REQUESTER_INACTIVE, while whoever asked is suspended or leaves.
absl::StatusOr<storage::Approval> Approve(WriteTx& tx, const Actor& actor, const Request& request,
                                          std::string_view name);
// One no closes it. Needs a reason.
absl::StatusOr<storage::Approval> Reject(WriteTx& tx, const Actor& actor, const Request& request,
                                         std::string_view name);
// While it waits or can still be used.
absl::StatusOr<storage::Approval> Withdraw(WriteTx& tx, const Actor& actor, const Request& request,
                                           std::string_view name);

// Withdraws all that `holder` has open, on somebody's behalf: whoever goes leaves no requests behind.
absl::Status WithdrawAll(WriteTx& tx, const Actor& actor, const storage::Holder& holder,
                         const storage::Handover& handover);

// Whether the actor may see it: by the policy, or as one of those who are asked. Records nothing.
absl::StatusOr<bool> MayRead(Tx& tx, const Actor& actor, const storage::Approval& approval);
// The row, if the actor may see it, or asked for it and does more than read it; else as NotThere() of sight.h.
absl::StatusOr<storage::Approval> FindSeen(Tx& tx, const Actor& actor, policy::Action action, std::string_view name);
// The persons who can give the yeses that it still waits for, as `reader` may be told: by name, else by role. "" when it waits no
// more.
absl::StatusOr<std::string> ApproversOf(Tx& tx, const Actor& reader, const storage::Approval& approval);
// Whether it waits for this very actor.
absl::StatusOr<bool> WaitsFor(Tx& tx, const Actor& actor, const storage::Approval& approval);

}  // namespace holdfast::custody
