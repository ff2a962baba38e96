// The decision space against what it stands for: every combination of facts there can be.
#include "vault/policy/enumerate.h"

#include <algorithm>
#include <map>
#include <set>

#include "gmock/gmock.h"
#include "tests/policy/documents.h"
#include "vault/policy/bundle.h"
#include "vault/policy/floor.h"

namespace holdfast::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<const Scope*> ScopesOf(const std::vector<const Document*>& documents) {
  std::vector<const Scope*> scopes;
  for (const Document* document : documents) {
    for (const Rule& rule : document->rules) scopes.push_back(&rule.scope);
    for (const Never& never : document->nevers) scopes.push_back(&never.scope);
  }
  return scopes;
}

const ActionSpace& PartOf(const Space& space, Action action) {
  return space.actions()[static_cast<std::size_t>(action)];
}

std::vector<std::string> Shape(const ActionSpace& space) {
  std::vector<std::string> shape;
  for (const Dimension& dimension : space.dimensions)
    shape.push_back(std::string(InfoOf(dimension.attribute).key) + " " +
                    std::to_string(dimension.classes.size()));
  return shape;
}

std::uint64_t CountPoints(const Space& space) {
  std::uint64_t count = 0;
  ForEachPoint(space, [&](Action, const Values&) { ++count; });
  return count;
}

// All by themselves, without the floor's.
Space SpaceOf(const Document& document) {
  auto space = Space::Of(Domains({&document}), ScopesOf({&document}));
  EXPECT_TRUE(space.ok()) << space.status();
  return *std::move(space);
}

constexpr char kSmall[] = R"toml(
qualifications = ["first-aid", "privacy"]
[[rule]]
id = "a"
effect = "permit"
actions = ["secret.reveal"]
when = { tier = [1, 2], relation = ["owner", "backup"], platform = ["mastodon"] }
unless = { role = ["offboarding"] }
require = { reason = true }
why = "x"
[[rule]]
id = "b"
effect = "permit"
actions = ["secret.reveal"]
when = { role = ["security", "member"], key_age = "7d", qualification = ["privacy"] }
unless = { secret_kind = ["totp"], weekday = ["sat", "sun"] }
require = { ticket = true }
why = "x"
[[rule]]
id = "c"
effect = "forbid"
actions = ["secret.reveal"]
when = { version = ["retired"], hours = ["22:00-06:00"] }
unless = { platform = ["mastodon", "github"] }
why = "x"
[[rule]]
id = "d"
effect = "require"
actions = ["secret.reveal"]
when = { owners = [0, 1], about_self = true }
require = { show = "5m" }
why = "x"
[[rule]]
id = "e"
effect = "permit"
actions = ["audit.read"]
when = { qualification = ["first-aid"] }
why = "x"
)toml";

std::vector<Subject> Subjects() {
  std::vector<Subject> subjects;
  for (const std::int64_t roles : {2, 4, 8, 12, 13}) {
    for (const auto status : {HolderStatus::kActive, HolderStatus::kLeaving}) {
      for (const int relation : {0, 1, 2, 3}) {
        for (const Micros age : {7 * kDay - 1, 7 * kDay}) {
          for (const int known : {0, 1, 2, 3}) {
            Subject subject{.roles = roles, .status = status, .key = KeyState::kConfirmed, .key_age = age};
            if (relation != 0) subject.relation = static_cast<Relation>(relation);
            if ((known & 1) != 0) subject.qualifications.emplace_back("privacy");
            if ((known & 2) != 0) subject.qualifications.emplace_back("first-aid");
            subjects.push_back(subject);
          }
        }
      }
    }
  }
  return subjects;
}

std::vector<Resource> Resources() {
  std::vector<Resource> resources{{}};
  for (const int tier : {1, 2, 3}) {
    for (const std::string_view platform : {"Mastodon", "github", "linkedin"}) {
      for (const std::string_view kind : {"", "password", "totp"}) {
        for (const auto version : {VersionState::kNone, VersionState::kCurrent, VersionState::kRetired}) {
          if (kind.empty() != (version == VersionState::kNone)) continue;
          for (const int owners : {1, 9})
            resources.push_back({.tier = tier,
                                 .platform = platform,
                                 .account = AccountState::kActive,
                                 .secret_kind = kind,
                                 .version = version,
                                 .owners = owners});
        }
      }
    }
  }
  return resources;
}

// The point that stands for the facts; and where it is, as classes.
std::optional<Values> StandIn(const ActionSpace& space, const Values& values,
                              std::vector<std::size_t>& classes) {
  Values point;
  for (const Dimension& dimension : space.dimensions) {
    const auto place = static_cast<std::size_t>(dimension.attribute);
    const auto found = std::ranges::find_if(dimension.classes, [&](const ValueClass& each) {
      return std::ranges::find(each.members, values[place]) != each.members.end();
    });
    if (found == dimension.classes.end()) return std::nullopt;
    point[place] = found->sample();
    classes.push_back(static_cast<std::size_t>(found - dimension.classes.begin()));
  }
  return point;
}

TEST(DecisionSpace, EveryFactIsDecidedAsThePointThatStandsForIt) {
  const Bundle bundle(DocumentOf(kSmall));
  const auto space = Space::Of(bundle.domains(), ScopesOf({&Floor(), &bundle.document()}));
  ASSERT_TRUE(space.ok());
  const ActionSpace& part = PartOf(*space, Action::kSecretReveal);
  const auto qualification =
      std::ranges::find(part.dimensions, Attribute::kQualification, &Dimension::attribute);
  ASSERT_NE(qualification, part.dimensions.end());
  EXPECT_EQ(qualification->classes.size(), 2U);  // no rule of it asks for first aid
  std::size_t compared = 0;
  for (const Subject& subject : Subjects()) {
    for (const Resource& resource : Resources()) {
      if (resource.tier == 0 && subject.relation.has_value()) continue;
      for (const int hour : {3, 12}) {
        for (const bool about_self : {false, true}) {
          // Thursdays and Saturdays.
          const Micros now = (about_self ? 0 : 2 * kDay) + hour * kHour;
          const Facts facts{subject, Action::kSecretReveal, resource, {.now = now, .about_self = about_self}};
          Values values = bundle.domains().Bind(facts);
          // Of sets of qualifications one stands for all.
          auto& known = values[static_cast<std::size_t>(Attribute::kQualification)];
          const Verdict wanted = bundle.Judge(facts.action, values);
          known &= qualification->classes.back().sample();
          std::vector<std::size_t> classes;
          const auto point = StandIn(part, values, classes);
          ASSERT_TRUE(point.has_value());
          const Verdict got = bundle.Judge(facts.action, *point);
          ASSERT_EQ(got.permitted, wanted.permitted);
          ASSERT_EQ(got.rule, wanted.rule);
          ASSERT_EQ(got.obligations, wanted.obligations);
          ++compared;
        }
      }
    }
  }
  EXPECT_GT(compared, 50'000U);
}

TEST(DecisionSpace, ACellIsDecidedAsEachOfItsPoints) {
  const Bundle bundle(ShippedPolicy());
  const std::vector<const Scope*> scopes = ScopesOf({&Floor(), &bundle.document()});
  const auto space = Space::Of(bundle.domains(), scopes);
  ASSERT_TRUE(space.ok());
  std::uint64_t points = 0;
  for (const ActionSpace& part : space->actions()) {
    ForEachCell(part, [&](const Cell& cell) {
      points += cell.points;
      const Values sample = SampleOf(cell);
      for (std::size_t place = 0; place < part.scopes.size(); ++place) {
        const Scope& scope = *scopes[part.scopes[place]];
        ASSERT_EQ(cell.holds.test(place), Compile(scope, bundle.domains()).Holds(sample));
      }
    });
  }
  EXPECT_EQ(points, CountPoints(*space));
  EXPECT_GT(points, 1000U);
}

TEST(DecisionSpace, NoPointIsVisitedTwice) {
  const Document document = DocumentOf(kSmall);
  std::set<std::string> seen;
  std::uint64_t count = 0;
  ForEachPoint(SpaceOf(document), [&](Action action, const Values& values) {
    std::string text(ActionName(action));
    for (const Mask& mask : values) text += " " + std::to_string(mask.to_ullong());
    seen.insert(text);
    ++count;
  });
  EXPECT_EQ(seen.size(), count);
}

TEST(DecisionSpace, OnlyWhatSomeRuleLooksAtMatters) {
  const Document document = DocumentOf(R"toml(
[[rule]]
id = "a"
effect = "permit"
actions = ["audit.read"]
when = { tier = [1, 2], status = ["active"] }
unless = { about_self = true }
why = "x"
)toml");
  const Space space = SpaceOf(document);
  EXPECT_THAT(Shape(PartOf(space, Action::kAuditRead)), ElementsAre("status 2", "tier 2", "about_self 2"));
  EXPECT_THAT(Shape(PartOf(space, Action::kVaultRead)), ElementsAre());
  // An action that no rule looks at has one point.
  EXPECT_EQ(CountPoints(space), 8 + kActionCount - 1);
}

TEST(DecisionSpace, AnAuditorHasNoOtherRoleAndEverybodyHasOne) {
  const Document document = DocumentOf(R"toml(
[[rule]]
id = "a"
effect = "permit"
actions = ["audit.read"]
when = { role = ["security"] }
why = "x"
[[rule]]
id = "b"
effect = "permit"
actions = ["audit.read"]
when = { role = ["auditor"] }
why = "x"
[[rule]]
id = "c"
effect = "permit"
actions = ["audit.read"]
when = { role = ["offboarding"] }
why = "x"
[[rule]]
id = "d"
effect = "permit"
actions = ["audit.read"]
when = { role = ["member"] }
why = "x"
)toml");
  EXPECT_THAT(Shape(PartOf(SpaceOf(document), Action::kAuditRead)),
              ElementsAre("role 8"));  // 7 sets and auditor
}

TEST(DecisionSpace, QualificationsAreSetsOfThoseThatRulesTellApart) {
  const std::string names = R"(qualifications = ["a", "b", "c", "d"])";
  const auto rule = [](const std::string& id, const std::string& asked) {
    return "\n[[rule]]\nid = \"" + id +
           "\"\neffect = \"permit\"\nactions = [\"audit.read\"]\nwhen = { qualification = [" + asked +
           "] }\nwhy = \"x\"";
  };
  const Document alike = DocumentOf(names + rule("one", R"("a", "b")") + rule("two", R"("c", "d")"));
  EXPECT_THAT(Shape(PartOf(SpaceOf(alike), Action::kAuditRead)), ElementsAre("qualification 4"));
  const Document all = DocumentOf(names + rule("one", R"("a")") + rule("two", R"("b")") +
                                  rule("three", R"("c")") + rule("four", R"("d")"));
  EXPECT_THAT(Shape(PartOf(SpaceOf(all), Action::kAuditRead)), ElementsAre("qualification 16"));
}

TEST(DecisionSpace, WhatTheVaultNeverBindsIsNoPoint) {
  const Document document = DocumentOf(R"toml(
[[rule]]
id = "a"
effect = "permit"
actions = ["secret.reveal"]
when = { tier = [1], relation = ["owner"], secret_kind = ["totp"], version = ["current"] }
why = "x"
)toml");
  const Space space = SpaceOf(document);
  const ActionSpace& part = PartOf(space, Action::kSecretReveal);
  // Tier none, 1, other; relation none, owner, other; kind none, totp, other; version none, current, other.
  EXPECT_THAT(Shape(part), ElementsAre("relation 3", "tier 3", "secret_kind 3", "version 3"));
  std::uint64_t points = 0;
  ForEachCell(part, [&](const Cell& cell) { points += cell.points; });
  // Two tiers with three relations and either no secret or one of two kinds and three versions, and no
  // account.
  EXPECT_EQ(points, 2 * 3 * (1 + 2 * 3) + 1U);
}

TEST(DecisionSpace, TooManyPointsAreAnErrorThatSaysWhere) {
  std::string rules;
  for (int i = 0; i < 90; ++i) {
    const std::string n = std::to_string(i);
    rules += "[[rule]]\nid = \"r" + n +
             "\"\neffect = \"permit\"\nactions = [\"secret.put\"]\nwhen = { platform = [\"p" + n +
             "\"], unit = [\"u" + n + "\"], key_age = \"" + std::to_string(i + 1) +
             "d\", relation = [\"owner\"], tier = [1], about_self = true, ticket = true }\nwhy = \"x\"\n";
  }
  const Document document = DocumentOf(rules);
  const auto space = Space::Of(Domains({&document}), ScopesOf({&document}));
  ASSERT_FALSE(space.ok());
  EXPECT_EQ(ReasonOf(space.status()), "SPACE_TOO_LARGE");
  EXPECT_THAT(std::string(MessageOf(space.status())),
              HasSubstr("secret.put has unit 91 x platform 91 x key_age 91 x tier 3 x relation 3 x"));
  EXPECT_EQ(DetailsOf(space.status()).at("action"), "secret.put");
}

}  // namespace
}  // namespace holdfast::policy
