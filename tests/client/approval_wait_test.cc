#include "client/approval_wait.h"

#include "client/errors.h"
#include "gtest/gtest.h"

namespace holdfast::client {
namespace {

absl::Status Lacking(std::string_view approval) {
  absl::Status status =
      MakeError(absl::StatusCode::kFailedPrecondition, "APPROVAL_REQUIRED", "needs approval");
  if (!approval.empty()) AddDetail(status, "approval", approval);
  AddDetail(status, "needs", "1 of owner, security");
  return status;
}

v1::Approval In(v1::ApprovalState state) {
  v1::Approval approval;
  approval.set_name("approvals/7");
  approval.set_state(state);
  approval.set_closer("holders/ben");
  approval.set_close_reason("not today");
  return approval;
}

TEST(MissingApproval, IsSaidWithWhoCanHelpAndHow) {
  EXPECT_EQ(MissingApproval(Lacking("approvals/7")), "approvals/7");
  EXPECT_EQ(ErrorLine(Lacking("approvals/7")),
            "holdfast: needs approval; they run: holdfast approval approve 7; then repeat exactly this "
            "command, or add "
            "--wait\n");
  EXPECT_EQ(ExitCodeOf(Lacking("approvals/7")), ExitCode::kApproval);
  EXPECT_EQ(MissingApproval(Lacking("")), "");  // a dry run
  EXPECT_EQ(ErrorLine(Lacking("")), "holdfast: needs approval\n");
  EXPECT_EQ(MissingApproval(MakeError(absl::StatusCode::kNotFound, "NOT_FOUND", "no")), "");
}

TEST(IsApproved, TellsWhatWaitsFromWhatWillNeverBe) {
  EXPECT_FALSE(*IsApproved(In(v1::APPROVAL_STATE_PENDING)));
  EXPECT_TRUE(*IsApproved(In(v1::APPROVAL_STATE_APPROVED)));
  const absl::Status rejected = IsApproved(In(v1::APPROVAL_STATE_REJECTED)).status();
  EXPECT_EQ(ErrorLine(rejected), "holdfast: ben rejected approval 7: not today\n");
  EXPECT_EQ(ExitCodeOf(rejected), ExitCode::kDenied);
  for (const auto state : {v1::APPROVAL_STATE_WITHDRAWN, v1::APPROVAL_STATE_USED, v1::APPROVAL_STATE_EXPIRED,
                           v1::APPROVAL_STATE_VOID, v1::APPROVAL_STATE_UNSPECIFIED})
    EXPECT_EQ(ExitCodeOf(IsApproved(In(state)).status()), ExitCode::kApproval) << state;
}

}  // namespace
}  // namespace holdfast::client
