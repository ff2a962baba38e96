#include "client/approval_wait.h"

#include <utility>

#include "client/errors.h"
#include "client/options.h"
#include "fmt/format.h"

namespace holdfast::client {
namespace {

ApprovalUse& Use() {
  static ApprovalUse use;
  return use;
}

absl::Status AskAgain(const v1::Approval& approval, std::string_view state) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "APPROVAL_REQUIRED",
      fmt::format("approval {} {}; repeat the command to ask for another", LastId(approval.name()), state));
}

}  // namespace

void SetApprovalUse(ApprovalUse use) { Use() = std::move(use); }

const ApprovalUse& CurrentApprovalUse() { return Use(); }

std::string MissingApproval(const absl::Status& failed) {
  if (ReasonOf(failed) != "APPROVAL_REQUIRED") return "";
  const auto details = DetailsOf(failed);
  const auto named = details.find("approval");
  return named == details.end() ? "" : named->second;
}

std::string ApprovalAdvice(const std::string& approval, const std::string& needs) {
  return fmt::format("ask {} to run: holdfast approval approve {}", needs, LastId(approval));
}

absl::StatusOr<bool> IsApproved(const v1::Approval& approval) {
  switch (approval.state()) {
    case v1::APPROVAL_STATE_PENDING:
      return false;
    case v1::APPROVAL_STATE_APPROVED:
      return true;
    case v1::APPROVAL_STATE_REJECTED:
      return MakeError(absl::StatusCode::kPermissionDenied, "APPROVAL_REJECTED",
                       fmt::format("{} rejected approval {}: {}", LastId(approval.closer()),
                                   LastId(approval.name()), approval.close_reason()));
    case v1::APPROVAL_STATE_WITHDRAWN:
      return AskAgain(approval, "was withdrawn");
    case v1::APPROVAL_STATE_USED:
      return AskAgain(approval, "was used up elsewhere");
    case v1::APPROVAL_STATE_EXPIRED:
      return AskAgain(approval, "has expired");
    case v1::APPROVAL_STATE_VOID:
      return AskAgain(approval, "is void, as the policy has changed");
    default:
      return AskAgain(approval, "is in a state that this client does not know");
  }
}

}  // namespace holdfast::client
