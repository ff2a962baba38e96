// Changing the policy: staging a text, and putting a staged one in force. Editing files changes nothing; the
// vault reads none.
//
// A policy takes effect with the command that activates it: that command's event still carries the hash of
// the policy by which it was decided, all later ones, of the same batch too, carry the new one's. If the
// activation is undone, for whatever reason, the old policy never ceased to decide.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/custody/policy_review.h"
#include "vault/custody/request.h"

namespace holdfast::custody {

// How many that were never in force keep their text; of older ones the hash alone stays.
inline constexpr int kKeptStaged = 50;

// "policies/7".
std::string PolicyName(std::int64_t id);
// The row, or NOT_FOUND; `id` as in a name: a number, or "active".
absl::StatusOr<storage::PolicyRow> FindPolicy(Tx& tx, std::string_view id);

// FAILED_PRECONDITION, reason ALREADY_ACTIVE, for the text of the policy in force.
absl::StatusOr<storage::PolicyRow> StagePolicy(WriteTx& tx, const Actor& actor, const Request& request,
                                               const ReviewedPolicy& policy);

// The policy that is to be put in force, for a review of its text. Refuses whom the policy in force refuses,
// and does not ask for approvals. FAILED_PRECONDITION, reason POLICY_DROPPED, when only its hash is left;
// DATA_LOSS, reason POLICY_DAMAGED, when it is not the text that was staged; ABORTED, reason ETAG_MISMATCH,
// when `sha256` (in hexadecimal; may be empty) is not its hash.
absl::StatusOr<storage::PolicyRow> PolicyToActivate(Tx& tx, const Actor& actor, std::string_view id,
                                                    std::string_view sha256);

// `reviewed` must have been made of that text. Errors as above, and FAILED_PRECONDITION, reasons
// ALREADY_ACTIVE and POLICY_SUPERSEDED: each is in force once.
absl::StatusOr<storage::PolicyRow> ActivatePolicy(WriteTx& tx, const Actor& actor, const Request& request,
                                                  std::string_view id, std::string_view sha256,
                                                  const ReviewedPolicy& reviewed);

}  // namespace holdfast::custody
