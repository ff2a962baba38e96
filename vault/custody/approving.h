// Deciding on requests for approval: by those whom the rule names, each person once, and only while the
// request waits. Whoever asked may withdraw.
#pragma once

#include <string_view>

#include "vault/custody/approvals.h"
#include "vault/custody/request.h"

namespace holdfast::custody {

// Errors beside those of Authorize: FAILED_PRECONDITION APPROVAL_STATE naming the state, and ALREADY_VOTED;
// PERMISSION_DENIED NOT_AN_APPROVER, recorded, naming who may; REQUESTER_INACTIVE, while whoever asked is suspended or leaves.
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
// The row; what may not be seen is refused as what is not there, recorded.
absl::StatusOr<storage::Approval> FindReadable(Tx& tx, const Actor& actor, std::string_view name);
// Whether it waits for this very actor.
absl::StatusOr<bool> WaitsFor(Tx& tx, const Actor& actor, const storage::Approval& approval);

}  // namespace holdfast::custody
