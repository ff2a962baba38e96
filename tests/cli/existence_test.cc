// Whoever may not see an account cannot tell it from none, whatever they ask; lists show each row to whom it may
// be shown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// $A is the account.
const std::vector<Args> kQuestions = {
    {"account", "show", "$A"},
    {"account", "update", "$A", "--handle", "x"},
    {"account", "update", "$A", "--owner", "mia"},
    {"account", "review", "$A"},
    {"account", "archive", "$A", "--yes"},
    {"account", "link", "$A", "--recovery-phone", "+44 1"},
    {"account", "unlink", "$A", "--recovery-phone", "+44 1", "--reason", "x"},
    {"access", "list", "--account", "$A"},
    {"access", "list", "--account", "$A", "--holder", "mia"},
    {"access", "grant", "--account", "$A", "--holder", "mia"},
    {"access", "revoke", "--account", "$A", "--holder", "mia", "--yes"},
    {"exposure", "list", "--account", "$A"},
    {"exposure", "list", "--account", "$A", "--holder", "mia"},
    {"secret", "list", "$A"},
    {"secret", "versions", "$A", "password"},
    {"secret", "reveal", "$A", "password"},
    {"secret", "reveal", "$A", "nosuch"},
    {"secret", "code", "$A", "password"},
    {"secret", "destroy", "$A", "password", "1", "--yes"},
    {"break-glass", "request", "$A", "nosuch", "--reason", "x"},
    {"findings", "list", "--account", "$A"},
    {"policy", "explain", "--holder", "mia", "--action", "secret.reveal", "--account", "$A"},
    {"policy", "explain", "--holder", "mia", "--action", "secret.reveal", "--account", "$A", "--secret", "nosuch"},
};

Args About(const std::string& account, Args args) {
  for (std::string& arg : args) {
    if (arg == "$A") arg = account;
  }
  return args;
}

std::string Blurred(std::string text, const std::string& account) {
  for (std::size_t at = text.find(account); at != text.npos; at = text.find(account))
    text.replace(at, account.size(), "$A");
  return text;
}

TEST(Existence, AnUnseenAccountIsAnsweredAsNone) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddHolder("una", "member", /*confirmer=*/"");  // her device is not confirmed
  office.AddAccount("hidden", "alice", {"--tier", "1", "--backup", "omar"});
  office.Put("alice", "hidden", "fixture-1");
  for (const char* asker : {"mia", "una"}) {
    for (const Args& question : kQuestions) {
      const Outcome there = office.Cli(asker, About("hidden", question));
      const Outcome nowhere = office.Cli(asker, About("nowhere", question));
      const std::string what = asker + (": " + question[0]) + " " + question[1];
      EXPECT_NE(there.exit_code, 0) << what;
      EXPECT_EQ(there.exit_code, nowhere.exit_code) << what << ": " << there.err << nowhere.err;
      EXPECT_EQ(Blurred(there.err, "hidden"), Blurred(nowhere.err, "nowhere")) << what;
      EXPECT_EQ(there.out, nowhere.out) << what;
    }
  }
  // Each question is on record, with what it was about.
  EXPECT_EQ(office.Events({"--actor", "mia", "--account", "hidden", "--outcome", "denied"}).size(),
            kQuestions.size());
}

TEST(Existence, AnUnseenCaseOrRequestIsAnsweredAsNone) {
  Office office;
  office.AddOmar();
  for (const char* member : {"mia", "ben", "leo"}) office.AddMember(member);
  office.AddAccount("hidden", "alice", {"--backup", "omar"});
  office.Put("alice", "hidden", "fixture-1");
  office.Ok("alice", {"access", "grant", "--account", "hidden", "--holder", "ben"});
  office.Ok("ben", {"break-glass", "request", "hidden", "password", "--reason", "x", "--ticket", "T-1"});
  office.Ok("omar", {"handover", "start", "leo", "--reason", "x", "--yes"});
  const Args questions[] = {
      {"break-glass", "show", "$N"},   {"break-glass", "veto", "$N", "--reason", "x"},
      {"break-glass", "reveal", "$N"}, {"break-glass", "review", "$N", "--reason", "x"},
      {"handover", "show", "$N"},      {"handover", "tasks", "$N"},
      {"handover", "cut", "$N"},       {"handover", "close", "$N"},
      {"handover", "cancel", "$N", "--reason", "x"},
      {"handover", "change", "$N", "--to", "leo"},
  };
  for (Args question : questions) {
    const std::string name = question[0] + " " + question[1];
    question[2] = "1";
    const std::string told = office.Refused(4, "mia", question);
    question[2] = "99";
    EXPECT_EQ(told, office.Refused(4, "mia", question)) << name;
  }
}

// Breaking the glass tells that there is an account, to everybody and on record, so often and no more.
TEST(Existence, WhoHasAskedTooOftenLearnsOfNoOtherAccount) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddAccount("decoy", "alice");
  office.AddAccount("hidden", "alice");
  office.Put("alice", "hidden", "fixture-1");
  const auto ask = [](const std::string& account, const std::string& secret) {
    return Args{"break-glass", "request", account, secret, "--reason", "nobody answers"};
  };
  for (int i = 0; i < 10; ++i) {
    const std::string secret = "s" + std::to_string(i);
    office.Put("alice", "decoy", "fixture-" + secret, secret);
    office.Ok("mia", ask("decoy", secret));
  }
  const Outcome there = office.Cli("mia", ask("hidden", "password"));
  const Outcome nowhere = office.Cli("mia", ask("nowhere", "password"));
  EXPECT_EQ(there.exit_code, 7);
  EXPECT_EQ(there.exit_code, nowhere.exit_code) << nowhere.err;
  EXPECT_EQ(there.err, nowhere.err);
}

TEST(Existence, ListsShowEachRowToWhomItMayBeShown) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  office.AddAccount("hers", "mia", {"--tier", "3"});
  office.AddAccount("other", "alice", {"--tier", "3"});
  office.Put("mia", "hers", "fixture-1");
  office.Put("alice", "other", "fixture-2");
  office.Ok("mia", {"access", "grant", "--account", "hers", "--holder", "sam"});
  office.Reveal("sam", "hers");

  EXPECT_THAT(Each(office.Get("mia", {"account", "list"})["accounts"], "name"), ElementsAre("accounts/hers"));
  EXPECT_THAT(Each(office.Get("mia", {"access", "list"})["grants"], "holder"),
              UnorderedElementsAre("holders/mia", "holders/sam"));
  EXPECT_THAT(Each(office.Get("mia", {"exposure", "list"})["exposures"], "holder"),
              UnorderedElementsAre("holders/mia", "holders/sam"));  // as the owner of hers
  EXPECT_THAT(Each(office.Get("sam", {"exposure", "list"})["exposures"], "holder"), ElementsAre("holders/sam"));
  // Of somebody else, what stands about an account that one has.
  EXPECT_THAT(Each(office.Get("mia", {"access", "list", "--holder", "sam"})["grants"], "account"),
              ElementsAre("accounts/hers"));
  office.Refused(4, "mia", {"access", "list", "--holder", "alice"});
  office.Refused(4, "sam", {"exposure", "list", "--holder", "alice"});
  EXPECT_THAT(office.Get("sam", {"exposure", "list", "--holder", "sam", "--account", "hers"})["exposures"],
              ::testing::SizeIs(1));
  EXPECT_THAT(office.Get("omar", {"exposure", "list", "--holder", "omar"})["exposures"], IsEmpty());
}

TEST(Existence, AnApprovalIsShownToWhoIsAskedAndToNobodyElse) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  office.AddAccount("top", "mia", {"--tier", "1", "--backup", "omar"});
  office.Put("mia", "top", "fixture-1");
  office.Refused(5, "mia", {"secret", "reveal", "top", "password", "--reason", "x"});
  for (const Args& args :
       std::vector<Args>{{"approval", "show"}, {"approval", "approve"}, {"approval", "reject", "--reason", "no"}}) {
    Args there = args;
    Args nowhere = args;
    there.insert(there.begin() + 2, "1");
    nowhere.insert(nowhere.begin() + 2, "99");
    const Outcome one = office.Cli("sam", there);
    const Outcome none = office.Cli("sam", nowhere);
    EXPECT_EQ(one.exit_code, none.exit_code) << one.err << none.err;
    EXPECT_EQ(Blurred(one.err, "1"), Blurred(none.err, "99"));
  }
  EXPECT_EQ(office.Get("omar", {"approval", "show", "1"})["action"], "secret.reveal");
}

TEST(Existence, ACaseAndABrokenGlassAreShownToWhoMaySeeThemAndToNobodyElse) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  office.AddAccount("hers", "mia", {"--tier", "3"});
  office.Put("mia", "hers", "fixture-1");
  office.Ok("omar", {"break-glass", "request", "hers", "password", "--reason", "she is away"});
  office.Ok("omar", {"handover", "start", "--yes", "mia", "--reason", "leaves"});
  const std::string task = office.Get("omar", {"handover", "tasks", "1"})["tasks"][0]["name"];
  const std::string number = task.substr(task.rfind('/') + 1);
  for (const Args& question : std::vector<Args>{{"handover", "show", "$A"},
                                                {"handover", "tasks", "$A"},
                                                {"handover", "cut", "$A"},
                                                {"handover", "cancel", "$A", "--reason", "x"},
                                                {"handover", "close", "$A"},
                                                {"handover", "done", "$A/" + number, "--as", "closed", "--evidence", "x"},
                                                {"break-glass", "show", "$A"},
                                                {"break-glass", "veto", "$A", "--reason", "no"},
                                                {"break-glass", "reveal", "$A"},
                                                {"break-glass", "review", "$A", "--reason", "fine"}}) {
    Args there = question;
    Args nowhere = question;
    there[2].replace(0, 2, "1");
    nowhere[2].replace(0, 2, "99");
    const std::string what = question[0] + " " + question[1];
    const Outcome one = office.Cli("sam", there);
    const Outcome none = office.Cli("sam", nowhere);
    EXPECT_NE(one.exit_code, 0) << what;
    EXPECT_EQ(one.exit_code, none.exit_code) << what << ": " << one.err << none.err;
    EXPECT_EQ(Blurred(one.err, "1"), Blurred(none.err, "99")) << what;
    EXPECT_EQ(office.Cli("omar", nowhere).exit_code, 6) << what;
  }
}

TEST(Existence, AClockSetBackRevivesNothingThatHasEnded) {
  Office office;
  office.AddOmar();
  office.AddMember("sam");
  office.AddAccount("usual", "alice", {"--tier", "3"});
  office.Ok("alice", {"access", "grant", "--account", "usual", "--holder", "sam", "--expires", "8h"});
  office.RestartAhead(9 * 3600);
  office.Ok("alice", {"account", "review", "usual"});
  office.RestartAhead(60);
  EXPECT_THAT(Each(office.Get("alice", {"access", "list"})["grants"], "holder"), ElementsAre("holders/alice"));
  EXPECT_THAT(office.Get("sam", {"account", "list"})["accounts"], IsEmpty());
}

TEST(Existence, APlanOfAHandoverIsOnRecord) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.Ok("omar", {"handover", "plan", "mia"});
  const Json events = office.Events({"--type", "call.rehearsed"});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0]["actor"], "holders/omar");
  EXPECT_EQ(Where(events[0]["texts"], "field", "about")["text"], "leaver: holders/mia");
}

}  // namespace
}  // namespace holdfast::testing
