// Each kind of bad policy is refused with its place, before anything is stored.
#include "vault/custody/policy_review.h"

#include <gmock/gmock.h>

#include "tests/custody/policy_office.h"

namespace holdfast::custody {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

struct Refusal {
  std::string field;
  std::string message;
};

Refusal Refused(const std::string& source, const std::vector<std::string>& tests = {}) {
  const auto reviewed = ReviewedPolicy::Of(source, tests);
  EXPECT_EQ(reviewed.status().code(), absl::StatusCode::kInvalidArgument);
  return {FieldOf(reviewed.status()), std::string(MessageOf(reviewed.status()))};
}

constexpr char kPassing[] = R"([[case]]
name = "a stranger sees nothing"
now = "2026-11-22T10:00:00Z"
action = "secret.reveal"
expect = "deny"
)";
constexpr char kFailing[] = R"([[case]]
name = "a stranger sees all"
now = "2026-11-22T10:00:00Z"
action = "secret.reveal"
expect = "allow"
)";

TEST(PolicyReview, TheShippedPolicyPassesAndKeepsItsHash) {
  const std::string source(ShippedPolicy());
  const auto reviewed = ReviewedPolicy::Of(source, {kPassing});
  ASSERT_TRUE(reviewed.ok()) << reviewed.status();
  EXPECT_EQ(reviewed->source(), source);
  EXPECT_EQ(reviewed->sha256(), crypto::Sha256(AsBytes(source)));
}

TEST(PolicyReview, TextThatDoesNotParseIsRefusedWithLineAndColumn) {
  const Refusal refusal = Refused("format = 1\nname = \"x\"\ncolour = \"blue\"\n");
  EXPECT_EQ(refusal.field, "source");
  EXPECT_THAT(refusal.message, StartsWith("source: 3:1: "));
}

TEST(PolicyReview, RulesThatDoNothingAreRefused) {
  const Refusal refusal = Refused(Variant("x") + R"(
[[rule]]
id = "auditor.reveals"
effect = "permit"
actions = ["secret.reveal"]
when = { role = ["auditor"] }
why = "x"
)");
  EXPECT_EQ(refusal.field, "source");
  EXPECT_THAT(refusal.message, HasSubstr("rule auditor.reveals is unreachable"));
}

TEST(PolicyReview, ABrokenAssertionIsRefused) {
  const Refusal refusal = Refused(Variant(
      "x",
      {{R"(when = { tier = [3], relation = ["owner", "backup", "grantee"] })", R"(when = { tier = [3] })"}}));
  EXPECT_EQ(refusal.field, "source");
  EXPECT_THAT(refusal.message, HasSubstr("never.stranger-reveals"));
}

TEST(PolicyReview, APolicyThatCouldNeverBeReplacedIsRefused) {
  const Refusal refusal = Refused("format = 1\nname = \"x\"\n");
  EXPECT_EQ(refusal.field, "source");
  EXPECT_THAT(refusal.message, HasSubstr("1:1: locks everybody out"));
}

TEST(PolicyReview, AFailingTestIsRefusedByItsPlaceInTheFile) {
  const Refusal refusal = Refused(std::string(ShippedPolicy()), {kPassing, kFailing});
  EXPECT_EQ(refusal.field, "tests[1]");
  EXPECT_THAT(refusal.message, HasSubstr("1:1: \"a stranger sees all\": got deny"));
  EXPECT_EQ(Refused(std::string(ShippedPolicy()), {"[[case]]\nnome = \"x\"\n"}).field, "tests[0]");
  EXPECT_EQ(Refused(std::string(ShippedPolicy()), {""}).field, "tests[0]");
}

TEST(PolicyReview, WhatIsWrongFitsIntoAnAnswer) {
  std::string source = "format = 1\nname = \"x\"\n";
  for (int i = 0; i < 90; ++i) source += fmt::format("unknown_{} = \"{}\"\n", i, std::string(100, 'x'));
  const Refusal refusal = Refused(source);
  EXPECT_LT(refusal.message.size(), 1600U);
  EXPECT_THAT(refusal.message, HasSubstr("; and "));
  EXPECT_THAT(refusal.message, HasSubstr(" more"));
}

TEST(PolicyReview, AnEarlierPolicyThatNoLongerPassesIsToldSo) {
  const auto again = ReviewedPolicy::Again("format = 1\nname = \"x\"\n");
  EXPECT_EQ(ReasonOf(again.status()), "POLICY_REFUSED");
}

}  // namespace
}  // namespace holdfast::custody
