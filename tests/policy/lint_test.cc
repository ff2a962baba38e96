// Each way in which a policy that parses can be wrong, with its place and its words.
#include "vault/policy/lint.h"

#include <chrono>

#include "tests/policy/documents.h"

namespace holdfast::policy {
namespace {

// Lines 4 to 9.
std::string RuleText(const std::string& id, const std::string& effect, const std::string& actions,
                     const std::string& more) {
  return "\n[[rule]]\nid = \"" + id + "\"\neffect = \"" + effect + "\"\nactions = [" + actions + "]\n" +
         more + "\nwhy = \"x\"\n";
}

std::string ProblemsOf(const std::string& rules) { return Listed(Lint(DocumentOf(rules)).problems); }

std::string SecondIn(const std::string& text) { return text.substr(text.find('\n') + 1); }

TEST(Lint, TheShippedPolicyIsClean) {
  const LintReport report = Lint(ShippedPolicy());
  EXPECT_EQ(Listed(report.problems), "");
  EXPECT_GE(report.assertions, 7U);
  EXPECT_GT(report.points, 1000U);
}

TEST(Lint, APermitThatTheFloorForbidsIsUnreachable) {
  EXPECT_EQ(ProblemsOf(RuleText("a", "permit", R"("secret.reveal")", R"(when = { role = ["auditor"] })")),
            "4:1: rule a is unreachable: wherever it matches, a rule forbids (as "
            "floor.auditor-touches-no-value does)\n");
}

TEST(Lint, APermitThatSeveralForbidsCoverIsUnreachable) {
  const std::string problems =
      ProblemsOf(RuleText("a", "permit", R"("account.read")", R"(when = { tier = [1, 2] })") +
                 RuleText("b", "forbid", R"("account.read")", R"(when = { tier = [1] })") +
                 RuleText("c", "forbid", R"("account.read")", R"(unless = { tier = ["none", 1, 3] })"));
  EXPECT_TRUE(problems.starts_with("4:1: rule a is unreachable: wherever it matches, a rule forbids (as "))
      << problems;
  EXPECT_EQ(SecondIn(problems), "");
}

TEST(Lint, APermitThatIsForbiddenInPartIsReachable) {
  EXPECT_EQ(ProblemsOf(RuleText("a", "permit", R"("account.read")", R"(when = { tier = [1, 2] })") +
                       RuleText("b", "forbid", R"("account.read")", R"(when = { tier = [1] })")),
            "");
}

TEST(Lint, ARequirementOfWhatNothingPermitsIsUnreachable) {
  EXPECT_EQ(
      ProblemsOf(RuleText("a", "require", R"("account.archive")",
                          "when = { tier = [1] }\nrequire = { reason = true }") +
                 RuleText("b", "permit", R"("account.archive")", "when = { tier = [2] }")),
      "4:1: rule a is unreachable: wherever it matches, a rule forbids (as floor.inactive does) or "
      "none permits\n");
}

TEST(Lint, ARuleThatNoFactsMeetNeverMatches) {
  EXPECT_EQ(ProblemsOf(RuleText("a", "permit", R"("account.read")",
                                R"(when = { relation = ["owner"], tier = ["none"] })")),
            "4:1: rule a can never match: no facts meet all its conditions\n");
}

TEST(Lint, ARuleSaidTwiceIsFoundInWhateverOrderItIsWritten) {
  EXPECT_EQ(ProblemsOf(RuleText("a", "permit", R"("account.read", "grant.read")",
                                R"(when = { tier = [1, 2], relation = ["owner"] })") +
                       RuleText("b", "permit", R"("grant.read", "account.read")",
                                R"(when = { relation = ["owner"], tier = [2, 1] })")),
            "11:1: rule b says the same as rule a in line 4\n");
}

TEST(Lint, ARuleThatAsksForMoreInTheSameScopeIsNoRepetition) {
  EXPECT_EQ(ProblemsOf(RuleText("a", "permit", R"("account.update")", "when = { tier = [1] }") +
                       RuleText("b", "permit", R"("account.update")",
                                "when = { tier = [1] }\nrequire = { reason = true }")),
            "");
}

TEST(Lint, RulesThatSayTheOppositeAreBothNamed) {
  EXPECT_EQ(ProblemsOf(RuleText("a", "permit", R"("account.read")", "when = { tier = [1] }") +
                       RuleText("b", "forbid", R"("account.read")", "when = { tier = [1] }")),
            "11:1: rule b forbids exactly what rule a in line 4 permits\n");
  EXPECT_EQ(ProblemsOf(RuleText("a", "forbid", R"("account.read")", "when = { tier = [1] }") +
                       RuleText("b", "permit", R"("account.read")", "when = { tier = [1] }")),
            "11:1: rule b permits exactly what rule a in line 4 forbids\n");
}

TEST(Lint, BreakingGlassNeedsAWaitOfThePolicysOwn) {
  EXPECT_EQ(ProblemsOf(RuleText("a", "permit", R"("break-glass.request")", "when = { tier = [1, 2] }") +
                       RuleText("b", "require", R"("break-glass.request")",
                                "when = { tier = [1] }\nrequire = { wait = \"1h\" }")),
            "4:1: rule a lets glass be broken without any `wait`: nobody would have time to object\n");
  EXPECT_EQ(ProblemsOf(RuleText("a", "permit", R"("break-glass.request")", "when = { tier = [1, 2] }") +
                       RuleText("b", "require", R"("break-glass.request")", "require = { wait = \"1h\" }")),
            "");
}

TEST(Lint, AConditionOnAFactThatTheActionNeverHasIsAProblem) {
  EXPECT_EQ(ProblemsOf(RuleText("a", "forbid", R"("holder.suspend")", "when = { tier = [1] }")),
            "8:10: \"tier\" is not known of holder.suspend: name the actions that it is known of\n");
  EXPECT_EQ(
      ProblemsOf(RuleText("a", "forbid", R"("account.read")", "when = { role = [\"auditor\"] }") +
                 "[[never]]\nid = \"n\"\nactions = [\"account.read\"]\nwhen = { requested_by_self = true }\n"
                 "why = \"x\"\n"),
      "13:10: \"requested_by_self\" is not known of account.read: name the actions that it is known of\n");
}

TEST(Lint, WhatACallHasNoFieldForCannotBeAskedOfIt) {
  EXPECT_EQ(ProblemsOf(RuleText("a", "permit", R"("grant.create")", "require = { ticket = true }")),
            "4:1: rule a asks for a ticket, which grant.create has no place for\n");
}

TEST(Lint, ABrokenAssertionIsAProblem) {
  EXPECT_EQ(
      ProblemsOf(
          RuleText("a", "permit", R"("account.read")", "when = { tier = [1] }") +
          "[[never]]\nid = \"n\"\nactions = [\"account.read\"]\nwhen = { tier = [1, 2] }\nwhy = \"x\"\n"),
      "10:1: assertion n is broken: account.read with status active, key confirmed, tier 1: allow by rule a\n");
}

TEST(Lint, AnAssertionAboutNothingIsAProblem) {
  EXPECT_EQ(ProblemsOf(
                "[[never]]\nid = \"n\"\nactions = [\"account.read\"]\nwhen = { tier = [\"none\"], relation = "
                "[\"owner\"] }\nwhy = \"x\"\n"),
            "3:1: assertion n can never be broken: no facts meet all its conditions\n");
}

TEST(Lint, ProblemsStandInTheOrderOfTheText) {
  const std::string problems =
      ProblemsOf(RuleText("a", "permit", R"("secret.reveal")", R"(when = { role = ["auditor"] })") +
                 RuleText("b", "permit", R"("account.read")", "when = { tier = [1] }") +
                 RuleText("c", "permit", R"("account.read")", "when = { tier = [1] }") +
                 RuleText("d", "permit", R"("secret.code")", R"(when = { role = ["auditor"] })"));
  EXPECT_TRUE(problems.starts_with("4:1: rule a")) << problems;
  EXPECT_TRUE(SecondIn(problems).starts_with("18:1: rule c")) << problems;
  EXPECT_TRUE(SecondIn(SecondIn(problems)).starts_with("25:1: rule d")) << problems;
}

TEST(Lint, ASpaceTooLargeIsAProblemOfItsLargestAttribute) {
  std::string rules;
  for (int i = 0; i < 90; ++i) {
    const std::string n = std::to_string(i);
    rules += RuleText("r" + n, "permit", R"("secret.put")",
                      "when = { relation = [\"owner\"], platform = [\"p" + n + "\"], unit = [\"u" + n +
                          "\"], key_age = \"" + std::to_string(i + 1) + "d\" }");
  }
  const LintReport report = Lint(DocumentOf(rules));
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].at.line, 8);
  EXPECT_TRUE(
      report.problems[0].message.starts_with("too many decisions to look at them all: secret.put has "));
}

TEST(Lint, AThousandRulesTakeLessThanTwoSeconds) {
  std::string rules;
  for (int i = 0; i < 1000; ++i) {
    rules += "[[rule]]\nid = \"r" + std::to_string(i) +
             "\"\neffect = \"permit\"\nactions = [\"secret.reveal\"]\n" + "when = { platform = [\"p" +
             std::to_string(i % 100) + "\"], unit = [\"u" + std::to_string(i / 100) +
             "\"], relation = [\"owner\"] }\nwhy = \"x\"\n";
  }
  const Document document = DocumentOf(rules);
  const auto start = std::chrono::steady_clock::now();
  const LintReport report = Lint(document);
  const auto taken = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(Listed(report.problems), "");
  EXPECT_GT(report.points, 100'000U);
  // Without optimisation it takes a quarter of that.
  EXPECT_LT(std::chrono::duration<double>(taken).count(), 2.0);
}

}  // namespace
}  // namespace holdfast::policy
