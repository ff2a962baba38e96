// What the clock breaks and people leave behind, as it is told to those who can mend it.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr int kDaySeconds = 24 * 3600;

Json List(const Office& office, const std::string& reader, const Args& more = {}) {
  Args args{"findings", "list"};
  args.insert(args.end(), more.begin(), more.end());
  return office.Get(reader, args)["findings"];
}

TEST(Findings, TellWhatTheClockHasBrokenAndEndWhenItIsMended) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  office.AddHolder("ada", "auditor", "omar");
  office.AddAccount("news", "mia", {"--tier", "1", "--backup", "sam"});
  office.AddAccount("shop", "mia");
  office.AddAccount("mail", "omar", {"--backup", "alice"});
  office.Put("mia", "news", "fixture-news");
  office.Ok("mia", {"access", "grant", "--account", "shop", "--holder", "sam"});
  EXPECT_THAT(Each(List(office, "alice"), "rule"), ElementsAre("owner.single"));
  EXPECT_THAT(List(office, "omar", {"--account", "mail"}), IsEmpty());

  office.RestartAhead(91 * kDaySeconds);
  const Json all = List(office, "ada");
  EXPECT_THAT(
      Each(all, "rule"),
      UnorderedElementsAre("tiers.1.max_secret_age", "owner.single", "tiers.1.review_every", "idle.grant",
                           "idle.holder", "idle.holder", "idle.holder", "idle.holder", "idle.holder"));
  EXPECT_EQ(all[0]["rule"], "tiers.1.max_secret_age");
  EXPECT_EQ(all[0]["severity"], "SEVERITY_CRITICAL");
  EXPECT_EQ(all[0]["resource"], "accounts/news/secrets/password");
  EXPECT_EQ(all[0]["account"], "accounts/news");
  const Json unused = Where(all, "rule", "idle.grant");
  EXPECT_EQ(unused["resource"], "accounts/shop");
  EXPECT_EQ(unused["holder"], "holders/sam");
  EXPECT_EQ(List(office, "alice"), all);
  // Those with access see what concerns their accounts, and nothing about people.
  EXPECT_THAT(
      Each(List(office, "mia"), "rule"),
      UnorderedElementsAre("tiers.1.max_secret_age", "owner.single", "tiers.1.review_every", "idle.grant"));
  EXPECT_THAT(Each(List(office, "sam"), "account"), Not(Contains("accounts/mail")));
  EXPECT_THAT(Each(List(office, "ada", {"--severity", "critical"}), "rule"),
              ElementsAre("tiers.1.max_secret_age"));
  EXPECT_THAT(List(office, "ada", {"--severity", "info"}), IsEmpty());
  EXPECT_EQ(List(office, "ada", {"--rule", "idle.holder"}).size(), 5U);
  EXPECT_THAT(Each(List(office, "mia", {"--account", "shop"}), "rule"),
              UnorderedElementsAre("owner.single", "idle.grant"));

  const std::string table = office.Ok("mia", {"findings", "list"});
  EXPECT_THAT(table, ::testing::StartsWith("SEVERITY  RULE"));
  EXPECT_THAT(table, HasSubstr("news/password"));
  EXPECT_THAT(table, HasSubstr("has been in use for 91d and must be replaced every 90d"));
  EXPECT_EQ(office.Cli("mia", {"findings", "list", "--severity", "loud"}).exit_code, 2);
  office.Refused(6, "alice", {"findings", "list", "--account", "unknown"});
  office.Refused(4, "mia", {"findings", "list", "--account", "mail"});

  office.Put("mia", "news", "fixture-rotated");
  const Json reviewed = office.Get("mia", {"account", "review", "news", "--reason", "still needed, by both"});
  EXPECT_EQ(reviewed["reviewer"], "holders/mia");
  EXPECT_EQ(office.Events({"--type", "account.review"})[0]["account"], "accounts/news");
  office.Ok("mia", {"access", "revoke", "--account", "shop", "--holder", "sam"});
  office.Refused(4, "sam", {"account", "review", "news"});
  EXPECT_THAT(Each(List(office, "mia"), "rule"), ElementsAre("owner.single"));
  EXPECT_THAT(Each(List(office, "ada", {"--rule", "idle.holder"}), "holder"), Not(Contains("holders/mia")));
}

TEST(Findings, OfTooFewOwnersKeepAHandoverOpen) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  office.AddMember("tom");
  EXPECT_THAT(office.Refused(7, "alice",
                             {"account", "add", "news", "--platform", "x", "--owner", "mia", "--tier", "1"}),
              HasSubstr("must have 2 active owners, backup owners included, by rule tiers.1.min_owners"));
  office.AddAccount("news", "mia", {"--tier", "1", "--backup", "sam"});
  EXPECT_THAT(
      office.Refused(2, "omar", {"access", "grant", "--account", "news", "--holder", "tom", "--reason", "x"}),
      HasSubstr("must end within 90d, by rule tiers.1.max_grant"));
  EXPECT_EQ(
      office.Error(7, "mia",
                   {"access", "revoke", "--account", "news", "--holder", "sam"})["details"][0]["reason"],
      "MIN_OWNERS");

  office.Ok("omar", {"handover", "start", "--yes", "mia"});
  const Json found = List(office, "omar", {"--severity", "critical"});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["rule"], "tiers.1.min_owners");
  EXPECT_EQ(office.Error(7, "omar", {"handover", "close", "1"})["details"][0]["reason"], "TASKS_OPEN");
  const Args add{"account", "update", "news", "--backup", "tom", "--reason", "sam needs a second"};
  office.Refused(5, "omar", add);
  office.Ok("alice", {"approval", "approve", "1"});
  office.Ok("omar", add);
  EXPECT_THAT(List(office, "omar", {"--severity", "critical"}), IsEmpty());
  office.Ok("omar", {"handover", "close", "1"});
}

}  // namespace
}  // namespace holdfast::testing
