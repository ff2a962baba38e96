// Why a decision is what it is, in the words of the policy.
#include "vault/policy/explain.h"

#include "gmock/gmock.h"
#include "tests/policy/documents.h"

namespace holdfast::policy {
namespace {

using ::testing::ElementsAre;

constexpr char kPolicy[] = R"toml(
qualifications = ["privacy-training"]
[[rule]]
id = "by-relation"
effect = "permit"
actions = ["secret.reveal"]
when = { relation = ["owner", "backup", "grantee"], tier = [1, 2] }
require = { reason = true }
why = "who has access"
[[rule]]
id = "by-training"
effect = "permit"
actions = ["secret.reveal"]
when = { qualification = ["privacy-training"], key_age = "7d", platform = ["mastodon"], about_self = true }
unless = { hours = ["22:00-06:00"] }
why = "who was trained"
[[rule]]
id = "not-on-sundays"
effect = "forbid"
actions = ["secret.reveal"]
when = { weekday = ["sun"] }
why = "nobody could help"
)toml";

constexpr Micros kThursday = 23 * kHour + 5 * kMinute;

Facts Stranger() {
  return {.subject = {.roles = static_cast<std::int64_t>(Role::kMember),
                      .key = KeyState::kConfirmed,
                      .key_age = 3 * kDay + kHour},
          .action = Action::kSecretReveal,
          .resource = {.tier = 1, .platform = "github", .account = AccountState::kActive},
          .context = {.now = kThursday}};
}

TEST(Explain, SaysWhatEachPermitLacks) {
  const Bundle bundle(DocumentOf(kPolicy));
  EXPECT_THAT(
      LinesOf(Explain(bundle, Stranger())),
      ElementsAre("deny by default.deny: no rule permits this",
                  "permit by-relation does not match: needs relation owner, backup or grantee; is none",
                  "permit by-training does not match: needs qualification privacy-training; is none; needs "
                  "key_age of at least 7d; is 3d; needs platform mastodon; is github; needs about_self; is "
                  "false; not with hours 22:00-06:00; is 23:05"));
}

TEST(Explain, PermitsThatLackLeastComeFirst) {
  const Bundle bundle(DocumentOf(kPolicy));
  Facts facts = Stranger();
  facts.resource.tier = 3;
  facts.subject.key_age = 7 * kDay;
  facts.subject.qualifications = {"privacy-training"};
  facts.resource.platform = "Mastodon";
  facts.context.now = 12 * kHour;
  const Explanation explanation = Explain(bundle, facts);
  ASSERT_EQ(explanation.near_misses.size(), 2U);
  EXPECT_EQ(explanation.near_misses[0].rule->id, "by-training");
  EXPECT_THAT(explanation.near_misses[0].fails, ElementsAre("needs about_self; is false"));
}

TEST(Explain, SaysWhatAPendingOneWaitsFor) {
  const Bundle bundle(DocumentOf(kPolicy));
  Facts facts = Stranger();
  facts.subject.relation = Relation::kOwner;
  const auto lines = LinesOf(Explain(bundle, facts));
  EXPECT_EQ(lines[0], "pending by by-relation: lacks reason");
  EXPECT_EQ(lines[1], "permit by-relation matches: who has access");
}

TEST(Explain, ForbidsStandBeforeThePermitsThatTheyBeat) {
  const Bundle bundle(DocumentOf(kPolicy));
  Facts facts = Stranger();
  facts.subject.relation = Relation::kOwner;
  facts.context.now = 3 * kDay;
  const auto lines = LinesOf(Explain(bundle, facts));
  EXPECT_EQ(lines[0], "deny by not-on-sundays: nobody could help");
  EXPECT_EQ(lines[1], "forbid not-on-sundays matches: nobody could help");
  EXPECT_EQ(lines[2], "permit by-relation matches: who has access");
}

TEST(Explain, AgreesWithTheDecision) {
  const Bundle bundle(DocumentOf(kPolicy));
  const Facts facts = Stranger();
  const Decision decision = bundle.Decide(facts);
  const Explanation explanation = Explain(bundle, facts);
  EXPECT_EQ(explanation.decision.rule, decision.rule);
  EXPECT_EQ(explanation.decision.effect, decision.effect);
}

}  // namespace
}  // namespace holdfast::policy
