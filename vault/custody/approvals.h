// Four eyes: what the policy allows only with somebody else's yes.
//
// An approval is for one exact operation of one holder: method, all that the call asks for, the secret's
// version, and the policy by which it was asked. Another policy in force voids it; that of a cut (cut_approval.h) is
// asked for anew instead. It counts distinct
// persons, as they are when it is used; never the one who asks, and never somebody who is not active.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/storage/approval_store.h"

namespace holdfast::custody {

inline constexpr Micros kApprovalDecidedWithin = kDay;   // an unanswered request ends then
inline constexpr Micros kApprovalUsableFor = 4 * kHour;  // from the last yes, where no rule says
inline constexpr std::size_t kMaxOpenApprovals = 100;    // of one requester

enum class ApprovalState : int { kPending, kApproved, kRejected, kWithdrawn, kUsed, kExpired, kVoid };

// Follows from the row, the time and the policy in force.
ApprovalState StateOf(const Tx& tx, const storage::Approval& approval);
// "pending", "approved" ...
std::string_view StateName(ApprovalState state);
// "approvals/7".
std::string ApprovalName(std::int64_t id);
// Whose yeses it needs, and in words: "1 of owner, security; 1 of auditor".
std::vector<policy::ApprovalNeed> NeedsOf(const storage::Approval& approval);
std::string EncodeNeeds(const std::vector<policy::ApprovalNeed>& needs);  // as rows keep them
std::string DescribeNeeds(const std::vector<policy::ApprovalNeed>& needs);
// Who said yes, as they are now; not the one it is about (`subject`; may be nullptr).
absl::StatusOr<std::vector<policy::Vote>> CountedVotes(Tx& tx, const storage::Approval& approval,
                                                       const storage::Holder* subject);

// --- For Authorize alone ---

// The approval that this call of `actor` may count on: the one that it names, else its own newest for the
// very same operation that is neither closed, run out nor used up; one that this same request (by id) has
// used counts again. NOT_FOUND or FAILED_PRECONDITION (APPROVAL_MISMATCH, APPROVAL_STATE) for a named one
// that does not fit.
absl::StatusOr<std::optional<storage::Approval>> FindApproval(Tx& tx, const Actor& actor,
                                                              policy::Action action, const Target& target);
// The votes that count for this use: none before the last yes.
absl::StatusOr<std::vector<policy::Vote>> VotesFor(Tx& tx, const storage::Approval& approval,
                                                   const Target& target);
// Counts one use, once a request.
absl::Status UseApproval(Tx& tx, const Actor& actor, storage::Approval approval);
// What Authorize returns for a pending decision: FAILED_PRECONDITION, reason APPROVAL_REQUIRED, with the
// details "approval" (its name), "needs" and "rule". Arranges that a new request for approval, with its
// event, is what stays of this call, unless `existing` waits already or the call is a dry run, which has no
// approval to name. RESOURCE_EXHAUSTED, reason TOO_MANY_APPROVALS.
absl::Status AskForApproval(Tx& tx, const Actor& actor, policy::Action action, const Target& target,
                            const policy::Decision& decision,
                            const std::optional<storage::Approval>& existing);

}  // namespace holdfast::custody
