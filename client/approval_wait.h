// What a command does about approvals: names one to use, and waits for one that it needs.
#pragma once

#include <optional>
#include <string>

#include "holdfast/v1/approval_service.pb.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"

namespace holdfast::client {

// The metadata key by which a call names the approval that it means to use.
inline constexpr char kApprovalMetadata[] = "holdfast-approval";

struct ApprovalUse {
  std::string name;            // "approvals/7"; may be empty
  std::optional<Micros> wait;  // at most; not at all when not set
  bool quiet = false;
};

// Of this process; set once, before the first call.
void SetApprovalUse(ApprovalUse use);
const ApprovalUse& CurrentApprovalUse();

// The name of the approval that a call lacks; "" when that is not why it failed.
std::string MissingApproval(const absl::Status& failed);
// What to run next, for people: "ask 1 of owner, security to run: ...".
std::string ApprovalAdvice(const std::string& approval, const std::string& needs);
// True once it is approved, false while it waits; else why it never will be: PERMISSION_DENIED, reason
// APPROVAL_REJECTED, or FAILED_PRECONDITION, reason APPROVAL_REQUIRED.
absl::StatusOr<bool> IsApproved(const v1::Approval& approval);

}  // namespace holdfast::client
