// Somebody leaves: everything they hold moves on, everything they know is rotated, and only then the case
// closes.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// mia leaves. She owns two accounts, sam backs up one of them; she has access to a third.
class Handover : public ::testing::Test {
 protected:
  Handover() {
    office.AddOmar();
    office.AddMember("mia");
    office.AddMember("sam");
    office.AddAccount("news", "mia", {"--backup", "sam"});
    office.AddAccount("shop", "mia");
    office.AddAccount("mail", "omar");
    office.Ok("omar", {"access", "grant", "--account", "mail", "--holder", "mia"});
    office.Put("alice", "news", "fixture-news-1");
    office.Put("alice", "shop", "fixture-shop-1");
    office.Put("omar", "mail", "fixture-mail-1");
  }

  Json Start(const std::string& by, const Args& more = {}) const { return Begin("start", by, more); }
  Json Plan(const std::string& by, const Args& more = {}) const { return Begin("plan", by, more); }
  Json Tasks() const { return office.Get("omar", {"handover", "tasks", "1"})["tasks"]; }
  void Attest(const std::string& by, const std::string& account, const std::string& version) const {
    office.Ok(by, {"secret", "attest", account, "password", version, "--evidence", "no longer signs in"});
  }
  static Json Account(const Json& handover, const std::string& id) {
    return Where(handover["accounts"], "account", "accounts/" + id);
  }
  std::string OwnerOf(const std::string& account) const {
    return office.Get("alice", {"account", "show", account})["owner"];
  }

  Office office;

 private:
  Json Begin(const std::string& verb, const std::string& by, const Args& more) const {
    Args args{"handover", verb, "--leaver", "mia", "--yes"};
    args.insert(args.end(), more.begin(), more.end());
    return office.Get(by, args);
  }
};

TEST_F(Handover, PlanShowsWhatStartWouldDoAndChangesNothing) {
  office.Reveal("mia", "news");
  const std::string before = office.State();
  const Json plan = Plan("omar");
  EXPECT_EQ(office.State(), before);
  EXPECT_EQ(office.Get("mia", {"status"})["caller"]["status"], "HOLDER_STATUS_ACTIVE");
  EXPECT_EQ(plan["name"], "");
  EXPECT_EQ(plan["tasks"][0]["name"], "");
  EXPECT_FALSE(plan.contains("cutTime") && !plan["cutTime"].is_null());

  const Json started = Start("omar");
  EXPECT_EQ(started["accounts"], plan["accounts"]);
  ASSERT_EQ(started["tasks"].size(), 1U);
  EXPECT_EQ(started["tasks"][0]["secret"], plan["tasks"][0]["secret"]);
  EXPECT_EQ(started["state"], "HANDOVER_STATE_CUT");
}

TEST_F(Handover, CutsOwnershipGrantsAndKeysAtOnceAndTheLeaversNextCallFails) {
  const Json cut = Start("omar", {"--reason", "last day"});
  EXPECT_EQ(Account(cut, "news")["successor"], "holders/sam");
  EXPECT_EQ(Account(cut, "news")["choice"], "SUCCESSOR_CHOICE_BACKUP");
  EXPECT_EQ(Account(cut, "shop")["successor"], "holders/alice");
  EXPECT_EQ(Account(cut, "shop")["choice"], "SUCCESSOR_CHOICE_CUSTODIAN");
  EXPECT_EQ(Account(cut, "mail")["relation"], "grantee");
  EXPECT_EQ(Account(cut, "mail")["successor"], "");
  EXPECT_EQ(OwnerOf("news"), "holders/sam");
  EXPECT_EQ(OwnerOf("shop"), "holders/alice");
  EXPECT_EQ(OwnerOf("mail"), "holders/omar");

  office.Refused(3, "mia", {"secret", "reveal", "news", "password"});
  office.Refused(3, "mia", {"status"});
  EXPECT_THAT(office.Get("omar", {"access", "list", "--holder", "mia"})["grants"], IsEmpty());
  EXPECT_EQ(office.Get("omar", {"holder", "show", "mia"})["keys"][0]["state"], "KEY_STATE_REVOKED");
  office.Refused(7, "omar", {"holder", "resume", "mia"});
  office.Refused(7, "omar", {"holder", "enroll", "mia"});
  EXPECT_EQ(office.Reveal("sam", "news"), "fixture-news-1");
  EXPECT_THAT(office.Refused(7, "alice", {"handover", "start", "--yes", "--leaver", "mia"}),
              HasSubstr("holder mia is leaving already"));
  EXPECT_EQ(office.Events({"--handover", "1", "--type", "handover.*"}).size(),
            5U);  // start, cut, two moved, one ended
}

TEST_F(Handover, NamedSuccessorsTakeEverything) {
  const Json cut = Start("omar", {"--successor", "sam"});
  for (const std::string account : {"news", "shop"}) {
    EXPECT_EQ(Account(cut, account)["successor"], "holders/sam");
    EXPECT_EQ(Account(cut, account)["choice"], "SUCCESSOR_CHOICE_NAMED");
    EXPECT_EQ(OwnerOf(account), "holders/sam");
  }
}

TEST_F(Handover, RefusesSuccessorsWhoCannotBe) {
  office.AddHolder("ada", "auditor", "omar");
  office.Ok("omar", {"holder", "suspend", "sam"});
  const std::string before = office.State();
  const auto refused = [&](int code, const std::string& successor) {
    return office.Refused(code, "omar", {"handover", "start", "--yes", "--leaver", "mia", "--successor", successor});
  };
  EXPECT_THAT(refused(2, "mia"), HasSubstr("--successor: is the leaver"));
  EXPECT_THAT(refused(2, "ada"), HasSubstr("auditor"));
  EXPECT_THAT(refused(2, "sam"), HasSubstr("sam is suspended"));
  EXPECT_THAT(refused(2, "nobody"), HasSubstr("there is no holder nobody"));
  office.Refused(6, "omar", {"handover", "start", "--yes", "--leaver", "nobody"});
  office.Refused(4, "sam", {"handover", "start", "--yes", "--leaver", "mia"});
  office.Refused(4, "mia", {"handover", "start", "--yes", "--leaver", "sam"});
  office.Refused(4, "omar", {"handover", "start", "--yes", "--leaver", "omar"});
  EXPECT_EQ(office.State(), before);
}

TEST_F(Handover, HasOneTaskForEachComponentThatTheLeaverSawAndNoOther) {
  office.Put("mia", "news", "123456 fixture", "pin");  // made by her
  office.Reveal("mia", "mail");                        // shown to her
  office.Reveal("sam", "news");                        // not to her
  office.Refused(4, "mia", {"secret", "reveal", "unknown", "password"});
  const Json cut = Start("omar");
  EXPECT_THAT(Each(cut["tasks"], "secret"),
              UnorderedElementsAre("accounts/news/secrets/pin", "accounts/mail/secrets/password"));
  for (const Json& task : cut["tasks"]) EXPECT_EQ(task["state"], "TASK_STATE_OPEN");
  const Json error = office.Error(7, "omar", {"handover", "close", "1"});
  EXPECT_EQ(error["status"], "FAILED_PRECONDITION");
  EXPECT_EQ(error["details"][0]["reason"], "TASKS_OPEN");
  EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("accounts/news/secrets/pin"));
  EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("accounts/mail/secrets/password"));
}

TEST_F(Handover, RotationAndAttestationByTheLeaverEndNothing) {
  office.Reveal("mia", "news");
  office.Put("mia", "news", "fixture-news-2");
  Attest("mia", "news", "1");
  Start("omar");
  const Json task = Tasks()[0];
  EXPECT_EQ(task["state"], "TASK_STATE_OPEN");
  EXPECT_EQ(task["unattestedVersions"], Json({"1", "2"}));
  EXPECT_EQ(task["replaced"], false);
  office.Refused(7, "omar", {"handover", "close", "1"});

  office.Put("sam", "news", "fixture-news-3");
  Attest("sam", "news", "2");
  EXPECT_EQ(Tasks()[0]["replaced"], true);
  EXPECT_EQ(Tasks()[0]["state"], "TASK_STATE_OPEN");  // who says that version 1 is dead? only the leaver
  office.Refused(7, "omar", {"handover", "close", "1"});
  Attest("sam", "news", "1");  // so somebody else says it too
  office.Ok("omar", {"handover", "close", "1"});
}

TEST_F(Handover, ClosesWhenEachSeenVersionIsReplacedAndAttested) {
  office.Reveal("mia", "news");
  Start("omar");
  EXPECT_THAT(office.Refused(7, "sam", {"secret", "attest", "news", "password", "--evidence", "x"}),
              HasSubstr("--current"));
  office.Ok("sam", {"secret", "attest", "news", "password", "--current", "--evidence", "reset by the platform"});
  EXPECT_THAT(Each(office.Get("omar", {"findings", "list"})["findings"], "rule"), Contains("secret.dead"));
  EXPECT_THAT(office.Refused(7, "omar", {"handover", "close", "1"}),
              HasSubstr("accounts/news/secrets/password"));
  EXPECT_EQ(office.Get("omar", {"handover", "tasks", "1", "--open"})["tasks"].size(), 1U);
  office.Put("sam", "news", "fixture-news-2");
  EXPECT_EQ(Tasks()[0]["state"], "TASK_STATE_DONE");
  EXPECT_THAT(office.Get("omar", {"handover", "tasks", "1", "--open"})["tasks"], IsEmpty());
  office.Refused(4, "sam", {"handover", "close", "1"});

  const Json closed = office.Get("omar", {"handover", "close", "1"});
  EXPECT_EQ(closed["state"], "HANDOVER_STATE_CLOSED");
  EXPECT_EQ(office.Get("omar", {"holder", "show", "mia"})["status"], "HOLDER_STATUS_LEFT");
  EXPECT_THAT(office.Refused(7, "omar", {"handover", "close", "1"}), HasSubstr("closed already"));
  office.Refused(6, "omar", {"handover", "close", "2"});
  office.Refused(3, "mia", {"status"});
  EXPECT_THAT(office.Get("omar", {"exposure", "list", "--holder", "mia", "--live"})["exposures"], IsEmpty());
  EXPECT_EQ(office.Get("omar", {"handover", "list"})["handovers"][0]["leaver"], "holders/mia");
  office.Refused(7, "omar", {"holder", "add", "mia", "--role", "member"});  // the name is never used again
}

TEST_F(Handover, ByOffboardingWithAnUnvettedSuccessorWaitsForSecurity) {
  office.AddHolder("hr", "offboarding", "omar");
  office.Reveal("mia", "shop");
  const Json plan = Plan("hr", {"--successor", "sam"});
  EXPECT_EQ(plan["approvalRequired"], true);
  EXPECT_EQ(Each(plan["tasks"], "secret"), std::vector<std::string>{"accounts/shop/secrets/password"});
  const Json waiting = Start("hr", {"--successor", "sam"});
  EXPECT_EQ(waiting["state"], "HANDOVER_STATE_FROZEN");
  EXPECT_EQ(waiting["approvalRequired"], true);
  EXPECT_EQ(OwnerOf("shop"), "holders/mia");
  office.Refused(4, "mia", {"secret", "reveal", "shop", "password"});  // frozen all the same

  office.Refused(7, "hr", {"handover", "close", "1"});
  office.Refused(4, "hr", {"handover", "approve", "1"});
  office.Refused(4, "sam", {"handover", "approve", "1"});
  const Json asked = office.Get("omar", {"handover", "show", "1"});  // who approves sees what
  EXPECT_EQ(asked["accounts"], plan["accounts"]);
  EXPECT_EQ(asked["tasks"], plan["tasks"]);
  const Json cut = office.Get("omar", {"handover", "approve", "1", "--reason", "sam is fine"});
  EXPECT_EQ(cut["accounts"], plan["accounts"]);
  EXPECT_EQ(cut["state"], "HANDOVER_STATE_CUT");
  EXPECT_EQ(cut["starter"], "holders/hr");
  EXPECT_EQ(cut["approver"], "holders/omar");
  EXPECT_EQ(OwnerOf("shop"), "holders/sam");
  ASSERT_EQ(Tasks().size(), 1U);
  EXPECT_THAT(office.Refused(7, "alice", {"handover", "approve", "1"}), HasSubstr("cut already"));
  EXPECT_THAT(office.Refused(7, "hr", {"handover", "approve", "1"}), HasSubstr("cut already"));
  office.Refused(4, "sam", {"handover", "approve", "1"});  // may not read it either
}

TEST_F(Handover, ByOffboardingWithABackupOwnerGoesThrough) {
  office.AddHolder("hr", "offboarding", "omar");
  office.Ok("mia", {"account", "update", "shop", "--backup", "sam"});
  EXPECT_EQ(Start("hr", {"--successor", "sam"})["state"], "HANDOVER_STATE_CUT");
  EXPECT_EQ(OwnerOf("shop"), "holders/sam");
}

TEST_F(Handover, OfSecurityHoldersLeavesOneAndVoidsWhatTheyHandedOut) {
  office.Ok("alice", {"holder", "add", "eve", "--role", "member"});
  const std::string string = office.NewString("eve", "omar");
  office.AddHolder("ivy", "member", /*confirmer=*/"",
                   /*by=*/"omar");  // enrolled with omar's string, not confirmed
  office.Ok("alice", {"handover", "start", "--yes", "--leaver", "omar"});
  EXPECT_THAT(office.Refused(3, "eve", {"enroll"}, string),
              HasSubstr("ask for a new one"));
  EXPECT_THAT(office.Refused(3, "ivy", {"status"}), HasSubstr("revoked"));
  office.Ok("mia", {"status"});

  office.AddHolder("hr", "offboarding", "mia");
  EXPECT_THAT(office.Refused(7, "hr", {"handover", "start", "--yes", "--leaver", "alice", "--successor", "sam"}),
              HasSubstr("last active security holder"));
  EXPECT_THAT(office.State(), Not(HasSubstr("\"leaver\":\"holders/alice\"")));
  EXPECT_EQ(OwnerOf("mail"), "holders/alice");
}

}  // namespace
}  // namespace holdfast::testing
