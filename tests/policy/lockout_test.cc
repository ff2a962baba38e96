// A policy that could never be replaced is told from one that is merely strict.
#include "vault/policy/lockout.h"

#include <gmock/gmock.h>

#include "tests/policy/documents.h"

namespace holdfast::policy {
namespace {

using ::testing::HasSubstr;

std::string RuleText(const std::string& id, const std::string& effect, const std::string& actions,
                     const std::string& more) {
  return "[[rule]]\nid = \"" + id + "\"\neffect = \"" + effect + "\"\nactions = [" + actions + "]\n" + more +
         "\nwhy = \"x\"\n";
}

constexpr char kAll[] = R"("policy.stage", "policy.activate", "approval.approve", "vault.confirm-restore")";
constexpr char kBySecurity[] = R"(when = { role = ["security"] })";

std::string LockOutOf(const std::string& rules) { return LockOut(Bundle(DocumentOf(rules))); }

TEST(LockOut, TheShippedPolicyCanBeReplaced) { EXPECT_EQ(LockOut(Bundle(ShippedPolicy())), ""); }

TEST(LockOut, NothingButTheFourActionsIsNeeded) {
  EXPECT_EQ(LockOutOf(RuleText("a", "permit", kAll, kBySecurity)), "");
}

TEST(LockOut, EachOfTheFourActionsIsNeeded) {
  EXPECT_THAT(LockOutOf(RuleText("a", "permit", R"("policy.activate", "approval.approve")", kBySecurity)),
              HasSubstr("stage another policy"));
  EXPECT_THAT(LockOutOf(RuleText("a", "permit", R"("policy.stage", "policy.activate")", kBySecurity)),
              HasSubstr("approve another policy"));
  EXPECT_THAT(LockOutOf(RuleText("a", "permit", R"("policy.stage", "approval.approve")", kBySecurity)),
              HasSubstr("activate another policy"));
  EXPECT_THAT(
      LockOutOf(RuleText("a", "permit", R"("policy.stage", "policy.activate", "approval.approve")", kBySecurity)),
      HasSubstr("confirm a restore"));
}

TEST(LockOut, ARestoreThatNobodyMayConfirmWithoutAnImpossibleYesLocksOut) {
  EXPECT_THAT(LockOutOf(RuleText("a", "permit", kAll, kBySecurity) +
                        RuleText("b", "require", R"("vault.confirm-restore")",
                                 R"(require = { approvals = 1, approvers = ["owner"] })")),
              HasSubstr("confirm a restore"));
}

TEST(LockOut, AnHourOfTheWeekIsEnough) {
  const std::string all = RuleText("a", "permit", kAll, kBySecurity);
  EXPECT_EQ(LockOutOf(all + RuleText("b", "forbid", R"("policy.activate")",
                                     R"(unless = { weekday = ["sun"], hours = ["03:00-03:01"] })")),
            "");
}

TEST(LockOut, QualificationsAndAnOldKeyCanBeHad) {
  EXPECT_EQ(
      LockOut(Bundle(DocumentOf(
          "qualifications = [\"policy-training\"]\n" +
          RuleText(
              "a", "permit", kAll,
              R"(when = { role = ["security"], qualification = ["policy-training"], key_age = "90d" })")))),
      "");
}

TEST(LockOut, AMemberOrAnUnconfirmedKeyIsNotEnough) {
  EXPECT_THAT(LockOutOf(RuleText("a", "permit", kAll, R"(when = { role = ["member"] }
unless = { role = ["security"] })")),
              HasSubstr("stage another policy"));
  EXPECT_THAT(
      LockOutOf(RuleText("a", "permit", kAll, R"(when = { role = ["security"], key = ["unconfirmed"] })")),
      HasSubstr("stage another policy"));
}

TEST(LockOut, ApproversWhoCannotExistForAPolicyLockOut) {
  const std::string all = RuleText("a", "permit", kAll, kBySecurity);
  // A policy is no account: it has no owners.
  EXPECT_THAT(LockOutOf(all + RuleText("b", "require", R"("policy.activate")",
                                       R"(require = { approvals = 1, approvers = ["owner"] })")),
              HasSubstr("activate another policy, whoever approves it"));
  // Auditors exist, but may not approve.
  EXPECT_THAT(LockOutOf(all + RuleText("b", "require", R"("policy.activate")",
                                       R"(require = { approvals = 1, approvers = ["auditor"] })")),
              HasSubstr("activate another policy, whoever approves it"));
  EXPECT_EQ(LockOutOf(all +
                      RuleText("b", "require", R"("policy.activate")",
                               R"(require = { approvals = 2, approvers = ["auditor", "security"] })") +
                      RuleText("c", "permit", R"("approval.approve")", R"(when = { role = ["auditor"] })")),
            "");
}

}  // namespace
}  // namespace holdfast::policy
