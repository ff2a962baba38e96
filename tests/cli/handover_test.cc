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
    Args args{"handover", verb, "mia", "--yes"};
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
  EXPECT_THAT(office.Refused(7, "alice", {"handover", "start", "--yes", "mia"}),
              HasSubstr("mia's handover 1 is open: holdfast handover show 1"));
  EXPECT_EQ(office.Events({"--handover", "1", "--type", "handover.*"}).size(),
            5U);  // start, cut, two moved, one ended
}

TEST_F(Handover, NamedSuccessorsTakeEverything) {
  const Json cut = Start("omar", {"--to", "sam"});
  for (const std::string account : {"news", "shop"}) {
    EXPECT_EQ(Account(cut, account)["successor"], "holders/sam");
    EXPECT_EQ(Account(cut, account)["choice"], "SUCCESSOR_CHOICE_NAMED");
    EXPECT_EQ(OwnerOf(account), "holders/sam");
  }
}

TEST_F(Handover, AMapSaysWhoTakesOverWhichAccount) {
  office.AddMember("ivy");
  const std::string map = office.dir() / "map.csv";
  WriteFile(map, "account,successor\nshop,ivy\n");
  const Json plan = Plan("omar", {"--map", map});
  EXPECT_EQ(Account(plan, "shop")["choice"], "SUCCESSOR_CHOICE_MAP");
  EXPECT_EQ(Account(plan, "news")["successor"], "holders/sam");  // its backup owner, as without a map
  const Json cut = Start("omar", {"--map", map, "--to", "alice"});
  EXPECT_EQ(Account(cut, "news")["choice"], "SUCCESSOR_CHOICE_NAMED");
  EXPECT_EQ(OwnerOf("shop"), "holders/ivy");
  EXPECT_EQ(OwnerOf("news"), "holders/alice");
}

TEST_F(Handover, AMapThatIsWrongChangesNothingAndNamesLineAndField) {
  const std::string map = office.dir() / "map.csv";
  const std::string before = office.State();
  const auto refused = [&](const std::string& text) {
    WriteFile(map, text);
    std::string line = office.Refused(2, "omar", {"handover", "start", "mia", "--yes", "--map", map});
    const std::string prefix = "--map: " + map + " line ";
    EXPECT_THAT(line, ::testing::StartsWith(prefix));
    return line.substr(std::min(prefix.size(), line.size()));
  };
  EXPECT_EQ(refused("account,successor\nshop,sam\nmail,sam\n"), "3: account: account mail is not owned by mia\n");
  EXPECT_EQ(refused("shop,sam\nnone,sam\n"), "2: account: there is no account none\n");
  EXPECT_EQ(refused("shop,nobody\n"), "1: successor: there is no holder nobody\n");
  EXPECT_EQ(refused("shop,mia\n"), "1: successor: is the leaver\n");
  EXPECT_EQ(refused("shop,sam\nshop,omar\n"), "2: account: shop stands in line 1 already, for sam\n");
  EXPECT_EQ(refused("shop;sam\n"), "1: row: must have two fields: account,successor\n");
  EXPECT_THAT(office.Refused(2, "omar", {"handover", "plan", "mia", "--map", map + "-none"}), HasSubstr("--map"));
  EXPECT_EQ(office.State(), before);
}

TEST_F(Handover, SuccessorsSeeTheirOwnTasksAndWhatIsOverdue) {
  office.Reveal("mia", "news");
  office.Reveal("mia", "mail");
  Start("omar");
  office.Refused(4, "sam", {"handover", "tasks", "1"});
  const Json mine = office.Get("sam", {"handover", "tasks", "--mine"})["tasks"];
  EXPECT_EQ(Each(mine, "secret"), std::vector<std::string>{"accounts/news/secrets/password"});
  EXPECT_EQ(mine[0]["assignee"], "holders/sam");
  EXPECT_EQ(Each(office.Get("omar", {"handover", "tasks", "1", "--mine"})["tasks"], "account"),
            std::vector<std::string>{"accounts/mail"});
  EXPECT_THAT(office.Ok("sam", {"status"}), HasSubstr("1 task of handovers: holdfast handover tasks --mine"));
  EXPECT_THAT(office.Refused(2, "sam", {"handover", "tasks"}), HasSubstr("--mine"));
  EXPECT_THAT(Each(office.Get("sam", {"findings", "list"})["findings"], "rule"), Not(Contains("handover.task-overdue")));
  office.LetDaysPass(8);
  EXPECT_THAT(office.Ok("sam", {"findings", "list"}), HasSubstr("task 1/2 of mia's handover was due"));
  office.Put("sam", "news", "fixture-news-2");
  Attest("sam", "news", "1");
  EXPECT_THAT(office.Ok("sam", {"handover", "tasks", "--mine"}), HasSubstr("no open tasks"));
  EXPECT_THAT(Each(office.Get("sam", {"findings", "list"})["findings"], "rule"), Not(Contains("handover.task-overdue")));
}

TEST_F(Handover, ListsTheCasesOfAPersonAndThoseInAState) {
  Start("omar");
  office.Ok("omar", {"handover", "start", "sam", "--yes"});
  office.Ok("omar", {"handover", "close", "2"});
  const auto cases = [&](const Args& more) {
    Args args{"handover", "list"};
    args.insert(args.end(), more.begin(), more.end());
    return Each(office.Get("omar", args)["handovers"], "name");
  };
  EXPECT_EQ(cases({"--leaver", "mia"}), std::vector<std::string>{"handovers/1"});
  EXPECT_EQ(cases({"--state", "closed"}), std::vector<std::string>{"handovers/2"});
  EXPECT_EQ(cases({"--leaver", "mia", "--state", "closed"}), std::vector<std::string>{});
  EXPECT_EQ(cases({}).size(), 2U);
  EXPECT_THAT(office.Refused(2, "omar", {"handover", "list", "--leaver", "nobody"}), HasSubstr("--leaver"));
  EXPECT_THAT(office.Refused(2, "omar", {"handover", "list", "--state", "open"}), HasSubstr("--state"));
}

TEST_F(Handover, RefusesSuccessorsWhoCannotBe) {
  office.AddHolder("ada", "auditor", "omar");
  office.Ok("omar", {"holder", "suspend", "sam"});
  const std::string before = office.State();
  const auto refused = [&](int code, const std::string& successor) {
    return office.Refused(code, "omar", {"handover", "start", "--yes", "mia", "--to", successor});
  };
  EXPECT_THAT(refused(2, "mia"), HasSubstr("--to: is the leaver"));
  EXPECT_THAT(refused(2, "ada"), HasSubstr("auditor"));
  EXPECT_THAT(refused(2, "sam"), HasSubstr("sam is suspended"));
  EXPECT_THAT(refused(2, "nobody"), HasSubstr("there is no holder nobody"));
  office.Refused(6, "omar", {"handover", "start", "--yes", "nobody"});
  office.Refused(4, "sam", {"handover", "start", "--yes", "mia"});
  office.Refused(4, "mia", {"handover", "start", "--yes", "sam"});
  office.Refused(4, "omar", {"handover", "start", "--yes", "omar"});
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
  const Json plan = Plan("hr", {"--to", "sam"});
  EXPECT_EQ(plan["approvalRequired"], true);
  EXPECT_EQ(Each(plan["tasks"], "secret"), std::vector<std::string>{"accounts/shop/secrets/password"});
  const Json waiting = Start("hr", {"--to", "sam"});
  EXPECT_EQ(waiting["state"], "HANDOVER_STATE_FROZEN");
  EXPECT_EQ(waiting["approvalRequired"], true);
  EXPECT_EQ(OwnerOf("shop"), "holders/mia");
  office.Refused(4, "mia", {"secret", "reveal", "shop", "password"});  // frozen all the same

  office.Refused(7, "hr", {"handover", "close", "1"});
  const Args yes{"approval", "approve", "1", "--confirm", "mia", "--reason", "sam is fine"};
  office.Refused(4, "hr", yes);
  office.Refused(6, "sam", yes);
  EXPECT_THAT(office.Get("sam", {"approval", "list", "--for-me"})["approvals"], IsEmpty());
  const Json waits = office.Get("omar", {"approval", "list", "--for-me"})["approvals"][0];
  EXPECT_EQ(waits["handover"], "handovers/1");
  EXPECT_EQ(waits["subject"], "holders/mia");
  EXPECT_EQ(waits["details"], "leaver: mia; accounts that move: 2 of tier 2; to: sam 2; cannot be undone: mia's access "
                              "and devices end");
  EXPECT_EQ(waiting["approvers"], "alice or omar");
  EXPECT_THAT(office.Ok("omar", {"status"}), HasSubstr("1 approval: holdfast approval list --for-me"));
  EXPECT_THAT(office.Ok("omar", {"findings", "list"}), HasSubstr("waits for a yes by alice or omar"));
  EXPECT_THAT(office.Refused(2, "omar", {"approval", "approve", "1"}), HasSubstr("--confirm mia"));
  EXPECT_THAT(office.Refused(2, "omar", {"approval", "approve", "1", "--confirm", "sam"}),
              HasSubstr("--confirm: must be mia"));
  const Json asked = office.Get("omar", {"handover", "show", "1"});  // who approves sees what
  EXPECT_EQ(asked["accounts"], plan["accounts"]);
  EXPECT_EQ(Each(asked["tasks"], "secret"), Each(plan["tasks"], "secret"));
  EXPECT_EQ(asked["tasks"][0]["name"], "handovers/1/tasks/1");
  const Json approved = office.Get("omar", yes);
  EXPECT_EQ(approved["state"], "APPROVAL_STATE_USED");
  EXPECT_EQ(approved["blocked"], "");
  const Json cut = office.Get("hr", {"handover", "show", "1"});
  EXPECT_EQ(cut["accounts"], plan["accounts"]);
  EXPECT_EQ(cut["state"], "HANDOVER_STATE_CUT");
  EXPECT_EQ(cut["starter"], "holders/hr");
  EXPECT_EQ(cut["approver"], "holders/omar");
  EXPECT_EQ(OwnerOf("shop"), "holders/sam");
  ASSERT_EQ(Tasks().size(), 1U);
  EXPECT_EQ(cut["approval"], "approvals/1");
  EXPECT_THAT(office.Refused(7, "alice", yes), HasSubstr("approval 1 is used"));
  EXPECT_THAT(office.Refused(7, "hr", {"handover", "cut", "1"}), HasSubstr("does not wait for its cut: it is cut already"));
  const Json event = office.Events({"--type", "handover.cut"})[0];
  EXPECT_EQ(event["actor"], "holders/omar");
  EXPECT_NE(event["approval"], "0");
}

TEST_F(Handover, ACutThatIsBlockedKeepsItsYesAndIsRepeated) {
  office.AddHolder("hr", "offboarding", "omar");
  office.AddMember("ivy");
  Start("hr", {"--to", "ivy"});
  office.Ok("omar", {"holder", "suspend", "ivy"});
  const Json kept = office.Get("omar", {"approval", "approve", "1", "--confirm", "mia"});
  EXPECT_EQ(kept["state"], "APPROVAL_STATE_APPROVED");
  EXPECT_THAT(kept["blocked"].get<std::string>(), HasSubstr("ivy cannot take over: ivy is suspended"));
  EXPECT_THAT(office.Refused(7, "hr", {"handover", "cut", "1"}), HasSubstr("ivy is suspended"));
  office.Ok("omar", {"holder", "resume", "ivy"});
  EXPECT_EQ(office.Get("hr", {"handover", "cut", "1"})["state"], "HANDOVER_STATE_CUT");
  EXPECT_EQ(OwnerOf("shop"), "holders/ivy");
}

TEST_F(Handover, AnotherPlanIsApprovedAnew) {
  office.AddHolder("hr", "offboarding", "omar");
  office.AddMember("ivy");
  Start("hr", {"--to", "ivy"});
  EXPECT_THAT(office.Refused(5, "hr", {"handover", "cut", "1"}),
              HasSubstr("waits for a yes by alice or omar: holdfast approval approve 1"));
  EXPECT_THAT(office.Refused(2, "hr", {"handover", "change", "1"}), HasSubstr("--to: names nobody"));
  office.Refused(4, "sam", {"handover", "change", "1", "--to", "sam"});
  const Json changed = office.Get("hr", {"handover", "change", "1", "--to", "sam"});
  EXPECT_EQ(changed["state"], "HANDOVER_STATE_FROZEN");
  EXPECT_EQ(changed["approval"], "approvals/2");
  EXPECT_THAT(office.Refused(7, "omar", {"approval", "approve", "1", "--confirm", "mia"}), HasSubstr("is withdrawn"));
  EXPECT_THAT(office.Refused(7, "hr", {"approval", "withdraw", "2"}), HasSubstr("holdfast handover cancel 1"));
  EXPECT_THAT(office.Ok("omar", {"approval", "approve", "2", "--confirm", "mia"}), HasSubstr("used"));
  EXPECT_EQ(OwnerOf("shop"), "holders/sam");
}

TEST_F(Handover, IsRefusedWhereNobodyCouldApproveIt) {
  office.AddHolder("hr", "offboarding", "omar");
  office.Ok("alice", {"holder", "suspend", "omar"});
  const std::string before = office.State();
  EXPECT_THAT(office.Refused(7, "hr", {"handover", "start", "mia", "--to", "alice", "--yes"}),
              HasSubstr("nobody could approve this cut: it needs 1 of security"));
  EXPECT_EQ(office.State(), before);
}

TEST_F(Handover, ByOffboardingWithABackupOwnerGoesThrough) {
  office.AddHolder("hr", "offboarding", "omar");
  office.Ok("mia", {"account", "update", "shop", "--backup", "sam"});
  EXPECT_EQ(Start("hr", {"--to", "sam"})["state"], "HANDOVER_STATE_CUT");
  EXPECT_EQ(OwnerOf("shop"), "holders/sam");
}

TEST_F(Handover, OfSecurityHoldersLeavesOneAndVoidsWhatTheyHandedOut) {
  office.Ok("alice", {"holder", "add", "eve", "--role", "member"});
  const std::string string = office.NewString("eve", "omar");
  office.AddHolder("ivy", "member", /*confirmer=*/"",
                   /*by=*/"omar");  // enrolled with omar's string, not confirmed
  office.Ok("alice", {"handover", "start", "--yes", "omar"});
  EXPECT_THAT(office.Refused(3, "eve", {"enroll"}, string),
              HasSubstr("ask for a new one"));
  EXPECT_THAT(office.Refused(3, "ivy", {"status"}), HasSubstr("revoked"));
  office.Ok("mia", {"status"});

  office.AddHolder("hr", "offboarding", "mia");
  EXPECT_THAT(office.Refused(7, "hr", {"handover", "start", "--yes", "alice", "--to", "sam"}),
              HasSubstr("last active security holder"));
  EXPECT_THAT(office.State(), Not(HasSubstr("\"leaver\":\"holders/alice\"")));
  EXPECT_EQ(OwnerOf("mail"), "holders/alice");
}

}  // namespace
}  // namespace holdfast::testing
