// Whoever is leaving, or has left, is given nothing more, under any name and by any command.
#include <fmt/format.h>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

// mia leaves. She has a second identity, answers for a workflow, and owns an account.
class LeaverGains : public ::testing::Test {
 protected:
  LeaverGains() {
    office.AddOmar();
    office.AddMember("sam");
    office.AddMember("mia");
    office.Ok("alice", {"holder", "add", "mia-too", "--role", "member", "--person", "mia"});
    office.Ok("alice", {"holder", "add", "bot", "--role", "member", "--kind", "workflow", "--person", "mia"});
    office.Ok("alice", {"holder", "add", "tool", "--role", "member", "--kind", "workflow", "--person", "sam"});
    office.AddAccount("news", "mia");
    office.AddAccount("mail", "omar");
    office.Put("omar", "mail", "fixture-mail-1");
    fingerprint_ = office.Fingerprint("mia");
  }

  // Each command that gives `holder` something is refused with the words.
  void ExpectNothingForOne(const std::string& holder, const std::string& words) const {
    const Args commands[] = {
        {"access", "grant", "--account", "mail", "--holder", holder, "--reason", "x"},
        {"account", "update", "mail", "--owner", holder, "--reason", "x"},
        {"account", "update", "mail", "--backup", holder, "--reason", "x"},
        {"account", "add", "new", "--platform", "x", "--owner", holder, "--reason", "x"},
        {"account", "add", "new", "--platform", "x", "--owner", "sam", "--backup", holder, "--reason", "x"},
        {"handover", "plan", "sam", "--to", holder, "--reason", "x"},
        {"vault", "custodian", holder, "--reason", "x"},
        {"holder", "update", holder, "--role", "member", "--role", "security", "--reason", "x"},
        {"holder", "update", holder, "--qualification", "trained", "--reason", "x"},
        {"holder", "confirm", holder, "--fingerprint", fingerprint_},
        {"holder", "enroll", holder},
        {"holder", "resume", holder},
    };
    for (const Args& command : commands) ExpectRefused(command, words);
  }
  void ExpectRefused(const Args& command, const std::string& words) const {
    const Outcome refused = office.Cli("omar", command);
    EXPECT_THAT(refused.exit_code, AnyOf(2, 7)) << command[0] << " " << command[1] << ": " << refused.out;
    EXPECT_THAT(refused.err, HasSubstr(words)) << command[0] << " " << command[1];
  }
  void ExpectNothing(const std::string& words) const {
    const std::string before = office.State();
    for (const char* name : {"mia", "mia-too", "bot"}) ExpectNothingForOne(name, words);
    EXPECT_EQ(office.State(), before);
  }

  Office office;
  std::string fingerprint_;
};

TEST_F(LeaverGains, NothingFromTheFreezeOnUnderAnyName) {
  office.AddHolder("hr", "offboarding", "omar");
  office.Ok("hr", {"handover", "start", "--yes", "mia", "--to", "sam", "--reason", "x"});
  ASSERT_EQ(office.Get("omar", {"handover", "show", "1"})["state"], "HANDOVER_STATE_FROZEN");
  const std::string words = "holder mia is leaving (handover 1)";
  ExpectNothing(words);
  ExpectRefused({"holder", "add", "mia-3", "--role", "member", "--person", "mia"}, words);
  ExpectRefused({"holder", "update", "tool", "--person", "mia", "--reason", "x"}, words);
  // To say what they know, or to take something from them, gives them nothing.
  office.Ok("omar", {"exposure", "add", "mail", "password", "--holder", "mia", "--reason", "told on the phone"});
  office.Ok("omar", {"holder", "update", "bot", "--person", "sam", "--reason", "x"});
  office.Ok("omar", {"holder", "resume", "bot"});
}

TEST_F(LeaverGains, NothingBetweenTheCutAndForeverAfter) {
  office.Ok("omar", {"handover", "start", "--yes", "mia", "--reason", "x"});
  ASSERT_EQ(office.Get("omar", {"handover", "show", "1"})["state"], "HANDOVER_STATE_CUT");
  ExpectNothing("holder mia is leaving (handover 1)");
  office.Ok("omar", {"handover", "close", "1"});
  for (const char* name : {"mia", "mia-too"}) ExpectNothingForOne(name, fmt::format("holder {} has left", name));
  ExpectNothingForOne("bot", "has left, who answers for bot");
  ExpectRefused({"holder", "update", "tool", "--person", "mia", "--reason", "x"}, "nobody who is active");
}

}  // namespace
}  // namespace holdfast::testing
