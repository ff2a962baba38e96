// What changes between two policies, as a person would say it.
#include "vault/policy/diff.h"

#include "gmock/gmock.h"
#include "tests/policy/documents.h"
#include "vault/policy/bundle.h"
#include "vault/policy/enumerate.h"
#include "vault/policy/floor.h"

namespace holdfast::policy {
namespace {

using ::testing::ElementsAre;

std::string RuleText(const std::string& id, const std::string& effect, const std::string& more) {
  return "\n[[rule]]\nid = \"" + id + "\"\neffect = \"" + effect + "\"\nactions = [\"account.review\"]\n" +
         more + "\nwhy = \"x\"\n";
}

Difference DiffOf(const Document& before, const Document& after, std::size_t lines = 10) {
  auto difference = Diff(before, after, lines);
  EXPECT_TRUE(difference.ok()) << difference.status();
  return *std::move(difference);
}

std::vector<std::string> Told(const Difference& difference) {
  std::vector<std::string> told;
  for (const Change& change : difference.changes)
    told.push_back(std::string(ActionName(change.action)) + " [" + change.where + "] " + change.before +
                   " (" + change.rule_before + ") -> " + change.after + " (" + change.rule_after + ")");
  return told;
}

std::uint64_t PointsOf(const Difference& difference) {
  std::uint64_t points = 0;
  for (const Change& change : difference.changes) points += change.points;
  for (const Omitted& omitted : difference.omitted) points += omitted.points;
  return points;
}

TEST(PolicyDiff, NothingChangesBetweenAPolicyAndItself) {
  const Difference difference = DiffOf(ShippedPolicy(), ShippedPolicy());
  EXPECT_TRUE(difference.none());
  EXPECT_GT(difference.points, 1000U);
}

TEST(PolicyDiff, OtherNamesAndOrderAreNoChange) {
  const Document before = DocumentOf(RuleText("a", "permit", "when = { tier = [1] }") +
                                     RuleText("b", "permit", "when = { tier = [2] }"));
  const Document after = DocumentOf(RuleText("d", "permit", "when = { tier = [2] }") +
                                    RuleText("c", "permit", "when = { tier = [1] }"));
  EXPECT_TRUE(DiffOf(before, after).none());
}

TEST(PolicyDiff, SaysWhatWhereAndByWhichRules) {
  const Document before = DocumentOf(RuleText("a", "permit", "when = { tier = [1, 2] }"));
  const Document after =
      DocumentOf(RuleText("a", "permit", "when = { tier = [1, 2] }") +
                 RuleText("b", "require",
                          "when = { tier = [1] }\nrequire = { reason = true, approvals = 2, approvers = "
                          "[\"owner\", \"security\"] }"));
  EXPECT_THAT(Told(DiffOf(before, after)),
              ElementsAre("account.review [status active, key confirmed, tier 1] allow (a) -> allow with "
                          "reason, approval by 2 of owner, security (b)"));
}

TEST(PolicyDiff, PointsAreJoinedToTheFewestLines) {
  const Document before = DocumentOf("");
  const Document after =
      DocumentOf(RuleText("a", "permit", R"(when = { relation = ["owner", "backup"], tier = [1, 3] })") +
                 RuleText("b", "forbid", R"(when = { platform = ["x"], unit = ["sales"] })"));
  const Difference difference = DiffOf(before, after);
  EXPECT_EQ(difference.changes.size(), 2U);  // not platform x, and platform x of other units
  EXPECT_EQ(PointsOf(difference), difference.changed);
}

TEST(PolicyDiff, WhatCannotBeIsNotToldApart) {
  // No tier goes with no relation: "relation owner" says it all.
  const Document before =
      DocumentOf(RuleText("a", "permit", R"(when = { tier = [1, 2, 3], relation = ["grantee"] })"));
  const Document after =
      DocumentOf(RuleText("a", "permit", R"(when = { tier = [1, 2, 3], relation = ["grantee", "owner"] })"));
  EXPECT_THAT(Told(DiffOf(before, after)),
              ElementsAre("account.review [status active, key confirmed, relation owner] deny "
                          "(default.deny) -> allow (a)"));
}

TEST(PolicyDiff, LinesBeyondTheLimitAreCounted) {
  std::string rules;
  for (const std::string platform : {"a", "b", "c", "d", "e"})
    rules += RuleText(platform, "permit",
                      "when = { platform = [\"" + platform + "\"] }\nrequire = { reason = true }");
  const Difference difference = DiffOf(DocumentOf(""), DocumentOf(rules), 2);
  EXPECT_EQ(difference.changes.size(), 2U);
  ASSERT_EQ(difference.omitted.size(), 1U);
  EXPECT_EQ(difference.omitted[0].changes, 3U);
  EXPECT_EQ(PointsOf(difference), difference.changed);
}

TEST(PolicyDiff, LimitsAreComparedToo) {
  const Document before =
      DocumentOf("[tiers.1]\nmin_owners = 2\nmax_grant = \"90d\"\n[idle]\nholder = \"90d\"");
  const Document after = DocumentOf("[tiers.2]\nreview_every = \"36h\"\n[idle]\nholder = \"91d\"");
  EXPECT_THAT(DiffOf(before, after).limits,
              ElementsAre("tiers.1.min_owners: 2 -> 1", "tiers.1.max_grant: 90d -> no limit",
                          "tiers.2.review_every: no limit -> 36h", "idle.holder: 90d -> 91d"));
}

// Against each point decided by itself.
TEST(PolicyDiff, CountsEveryPointThatChanges) {
  const Document before = ShippedPolicy();
  Document changed_policy = ShippedPolicy();
  changed_policy.rules.erase(changed_policy.rules.begin() +
                             static_cast<std::ptrdiff_t>(changed_policy.rules.size() / 2));
  changed_policy.rules.front().scope.unless = changed_policy.rules[1].scope.when;
  const Document after = changed_policy;
  const Domains domains({&Floor(), &before, &after});
  const Bundle old_bundle(before, domains);
  const Bundle new_bundle(after, domains);
  std::vector<const Scope*> scopes;
  for (const Document* document : {&Floor(), &before, &after}) {
    for (const Rule& rule : document->rules) scopes.push_back(&rule.scope);
  }
  const auto space = Space::Of(domains, scopes);
  ASSERT_TRUE(space.ok());
  std::uint64_t changed = 0;
  ForEachPoint(*space, [&](Action action, const Values& values) {
    const Verdict a = old_bundle.Judge(action, values);
    const Verdict b = new_bundle.Judge(action, values);
    if (a.permitted != b.permitted || !(a.obligations == b.obligations)) ++changed;
  });
  const Difference difference = DiffOf(before, after);
  EXPECT_GT(changed, 0U);
  EXPECT_EQ(difference.changed, changed);
  EXPECT_EQ(PointsOf(difference), changed);
}

}  // namespace
}  // namespace holdfast::policy
