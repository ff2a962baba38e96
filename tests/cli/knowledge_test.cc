// People take back what a leaver knows, by any secret, in any spelling, from before the vault; and end the tasks
// that need no new value.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// mia owns two accounts, and sam backs them up.
class Knowledge : public ::testing::Test {
 protected:
  Knowledge() {
    office.AddOmar();
    office.AddMember("mia");
    office.AddMember("sam");
    for (const char* account : {"news", "shop"}) office.AddAccount(account, "mia", {"--backup", "sam"});
  }
  void Start() const { office.Ok("omar", {"handover", "start", "--yes", "mia", "--reason", "bye"}); }
  void PutSeed(const std::string& by, const std::string& seed) const {
    office.Ok(by, {"secret", "put", "news", "totp", "--kind", "totp", "--from-file", "-"}, seed);
  }
  std::string Known(const std::string& by, const std::string& account, const std::string& secret,
                    const std::string& value) const {
    return office.Refused(7, by, {"secret", "put", account, secret, "--from-file", "-"}, value);
  }
  void Attest(const std::string& account, const std::string& secret) const {
    office.Ok("sam", {"secret", "attest", account, secret, "--evidence", "no longer signs in"});
  }
  Json Tasks() const { return office.Get("omar", {"handover", "tasks", "1"})["tasks"]; }
  std::vector<std::string> Rules() const {
    return Each(office.Get("omar", {"findings", "list"})["findings"], "rule");
  }

  Office office;
};

TEST_F(Knowledge, PasswordsThatWereSwappedAndSeedsThatWereRespelledAreRefusedAsKnown) {
  office.Put("mia", "news", "fixture-a");
  office.Put("mia", "shop", "fixture-b");
  PutSeed("mia", "JBSWY3DPEHPK3PXP");
  Start();
  EXPECT_THAT(Known("sam", "news", "password", "fixture-b"), HasSubstr("known to somebody it must not be"));
  EXPECT_THAT(Known("sam", "shop", "password", " fixture-a \r\n"), HasSubstr("choose another"));
  for (const char* seed : {"jbsw y3dp ehpk 3pxp", "jbsw-y3dp-ehpk-3pxp", "JBSWY3DPEHPK3PXP====",
                           "otpauth://totp/acme?secret=jbswy3dpehpk3pxp&issuer=acme"})
    EXPECT_THAT(Known("sam", "news", "totp", seed), HasSubstr("known")) << seed;
  const Json told = office.Events({"--type", "secret.put", "--outcome", "denied"});
  EXPECT_EQ(told.size(), 6U);
  EXPECT_EQ(told[0]["rule"], "value.known");
  for (const char* secret : {"password", "totp"}) {
    EXPECT_THAT(office.Refused(7, "sam", {"secret", "attest", "news", secret, "--evidence", "x"}),
                HasSubstr("put a new value in first"));
  }
  office.Put("sam", "news", "fixture-new-1");
  office.Put("sam", "shop", "fixture-new-2");
  PutSeed("sam", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  office.Refused(7, "omar", {"handover", "close", "1"});
  Attest("news", "password");
  Attest("shop", "password");
  Attest("news", "totp");
  EXPECT_EQ(office.Get("omar", {"handover", "close", "1"})["state"], "HANDOVER_STATE_CLOSED");
}

TEST_F(Knowledge, WhatSomebodyKnewBeforeIsSaidAndCounts) {
  office.Put("omar", "news", "fixture-1");
  const Args add{"exposure", "add", "news", "password", "--holder", "mia"};
  EXPECT_THAT(office.Refused(2, "omar", add), HasSubstr("reason"));
  Args why = add;
  why.insert(why.end(), {"--reason", "she set it up in 2019"});
  const Json known = office.Get("omar", why);
  EXPECT_EQ(known["kind"], "EXPOSURE_KIND_KNOWN");
  EXPECT_EQ(known["version"], "accounts/news/secrets/password/versions/1");
  office.Refused(4, "sam", {"exposure", "add", "unknown", "password", "--holder", "mia", "--reason", "x"});
  office.Refused(6, "omar", {"exposure", "add", "news", "password", "--holder", "nobody", "--reason", "x"});
  office.Refused(
      6, "omar", {"exposure", "add", "news", "password", "--version", "7", "--holder", "mia", "--reason", "x"});
  EXPECT_THAT(office.Ok("omar", {"exposure", "list", "--holder", "mia"}), HasSubstr("known"));
  EXPECT_EQ(office.Events({"--type", "exposure.add", "--outcome", "allowed"}).size(), 1U);
  Start();
  EXPECT_EQ(Each(Tasks(), "secret"), std::vector<std::string>{"accounts/news/secrets/password"});
}

TEST_F(Knowledge, ATaskEndsWithEvidenceWhereNoNewValueCanBePutIn) {
  office.Put("mia", "news", "fixture-1");
  office.Put("mia", "shop", "fixture-2");
  office.Ok("mia", {"secret", "put", "shop", "nickname", "--from-file", "-"}, "fixture-nick");
  Start();
  const auto id = [&](const std::string& secret) {
    const std::string name = Where(Tasks(), "secret", "accounts/" + secret)["name"];
    return "1/" + name.substr(name.rfind('/') + 1);
  };
  EXPECT_EQ(office.Refused(2, "sam", {"handover", "done", "1/1", "--as", "gone", "--evidence", "x"}),
            "--as: gone not in {closed,no-secret}\n");
  EXPECT_THAT(office.Refused(2, "sam", {"handover", "done", "1", "--as", "closed", "--evidence", "x"}),
              HasSubstr("TASK: must be a case and a number, as in 7/12"));
  office.Refused(6, "omar", {"handover", "done", "1/999", "--as", "closed", "--evidence", "x"});
  const Json closed = office.Get(
      "sam", {"handover", "done", id("news/secrets/password"), "--as", "closed", "--evidence", "page says so"});
  EXPECT_EQ(closed["state"], "TASK_STATE_DONE");
  EXPECT_EQ(closed["outcome"], "TASK_OUTCOME_CLOSED");
  office.Ok("omar", {"handover", "done", id("shop/secrets/nickname"), "--as", "no-secret", "--evidence", "a name"});
  EXPECT_THAT(office.Refused(7, "omar", {"handover", "close", "1"}), HasSubstr("has 1 open task"));
  office.Put("sam", "shop", "fixture-3");
  Attest("shop", "password");
  office.Ok("omar", {"handover", "close", "1"});
  EXPECT_EQ(office.Events({"--type", "handover.done", "--outcome", "allowed"}).size(), 2U);
}

TEST_F(Knowledge, AMistypedSecretIsTakenOffTheListsAndComesBackWithAValue) {
  office.Put("mia", "news", "fixture-1", "pasword");
  EXPECT_THAT(office.Refused(2, "mia", {"secret", "remove", "news", "pasword"}), HasSubstr("--yes"));
  office.Refused(4, "sam", {"secret", "remove", "news", "pasword", "--yes"});
  office.Ok("mia", {"secret", "remove", "news", "pasword", "--yes"});
  EXPECT_THAT(office.Get("mia", {"secret", "list", "news"})["secrets"], IsEmpty());
  EXPECT_THAT(office.Refused(6, "mia", {"secret", "remove", "news", "pasword", "--yes"}), HasSubstr("was removed"));
  EXPECT_EQ(office.Get("mia", {"exposure", "list", "--holder", "mia", "--live"})["exposures"].size(), 1U)
      << "who typed it still knows it";
  office.Put("mia", "news", "fixture-2", "pasword");
  EXPECT_EQ(office.Get("mia", {"secret", "list", "news"})["secrets"].size(), 1U);
}

TEST_F(Knowledge, ThePersonGoesUnderEveryName) {
  office.Ok("alice", {"holder", "add", "mia-too", "--role", "member", "--person", "mia"});
  const std::string string = office.NewString("mia-too");
  office.Ok("omar", {"access", "grant", "--account", "news", "--holder", "mia-too", "--reason", "x"});
  Start();
  EXPECT_THAT(office.Get("omar", {"access", "list", "--holder", "mia-too"})["grants"], IsEmpty());
  EXPECT_EQ(office.Get("omar", {"holder", "show", "mia-too"})["status"], "HOLDER_STATUS_SUSPENDED");
  EXPECT_THAT(office.Refused(7, "omar", {"holder", "resume", "mia-too"}), HasSubstr("holder mia is leaving (handover 1)"));
  EXPECT_THAT(office.Refused(7, "omar", {"holder", "add", "mia-3", "--role", "member", "--person", "mia"}),
              HasSubstr("holder mia is leaving (handover 1)"));
  EXPECT_THAT(office.Refused(7, "omar", {"handover", "start", "--yes", "mia-too"}),
              HasSubstr("mia's handover 1 is open: holdfast handover show 1"));
  office.Ok("omar", {"handover", "close", "1"});
  EXPECT_EQ(office.Get("omar", {"holder", "show", "mia-too"})["status"], "HOLDER_STATUS_LEFT");
}

TEST_F(Knowledge, WhoHasNoAccessAnyMoreAndKnowsAValueInForceIsAFinding) {
  office.Ok("alice", {"access", "grant", "--account", "news", "--holder", "omar"});
  office.Put("omar", "news", "fixture-1");
  EXPECT_THAT(Rules(), Not(Contains("exposed.no-access")));
  office.Ok("alice", {"access", "revoke", "--account", "news", "--holder", "omar"});
  EXPECT_THAT(Rules(), Contains("exposed.no-access"));
  EXPECT_THAT(office.Refused(4, "omar", {"secret", "reveal", "news", "password", "--reason", "x"}),
              HasSubstr("your access to news ended at 20"));
  office.Put("mia", "news", "fixture-2");
  EXPECT_THAT(Rules(), Not(Contains("exposed.no-access")));
}

TEST_F(Knowledge, AccessThatEndsByItselfIsAnEvent) {
  office.Ok("alice", {"access", "grant", "--account", "news", "--holder", "omar", "--expires", "1h"});
  office.RestartAhead(2 * 3600);
  const Json lapsed = office.Events({"--type", "access.end"});
  ASSERT_EQ(lapsed.size(), 1U);
  EXPECT_EQ(lapsed[0]["account"], "accounts/news");
  EXPECT_EQ(lapsed[0]["subject"], "holders/omar");
}

}  // namespace
}  // namespace holdfast::testing
