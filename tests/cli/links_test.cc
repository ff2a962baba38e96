// What else opens an account, as it is put on record, shown and taken back.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Args Link(const std::string& account, const std::string& option, const std::string& to) {
  return {"account", "link", account, option, to};
}
Args Unlink(const std::string& account, const std::string& option, const std::string& to) {
  return {"account", "unlink", account, option, to, "--reason", "not any more"};
}

TEST(Links, AreShownAtBothEndsUnderTheNamesThatTheAccountsHaveNow) {
  Office office;
  office.AddOmar();
  office.AddAccount("mail-social", "alice");
  office.AddAccount("x-acme-news", "alice");
  office.Ok("alice", Link("x-acme-news", "--recovers-through", "mail-social"));
  office.Ok("alice", Link("x-acme-news", "--signs-in-with", "sso@corp.example"));
  office.Ok("alice", Link("x-acme-news", "--administered-by", "holders/omar"));
  office.Ok("alice", Link("x-acme-news", "--connected-app", "zapier"));
  office.Ok("alice", Link("x-acme-news", "--recovery-phone", "omar"));
  office.Ok("alice", Link("x-acme-news", "--recovery-phone", "+44 20 7946 0000"));
  const Json shown = office.Get("alice", {"account", "show", "x-acme-news"});
  EXPECT_THAT(
      Each(shown["links"], "text"),
      ElementsAre("x-acme-news recovers through mail-social", "x-acme-news signs in with sso@corp.example",
                  "x-acme-news is administered by omar", "zapier is a connected app of x-acme-news",
                  "x-acme-news recovers by the phone of omar",
                  "+44 20 7946 0000 is the recovery phone of x-acme-news"));
  EXPECT_THAT(shown["linkedFrom"], IsEmpty());
  EXPECT_EQ(shown["links"][0]["account"], "accounts/mail-social");
  EXPECT_EQ(shown["links"][0]["linker"], "holders/alice");
  EXPECT_EQ(shown["links"][4]["holder"], "holders/omar");

  office.Ok("alice", {"account", "rename", "mail-social", "post-social"});
  office.Ok("alice", {"account", "archive", "post-social", "--yes"});
  const std::string table = office.Ok("alice", {"account", "show", "post-social"});
  EXPECT_THAT(table, HasSubstr("\nlinked from:\nLINK "));
  EXPECT_THAT(table, HasSubstr("\nx-acme-news recovers through post-social  alice  20"));
  EXPECT_THAT(Each(office.Get("alice", {"account", "show", "post-social"})["linkedFrom"], "text"),
              ElementsAre("x-acme-news recovers through post-social"));
  // Lists do not tell links, and a change of something else leaves them.
  EXPECT_THAT(office.Get("alice", {"account", "list"})["accounts"][0]["links"], IsEmpty());
  office.Ok("alice", {"account", "update", "x-acme-news", "--handle", "@acme"});

  office.Ok("omar", Unlink("x-acme-news", "--recovers-through", "post-social"));
  EXPECT_EQ(office.Get("alice", {"account", "show", "x-acme-news"})["links"].size(), 5U);
  EXPECT_THAT(office.Get("alice", {"account", "show", "post-social"})["linkedFrom"], IsEmpty());
  const Json made = office.Events({"--account", "x-acme-news", "--type", "account.link"});
  ASSERT_EQ(made.size(), 6U);
  EXPECT_EQ(made[1]["subject"], "holders/omar");
  EXPECT_EQ(Where(made[5]["texts"], "field", "to")["text"], "accounts/mail-social");
  EXPECT_EQ(office.Events({"--account", "x-acme-news", "--type", "account.unlink"}).size(), 1U);
  office.Restart();
  EXPECT_EQ(office.Get("alice", {"account", "show", "x-acme-news"})["links"].size(), 5U);
}

TEST(Links, ThatAreWrongNameTheOptionAndChangeNothing) {
  Office office;
  office.AddOmar();
  office.AddAccount("mail-social", "alice");
  office.AddAccount("x-acme-news", "alice");
  office.AddAccount("old", "alice");
  office.Ok("alice", {"account", "archive", "old", "--yes"});
  office.Ok("alice",
            {"holder", "add", "robot", "--kind", "workflow", "--person", "alice", "--role", "offboarding"});
  office.Ok("alice", Link("x-acme-news", "--recovers-through", "mail-social"));
  office.AddAccount("first", "alice");
  office.Ok("alice", {"account", "rename", "first", "second"});
  const std::string before = office.State();
  const auto refused = [&](int code, const Args& args) { return office.Refused(code, "alice", args); };

  EXPECT_THAT(refused(2, Link("x-acme-news", "--recovers-through", "x-acme-news")),
              HasSubstr("--recovers-through: is the account itself"));
  EXPECT_THAT(refused(7, Link("x-acme-news", "--recovers-through", "mail-social")),
              HasSubstr("it is on record already that x-acme-news recovers through mail-social"));
  EXPECT_THAT(refused(2, Link("x-acme-news", "--administered-by", "mail-socal")),
              HasSubstr("--administered-by: there is no account mail-socal that you may see"));
  EXPECT_THAT(refused(2, Link("x-acme-news", "--signs-in-with", "first")),
              HasSubstr("--signs-in-with: account first is called second now"));
  EXPECT_THAT(refused(2, Link("x-acme-news", "--signs-in-with", "old")),
              HasSubstr("--signs-in-with: account old is archived"));
  EXPECT_THAT(refused(7, Link("old", "--signs-in-with", "mail-social")),
              HasSubstr("account old is archived"));
  EXPECT_THAT(refused(2, Link("x-acme-news", "--recovery-phone", "nobody")),
              HasSubstr("--recovery-phone: there is no holder nobody"));
  EXPECT_THAT(refused(2, Link("x-acme-news", "--recovery-phone", "robot")),
              HasSubstr("--recovery-phone: robot is a workflow"));
  EXPECT_THAT(refused(2, Link("x-acme-news", "--recovery-phone", "accounts/mail-social")),
              HasSubstr("--recovery-phone: a recovery phone is"));
  EXPECT_THAT(refused(2, Link("x-acme-news", "--recovers-through", "Mail-Social")),
              HasSubstr("--recovers-through: must be an account's id"));
  EXPECT_THAT(refused(2, Link("x-acme-news", "--connected-app", "Zap\u200bier")),
              HasSubstr("--connected-app"));
  EXPECT_THAT(refused(2, Link("x-acme-news", "--connected-app", "")), HasSubstr("--connected-app"));
  EXPECT_THAT(refused(2, Link("x-acme-news", "--connected-app", std::string(257, 'x'))),
              HasSubstr("--connected-app"));
  EXPECT_THAT(refused(2, {"account", "link", "x-acme-news"}), HasSubstr("name the link"));
  EXPECT_THAT(
      refused(2, {"account", "link", "x-acme-news", "--recovery-phone", "omar", "--connected-app", "a"}),
      HasSubstr("name one link at a time"));
  EXPECT_THAT(refused(6, Unlink("x-acme-news", "--signs-in-with", "mail-social")),
              HasSubstr("there is no link that says: x-acme-news signs in with mail-social"));
  EXPECT_THAT(refused(2, {"account", "unlink", "x-acme-news", "--recovers-through", "mail-social"}),
              HasSubstr("--reason: is needed"));
  EXPECT_THAT(
      refused(7, {"account", "link", "x-acme-news", "--recovery-phone", "omar", "--etag", "\"stale\""}),
      HasSubstr("has changed since"));
  const Json error = office.Error(2, "alice", Link("x-acme-news", "--administered-by", "nosuch"));
  EXPECT_EQ(error["details"][1]["fieldViolations"][0]["field"], "link.account");
  EXPECT_EQ(office.State(), before);
}

TEST(Links, AreBoundedInNumber) {
  Office office;
  office.AddOmar();
  office.AddAccount("x-acme-news", "alice");
  for (int i = 0; i < 64; ++i)
    office.Ok("alice", Link("x-acme-news", "--connected-app", "app " + std::to_string(i)));
  EXPECT_THAT(office.Refused(7, "alice", Link("x-acme-news", "--connected-app", "one more")),
              HasSubstr("account x-acme-news has 64 links, the most it may have"));
  office.Ok("omar", Unlink("x-acme-news", "--connected-app", "app 7"));
  office.Ok("alice", Link("x-acme-news", "--connected-app", "one more"));
}

// Nobody hides by themselves that an account leads to them, or to what they know.
TEST(Links, AreTakenAwayBySomebodyElse) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  office.AddAccount("hers", "mia", {"--tier", "3", "--backup", "sam"});
  office.AddAccount("mail", "mia", {"--tier", "3"});
  office.AddAccount("his", "sam", {"--tier", "3"});
  office.Ok("mia", Link("hers", "--recovery-phone", "mia"));
  office.Ok("mia", Link("hers", "--recovers-through", "mail"));
  office.Ok("alice", Link("his", "--recovery-phone", "omar"));
  office.Refused(4, "sam", Link("hers", "--recovery-phone", "sam"));  // a backup owner changes nothing
  EXPECT_THAT(office.Refused(4, "mia", Unlink("hers", "--recovery-phone", "mia")),
              HasSubstr("somebody else must say"));
  EXPECT_THAT(office.Refused(4, "omar", Unlink("his", "--recovery-phone", "omar")),
              HasSubstr("somebody else must say"));
  office.Refused(5, "mia", Unlink("hers", "--recovers-through", "mail"));
  EXPECT_EQ(office.Get("alice", {"account", "show", "hers"})["links"].size(), 2U);
  office.Ok("sam", {"approval", "approve", "1"});
  office.Ok("mia", Unlink("hers", "--recovers-through", "mail"));
  office.Ok("alice", Unlink("hers", "--recovery-phone", "mia"));
  EXPECT_THAT(office.Get("mia", {"account", "show", "hers"})["links"], IsEmpty());
}

TEST(Links, TellNobodyOfAnAccountThatTheyMayNotSee) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddAccount("hers", "mia", {"--tier", "3"});
  office.AddAccount("hidden", "alice");
  office.Ok("alice", Link("hers", "--recovers-through", "hidden"));
  office.Ok("alice", Link("hidden", "--signs-in-with", "hers"));
  const Json hers = office.Get("mia", {"account", "show", "hers"});
  EXPECT_THAT(hers["links"], IsEmpty());
  EXPECT_THAT(hers["linkedFrom"], IsEmpty());
  EXPECT_EQ(office.Get("alice", {"account", "show", "hers"})["linkedFrom"].size(), 1U);

  const std::string there = office.Refused(2, "mia", Link("hers", "--signs-in-with", "hidden"));
  EXPECT_EQ(there, "--signs-in-with: there is no account hidden that you may see\n");
  EXPECT_EQ(office.Refused(2, "mia", Link("hers", "--signs-in-with", "nowhere")),
            "--signs-in-with: there is no account nowhere that you may see\n");
  office.Refused(2, "mia", Unlink("hers", "--recovers-through", "hidden"));
  office.Refused(2, "mia", Unlink("hers", "--recovers-through", "nowhere"));
  EXPECT_EQ(office.Events({"--actor", "mia", "--account", "hers", "--outcome", "denied"}).size(), 4U);
}

}  // namespace
}  // namespace holdfast::testing
