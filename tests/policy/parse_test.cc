// Policies as they should be, field by field; and what is said of several faults at once.
#include "vault/policy/parse.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/policy/policy_text.h"
#include "vault/policy/fields.h"
#include "vault/policy/floor.h"

namespace holdfast::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kGood = R"toml(# A policy with everything in it.
format = 1
name = "org-2"
qualifications = ["privacy-training", "press"]

[roles]
watch = ["auditor", "offboarding"]
staff = ["security", "watch", "auditor", "member"]

[tiers.1]
min_owners = 2
max_secret_age = "90d"
review_every = "180d"
max_grant = "30d"
[tiers.3]
review_every = "365d"

[idle]
holder = "90d"
grant = "60d"
unconfirmed = "7d"

[[rule]]
id = "reveal.tier-1"
effect = "permit"
actions = ["secret.reveal", "secret.code"]
when = { tier = [1, "none"], role = ["staff", "member"], key_age = "7d", about_self = false }
unless = { hours = ["22:00-06:00", "12:00-12:30"], owners = [0, 1], platform = ["app store"] }
require = { reason = true, ticket = true, approvals = 2, approvers = ["owner", "security"], valid = "4h", uses = 3, show = "10m" }
why = "Zwei Leute sehen hin"

  [[rule]]
  id = "glass.waits"
  effect = "require"
  actions = ["break-glass.request"]
  require = { wait = "1h" }
  why = "time to object"

[[rule]]
id = "nobody"
effect = "forbid"
actions = ["*"]
when = { qualification = ["press", "privacy-training"], unit = ["news"] }
why = "no"

[[never]]
id = "auditor-reveals"
actions = ["secret.*"]
when = { role = ["auditor"] }
unless = { rotation_age = "1d" }
why = "auditors see no values"
)toml";

Document Good() {
  Parsed parsed = Parse(kGood);
  EXPECT_EQ(Listed(parsed.problems), "");
  return std::move(parsed.document);
}

std::pair<int, int> Place(Position at) { return {at.line, at.column}; }

TEST(Policy, HasANameQualificationsAndLimits) {
  const Document document = Good();
  EXPECT_EQ(document.name, "org-2");
  EXPECT_THAT(document.qualifications, ElementsAre("privacy-training", "press"));
  EXPECT_EQ(document.tiers[0].min_owners, 2);
  EXPECT_EQ(document.tiers[0].max_secret_age, 90 * kDay);
  EXPECT_EQ(document.tiers[0].review_every, 180 * kDay);
  EXPECT_EQ(document.tiers[0].max_grant, 30 * kDay);
  EXPECT_EQ(document.idle.holder, 90 * kDay);
  EXPECT_EQ(document.idle.grant, 60 * kDay);
  EXPECT_EQ(document.idle.unconfirmed, 7 * kDay);
}

TEST(Policy, LimitsNothingThatItDoesNotName) {
  const Document document = Good();
  EXPECT_EQ(document.tiers[1].min_owners, 1);
  EXPECT_EQ(document.tiers[1].review_every, std::nullopt);
  EXPECT_EQ(document.tiers[2].review_every, 365 * kDay);
  EXPECT_EQ(document.tiers[2].max_grant, std::nullopt);
  EXPECT_EQ(Parse(Instead("-", "")).document.idle.holder, std::nullopt);
}

TEST(Policy, KeepsRulesInTheirOrderWithTheirPlaces) {
  const Document document = Good();
  ASSERT_THAT(document.rules, SizeIs(3));
  EXPECT_EQ(document.rules[0].id, "reveal.tier-1");
  EXPECT_EQ(document.rules[0].kind, RuleKind::kPermit);
  EXPECT_EQ(document.rules[0].why, "Zwei Leute sehen hin");
  EXPECT_EQ(Place(document.rules[0].at), std::pair(23, 1));
  EXPECT_EQ(document.rules[1].kind, RuleKind::kRequire);
  EXPECT_EQ(Place(document.rules[1].at), std::pair(32, 3));
  EXPECT_EQ(document.rules[2].kind, RuleKind::kForbid);
  EXPECT_EQ(document.rules[2].require, Obligations());
}

TEST(Policy, NamesActionsByNameByGroupOrAll) {
  const Document document = Good();
  EXPECT_THAT(document.rules[0].scope.actions, ElementsAre(Action::kSecretReveal, Action::kSecretCode));
  EXPECT_THAT(document.rules[2].scope.actions, SizeIs(kActionCount));
  EXPECT_THAT(document.nevers[0].scope.actions,
              ElementsAre(Action::kSecretRead, Action::kSecretPut, Action::kSecretReveal, Action::kSecretCode,
                          Action::kSecretAttest, Action::kSecretDestroy, Action::kSecretRemove));
}

TEST(Policy, WritesConditionsOut) {
  const Scope scope = Good().rules[0].scope;
  ASSERT_THAT(scope.when, SizeIs(4));
  EXPECT_EQ(scope.when[0].attribute, Attribute::kTier);
  EXPECT_THAT(scope.when[0].values, ElementsAre("1", "none"));
  EXPECT_EQ(Place(scope.when[0].at), std::pair(27, 10));
  EXPECT_EQ(scope.when[1].attribute, Attribute::kRole);
  EXPECT_THAT(scope.when[1].values, ElementsAre("security", "auditor", "offboarding", "member"));
  EXPECT_EQ(scope.when[2].attribute, Attribute::kKeyAge);
  EXPECT_EQ(scope.when[2].at_least, 7 * kDay);
  EXPECT_EQ(scope.when[3].attribute, Attribute::kAboutSelf);
  EXPECT_THAT(scope.when[3].values, ElementsAre("false"));
  ASSERT_THAT(scope.unless, SizeIs(3));
  ASSERT_THAT(scope.unless[0].hours, SizeIs(2));
  EXPECT_EQ(scope.unless[0].hours[0].from, 22 * 60);
  EXPECT_EQ(scope.unless[0].hours[0].to, 6 * 60);
  EXPECT_EQ(scope.unless[0].hours[1].to, 12 * 60 + 30);
  EXPECT_THAT(scope.unless[1].values, ElementsAre("0", "1"));
  EXPECT_THAT(scope.unless[2].values, ElementsAre("app store"));
}

TEST(Policy, AsksForObligations) {
  const Document document = Good();
  const Obligations& require = document.rules[0].require;
  EXPECT_TRUE(require.reason);
  EXPECT_TRUE(require.ticket);
  const int who = static_cast<int>(Approver::kOwner) | static_cast<int>(Approver::kSecurity);
  EXPECT_THAT(require.approvals, ElementsAre(ApprovalNeed{2, who}));
  EXPECT_EQ(require.valid, 4 * kHour);
  EXPECT_EQ(require.uses, 3);
  EXPECT_EQ(require.show, 10 * kMinute);
  EXPECT_EQ(require.wait, std::nullopt);
  EXPECT_EQ(document.rules[1].require.wait, kHour);
  EXPECT_FALSE(document.rules[1].require.reason);
}

TEST(Policy, KnowsEveryApproverByName) {
  for (const auto& [name, approver] :
       {std::pair("owner", Approver::kOwner), std::pair("backup", Approver::kBackup),
        std::pair("security", Approver::kSecurity), std::pair("auditor", Approver::kAuditor),
        std::pair("member", Approver::kMember)}) {
    const Parsed parsed =
        Parse(Also(fmt::format("require = {{ approvals = 1, approvers = [\"{}\"] }}", name)));
    ASSERT_EQ(Listed(parsed.problems), "");
    EXPECT_THAT(parsed.document.rules[0].require.approvals,
                ElementsAre(ApprovalNeed{1, static_cast<int>(approver)}));
  }
}

TEST(Policy, HasAssertions) {
  const Document document = Good();
  ASSERT_THAT(document.nevers, SizeIs(1));
  const Never& never = document.nevers[0];
  EXPECT_EQ(never.id, "auditor-reveals");
  EXPECT_EQ(never.why, "auditors see no values");
  EXPECT_EQ(never.scope.unless.at(0).at_least, kDay);
  EXPECT_EQ(Place(never.at), std::pair(46, 1));
}

TEST(Policy, MayHaveLinesThatEndAsWindowsEndsThem) {
  std::string text;
  for (const char c : kGood) text.append(c == '\n' ? "\r\n" : std::string(1, c));
  const Parsed parsed = Parse(text);
  EXPECT_EQ(Listed(parsed.problems), "");
  EXPECT_EQ(Place(parsed.document.nevers.at(0).at), std::pair(46, 1));
}

TEST(Policy, MayCallItsRulesFloorOnlyWhenItIsTheFloor) {
  EXPECT_THAT(Parse(FloorText()).problems, IsEmpty());
  EXPECT_EQ(Floor().name, "floor");
  const Parsed copied = Parse(std::string(FloorText()) + "\n");
  ASSERT_FALSE(copied.problems.empty());
  EXPECT_THAT(Listed(copied.problems), HasSubstr("ids that begin with \"floor.\""));
  EXPECT_THAT(Listed(copied.problems), HasSubstr("the name \"floor\""));
}

TEST(Problems, AreAllListedInTheOrderOfTheText) {
  EXPECT_EQ(Listed(Parse("name = \"P\"\n"
                         "[[rule]]\n"
                         "why = \"\"\n"
                         "actions = [\"secret.revael\", 7]\n"
                         "id = \"floor.x\"\n"
                         "when = { tier = [4], relation = [] }\n"
                         "effect = \"forbid\"\n"
                         "[tiers]\n"
                         "9.min_owners = 2\n")
                       .problems),
            "1:1: a policy has no \"format\": write format = 1\n"
            "1:8: name \"P\" is written \"p\": names are lower case\n"
            "3:7: \"why\" is empty: say it to whoever meets the rule\n"
            "4:12: unknown action \"secret.revael\"; did you mean \"secret.reveal\"?; allowed: secret.read, "
            "secret.put, secret.reveal, secret.code, secret.attest, secret.destroy, secret.remove\n"
            "4:29: each of \"actions\" is a text in quotes, not a whole number\n"
            "5:6: ids that begin with \"floor.\" are those of the rules that no policy can loosen\n"
            "6:18: no tier 4; allowed: none, 1, 2, 3\n"
            "6:33: \"relation\" is an empty array\n"
            "9:1: no tier \"9\": tiers are 1, 2 and 3\n");
}

TEST(Problems, CountColumnsInBytes) {
  const auto problems = Parse(Also("when = { unit = [\"a\", \"\xc3\xa9\"], platform = [7] }")).problems;
  ASSERT_THAT(problems, SizeIs(2));
  EXPECT_EQ(Place(problems[0].at), std::pair(8, 23));
  EXPECT_EQ(Place(problems[1].at), std::pair(8, 42));
}

TEST(Problems, AreAHundredAtMost) {
  std::string lines;
  for (int i = 0; i < 150; ++i) lines += fmt::format("key{} = 1\n", i);
  const auto problems = Parse(Top(lines)).problems;
  ASSERT_THAT(problems, SizeIs(100));
  EXPECT_EQ(Place(problems.back().at), std::pair(102, 1));
  EXPECT_EQ(problems.back().message, "and more problems from here on");
}

TEST(Problems, ShowNoByteThatATerminalObeys) {
  const auto problems = Parse(Also("\"\\u001b[2J\\n\\u202e\" = 1")).problems;
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("\"\\u{1b}[2J\\u{a}\\u{202e}\" has U+202E in it"));
}

std::string Names(std::string_view pattern, std::size_t count) {
  std::string names;
  for (std::size_t i = 0; i < count; ++i)
    names.append(i == 0 ? "" : ", ").append(fmt::format(fmt::runtime(pattern), i, i / 60, i % 60));
  return names;
}

TEST(Limits, BoundTheNamesOfOneAttribute) {
  EXPECT_THAT(Parse(Also(fmt::format("when = {{ unit = [{}] }}", Names("\"u{}\"", kMaxNames)))).problems,
              IsEmpty());
  EXPECT_THAT(
      Listed(Parse(Also(fmt::format("when = {{ unit = [{}] }}", Names("\"u{}\"", kMaxNames + 1)))).problems),
      HasSubstr("more than 100 different values of \"unit\" in one policy"));
  const std::string hours = Names("\"{1:02}:{2:02}-23:59\"", kMaxNames);
  EXPECT_EQ(Listed(Parse(Also(fmt::format("when = {{ hours = [{}] }}", hours))).problems),
            "8:1504: more than 100 different values of \"hours\" in one policy\n");
}

TEST(Limits, BoundTheQualificationsTheGroupsAndTheValuesOfOneArray) {
  EXPECT_THAT(
      Listed(Parse(Top(fmt::format("qualifications = [{}]\n", Names("\"q{}\"", kMaxNames + 1)))).problems),
      HasSubstr("more than 100 qualifications"));
  std::string groups = "[roles]\n";
  for (std::size_t i = 0; i <= kMaxNames; ++i) groups += fmt::format("g{} = [\"member\"]\n", i);
  EXPECT_EQ(Listed(Parse(Top(groups)).problems), "104:1: more than 100 groups of roles\n");
  EXPECT_EQ(
      Listed(Parse(Also(fmt::format("when = {{ unit = [{}] }}", Names("\"u{}\"", kMaxItems + 1)))).problems),
      "8:17: \"unit\" has 201 values, more than 200\n");
}

TEST(Limits, BoundTheRulesAndAssertions) {
  std::string text(kHead);
  for (std::size_t i = 0; i < kMaxRules; ++i)
    text += fmt::format("[[rule]]\nid = \"r{}\"\neffect = \"forbid\"\nactions = [\"*\"]\nwhy = \"b\"\n", i);
  EXPECT_THAT(Parse(text).problems, IsEmpty());
  text += "[[never]]\nid = \"n\"\nactions = [\"*\"]\nwhy = \"b\"\n";
  EXPECT_EQ(Listed(Parse(text).problems), "10003:1: more than 2000 rules and assertions\n");
}

TEST(Limits, AreTestedBeforeTheParserOfTomlSeesTheText) {
  const auto first = [](const std::string& text) { return Parse(text).problems.at(0).message; };
  const std::string many(10'000, '[');
  EXPECT_THAT(first("a = " + many.substr(0, 4000)), HasSubstr("more than 8 deep"));
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "a = [\n{";
  EXPECT_THAT(first(deep), HasSubstr("more than 8 deep"));
  std::string dotted = "a";
  for (int i = 0; i < 2000; ++i) dotted += ".a";
  EXPECT_THAT(first(dotted + " = 1"), HasSubstr("more than 32 dots"));
  EXPECT_THAT(first("a = " + std::string(kMaxPolicyBytes, '[')), HasSubstr("bytes, more than 262144"));
  EXPECT_THAT(first("\"" + std::string(kMaxLineBytes, 'a') + "\" = 1"), HasSubstr("longer than 4096 bytes"));
  EXPECT_THAT(first("a = \"\"\"x\"\"\"\"\", " + many.substr(0, 9)), HasSubstr("more than 8 deep"));
}

TEST(Limits, AreThoseOfTextOutsideOfQuotesAndComments) {
  EXPECT_THAT(Parse(Instead("why", "why = \"[[[[[[[[[[ # \u00e9 ' \" # ]]} \u00e9 \" '")).problems,
              IsEmpty());
  EXPECT_THAT(Parse(Instead("why", "why = '[[[[[[[[[[ \" {{'")).problems, IsEmpty());
  EXPECT_THAT(Parse(Instead("why", "why = \"\"\"[[[[[[[[[[ \\\" \"\" ]\"\"\"\"\"")).problems, IsEmpty());
}

// Letters over which the tables of toml++ 3.3 are undefined.
TEST(Limits, HoldForLettersThatLookAheadsMeet) {
  for (const char* letter : {"\u00d6", "\u0430", "\u1681", "\u3001", "\ufb00"})
    EXPECT_THAT(Parse(Instead("why", fmt::format("why = +\"{}\"", letter))).problems, SizeIs(1)) << letter;
}

TEST(Parse, ReadsTheNumbersOfHandovers) {
  const auto limits = [](const std::string& table) { return Parse("format = 1\nname = \"x\"\n" + table).document.handover; };
  EXPECT_EQ(limits("").freezes_a_day, 5);
  EXPECT_EQ(limits("").tasks_due, 7 * kDay);
  EXPECT_EQ(limits("[handover]\ntasks_due = \"2d\"\n").tasks_due, 2 * kDay);
  EXPECT_EQ(limits("[handover]\nfreezes_a_day = 9\n").freezes_a_day, 9);
}

}  // namespace
}  // namespace holdfast::policy
