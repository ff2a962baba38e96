// Tests of policies: what they may say, and what is said of those that fail.
#include "vault/policy/fixture.h"

#include "gmock/gmock.h"
#include "tests/policy/documents.h"

namespace holdfast::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kFull[] = R"toml([[case]]
name = "everything said"
now = "2026-11-22T10:00:00Z"
action = "secret.reveal"
expect = "pending"
rule = "reveal.tier-1"
missing = ["reason", "ticket"]
[case.subject]
role = ["security", "member"]
holder = "workflow"
status = "leaving"
key = "unconfirmed"
additional_key = true
key_age = "7d"
relation = "grantee"
qualification = ["privacy-training"]
person = "p-1"
[case.resource]
tier = 2
platform = "mastodon"
unit = "press office"
secret_kind = "totp"
account = "archived"
version = "retired"
owners = 3
rotation_age = "90d"
[case.context]
reason = false
ticket = true
in_handover = true
about_self = true
about_officer = true
requested_by_self = true
sole_officer = true
successor_unvetted = true
successor_is_self = true
votes = [{ person = "p-2", role = ["auditor"], holder = "person", status = "suspended", relation = "owner" }]
)toml";

TEST(PolicyTests, EveryFactCanBeSaid) {
  const Fixture fixture = ParseFixture(kFull);
  ASSERT_EQ(Listed(fixture.problems), "");
  ASSERT_EQ(fixture.cases.size(), 1U);
  const Case& each = fixture.cases[0];
  const auto& [subject, action, resource, context] = each.facts();
  EXPECT_EQ(action, Action::kSecretReveal);
  EXPECT_EQ(subject.roles, 1 | 8);
  EXPECT_EQ(subject.kind, HolderKind::kWorkflow);
  EXPECT_EQ(subject.status, HolderStatus::kLeaving);
  EXPECT_EQ(subject.key, KeyState::kUnconfirmed);
  EXPECT_TRUE(subject.key_is_additional);
  EXPECT_EQ(subject.key_age, 7 * kDay);
  EXPECT_EQ(subject.relation, Relation::kGrantee);
  EXPECT_THAT(subject.qualifications, ElementsAre("privacy-training"));
  EXPECT_EQ(resource.tier, 2);
  EXPECT_EQ(resource.platform, "mastodon");
  EXPECT_EQ(resource.unit, "press office");
  EXPECT_EQ(resource.secret_kind, "totp");
  EXPECT_EQ(resource.account, AccountState::kArchived);
  EXPECT_EQ(resource.version, VersionState::kRetired);
  EXPECT_EQ(resource.owners, 3);
  EXPECT_EQ(resource.rotation_age, 90 * kDay);
  EXPECT_EQ(FormatTime(context.now), "2026-11-22T10:00:00.000000Z");
  EXPECT_EQ(context.person, "p-1");
  EXPECT_FALSE(context.has_reason);
  EXPECT_TRUE(context.has_ticket && context.in_handover && context.about_self && context.about_officer);
  EXPECT_TRUE(context.requested_by_self && context.sole_officer);
  EXPECT_TRUE(context.successor_unvetted && context.successor_is_self);
  ASSERT_EQ(context.votes.size(), 1U);
  EXPECT_EQ(context.votes[0].person, "p-2");
  EXPECT_EQ(context.votes[0].roles, 2);
  EXPECT_EQ(context.votes[0].status, HolderStatus::kSuspended);
  EXPECT_EQ(context.votes[0].relation, Relation::kOwner);
  EXPECT_EQ(each.expect, Effect::kPending);
  EXPECT_EQ(each.rule, "reveal.tier-1");
  EXPECT_THAT(*each.missing, ElementsAre("reason", "ticket"));
  EXPECT_EQ(each.at.line, 1);
}

TEST(PolicyTests, WhatIsNotSaidIsAnActiveMemberWithAConfirmedKey) {
  const Fixture fixture = ParseFixture(
      "[[case]]\nname = \"x\"\nnow = \"2026-11-22T10:00:00Z\"\naction = \"vault.read\"\nexpect = \"allow\"\n"
      "resource = { tier = 3, secret_kind = \"note\" }");
  ASSERT_EQ(Listed(fixture.problems), "");
  const auto& [subject, action, resource, context] = fixture.cases.at(0).facts();
  EXPECT_EQ(subject.roles, static_cast<std::int64_t>(Role::kMember));
  EXPECT_EQ(subject.status, HolderStatus::kActive);
  EXPECT_EQ(subject.key, KeyState::kConfirmed);
  EXPECT_FALSE(subject.relation.has_value());
  EXPECT_EQ(resource.account, AccountState::kActive);
  EXPECT_EQ(resource.version, VersionState::kCurrent);
  EXPECT_THAT(context.votes, IsEmpty());
}

struct Bad {
  std::string from;  // in a good case, replaced by
  std::string to;
  std::string problem;
};

TEST(PolicyTests, EachMistakeIsNamedWithItsPlace) {
  const std::string good =
      "[[case]]\nname = \"x\"\nnow = \"2026-11-22T10:00:00Z\"\naction = \"vault.read\"\nexpect = \"allow\"\n"
      "subject = { role = [\"member\"], status = \"active\" }\nresource = { tier = 1 }\ncontext = { reason = "
      "true }\n";
  const Bad bads[] = {
      {"name = \"x\"", "nam = \"x\"", "2:1: "},
      {"name = \"x\"", "name = \"\"", "2:8: \"name\" has 1 to 200 bytes"},
      {"2026-11-22T10:00:00Z", "yesterday", "3:7: \"now\" is a time as in \"2026-11-22T10:00:00Z\""},
      {"now = \"2026-11-22T10:00:00Z\"", "now = 2026-11-22", "3:7: \"now\" is a text in quotes"},
      {"vault.read", "vault.raed", "4:10: "},
      {"expect = \"allow\"", "expect = \"yes\"", "5:10: "},
      {"expect = \"allow\"", "", "1:1: a case has no \"expect\": \"allow\", \"pending\" or \"deny\""},
      {"expect = \"allow\"", "expect = \"allow\"\nmissing = [\"reason\"]",
       "6:1: \"missing\" stands with expect = \"pending\" only"},
      {"role = [\"member\"]", "roles = [\"member\"]", "6:13: "},
      {"role = [\"member\"]", "role = [\"Member\"]", "6:21: "},
      {"role = [\"member\"]", "role = [\"auditor\", \"member\"]", "6:20: an auditor has no other role"},
      {"role = [\"member\"]", "role = \"member\"", "6:20: "},
      {"status = \"active\"", "status = [\"active\"]", "6:41: "},
      {"status = \"active\"", "relation = \"friend\"", "6:43: "},
      {"status = \"active\"", "key_age = 7", "6:42: "},
      {"tier = 1", "tier = 4", "7:21: \"tier\" is 1 to 3, not 4"},
      {"tier = 1", "secret_kind = \"totp\"",
       "1:1: a case with a relation, a secret or an account needs the account's tier"},
      {"tier = 1", "tier = 1, secret_kind = \"cookie\"", "7:38: "},
      {"reason = true", "reason = \"because\"", "8:22: \"reason\" is true or false, not a text in quotes"},
      {"reason = true", "votes = [{ role = [\"member\"] }]", "8:22: a vote has no \"person\""},
      {"reason = true", "votes = [1]", "8:22: each of \"votes\" is a table"},
      {"[[case]]", "[case]", "\"case\" stands in two brackets: [[case]]"},
      {"[[case]]", "[[cases]]", "1:1: a file of tests has no \"case\""},
  };
  for (const Bad& bad : bads) {
    std::string text = good;
    ASSERT_NE(text.find(bad.from), text.npos) << bad.from;
    text.replace(text.find(bad.from), bad.from.size(), bad.to);
    EXPECT_THAT(Listed(ParseFixture(text).problems), HasSubstr(bad.problem)) << text;
  }
  EXPECT_EQ(Listed(ParseFixture(good).problems), "");
}

TEST(PolicyTests, TwoOfOneNameAreRefused) {
  const std::string one =
      "[[case]]\nname = \"x\"\nnow = \"2026-11-22T10:00:00Z\"\naction = \"vault.read\"\nexpect = \"allow\"\n";
  EXPECT_EQ(Listed(ParseFixture(one + one).problems), "6:1: another case is named \"x\" too\n");
}

TEST(PolicyTests, AFileWithoutCasesPassesNothing) {
  EXPECT_EQ(ParseFixture("").problems.size(), 1U);
  EXPECT_EQ(ParseFixture("# nothing\n").problems.size(), 1U);
}

TEST(PolicyTests, FailuresSayWhatCameInstead) {
  const Bundle bundle(
      DocumentOf("[[rule]]\nid = \"r\"\neffect = \"permit\"\nactions = [\"secret.put\"]\nrequire = { reason "
                 "= true }\nwhy = \"x\"\n"));
  const auto fault = [&](const std::string& expectation) {
    const Fixture fixture = ParseFixture(
        "[[case]]\nname = \"x\"\nnow = \"2026-11-22T10:00:00Z\"\naction = \"secret.put\"\n" + expectation);
    EXPECT_EQ(Listed(fixture.problems), "");
    return RunFixture(bundle, fixture.cases).at(0).fault;
  };
  EXPECT_EQ(fault("expect = \"pending\"\nrule = \"r\"\nmissing = [\"reason\"]"), "");
  EXPECT_EQ(fault("expect = \"pending\""), "");
  EXPECT_EQ(fault("expect = \"allow\""), "got pending by r: lacks reason; wanted allow");
  EXPECT_EQ(fault("expect = \"pending\"\nrule = \"s\""),
            "got pending by r: lacks reason; wanted pending by s");
  EXPECT_EQ(fault("expect = \"pending\"\nmissing = [\"ticket\"]"),
            "got pending by r: lacks reason; wanted pending, lacking ticket");
  EXPECT_EQ(fault("expect = \"allow\"\ncontext = { reason = true }"), "");
  EXPECT_EQ(fault("expect = \"allow\"\nsubject = { status = \"left\" }"),
            "got deny by floor.inactive: the holder is suspended, leaving or gone; wanted allow");
}

TEST(PolicyTests, OfTheShippedPolicyPass) {
  const Bundle bundle(ShippedPolicy());
  const Fixture fixture = ParseFixture(SourceFile("policies/tests/org.toml"));
  ASSERT_EQ(Listed(fixture.problems), "");
  EXPECT_GE(fixture.cases.size(), 40U);
  for (const Outcome& outcome : RunFixture(bundle, fixture.cases))
    EXPECT_EQ(outcome.fault, "") << outcome.of->at.line << ": " << outcome.of->name;
}

}  // namespace
}  // namespace holdfast::policy
