// Break-glass, as people meet it: asking is loud and takes time that no clock shortens, one no ends it, one
// look is all there is, and it is not over before others have rotated and reviewed.
#include <csignal>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kHour = 3600;  // seconds
const Args kRequest{"break-glass",        "request",  "press", "password", "--reason",
                    "mia is unreachable", "--ticket", "HD-7"};

// Account "press" of tier 2, where the wait is two hours: mia owns it; ben has nothing to do with it; ada
// audits.
class PressOffice : public Office {
 public:
  PressOffice() {
    AddOmar();
    AddMember("mia");
    AddMember("ben");
    AddHolder("ada", "auditor", "omar");
    AddAccount("press", "mia");
    Put("mia", "press", "fixture-1");
  }

  Json Show(const std::string& reader, const std::string& id = "1") const {
    return Get(reader, {"break-glass", "show", id});
  }
  std::string StateOf(const std::string& id = "1") const {
    return Show("ben", id).value("state", "").substr(sizeof("BREAK_GLASS_STATE"));
  }
  // Seconds of the wait that are left.
  int Left() const { return std::stoi(Show("ben").value("waitLeft", "0")); }
  std::vector<std::string> Findings() const {
    std::vector<std::string> rules;
    const Json all = Get("alice", {"findings", "list", "--severity", "critical"});
    for (const Json& finding : all["findings"])
      if (finding.value("rule", "").starts_with("break-glass.")) rules.push_back(finding["rule"]);
    return rules;
  }
  int ToVeto(const std::string& holder) const { return Get(holder, {"status"})["breakGlassToVeto"]; }
};

TEST(BreakGlass, IsAskedForLoudlyWaitsShowsOnceAndIsRotatedAndReviewedByOthers) {
  PressOffice office;
  office.Refused(4, "ben", {"secret", "reveal", "press", "password", "--reason", "x"});
  EXPECT_THAT(office.Refused(2, "ben", {"break-glass", "request", "press", "password"}),
              HasSubstr("--reason"));
  const Outcome asked = office.Cli("ben", kRequest);
  EXPECT_EQ(asked.exit_code, 0) << asked.err;
  EXPECT_THAT(asked.err, HasSubstr("unless somebody says no"));
  EXPECT_THAT(asked.err, HasSubstr("by holders/ben: holdfast break-glass reveal 1"));
  EXPECT_THAT(office.server_log(), HasSubstr("error: break-glass/1 was requested"));
  EXPECT_THAT(office.server_log(), Not(HasSubstr("press")));
  EXPECT_THAT(office.Findings(), ElementsAre("break-glass.waiting"));
  EXPECT_THAT(office.Refused(7, "ben", kRequest), HasSubstr("break-glass/1 is open"));
  EXPECT_EQ(office.ToVeto("mia"), 1);
  EXPECT_EQ(office.ToVeto("ada"), 1);
  EXPECT_EQ(office.ToVeto("ben"), 0);
  EXPECT_THAT(office.Ok("mia", {"status"}), HasSubstr("1 request to break glass that you could veto"));
  EXPECT_THAT(office.Refused(7, "ben", {"break-glass", "reveal", "1"}), HasSubstr("ready in 120 minutes"));

  office.LetPass(2 * kHour);
  EXPECT_EQ(office.StateOf(), "READY");
  office.Refused(4, "mia", {"break-glass", "reveal", "1"});
  office.Refused(4, "ada", {"break-glass", "reveal", "1"});
  EXPECT_EQ(office.Ok("ben", {"break-glass", "reveal", "1"}), "fixture-1");
  EXPECT_THAT(office.Refused(7, "ben", {"break-glass", "reveal", "1"}), HasSubstr("shown once"));
  EXPECT_THAT(office.Refused(7, "mia", {"break-glass", "veto", "1", "--reason", "late"}),
              HasSubstr("only a request that waits"));
  const Json seen = office.Get("alice", {"exposure", "list", "--holder", "ben", "--live"})["exposures"];
  EXPECT_THAT(Each(seen, "version"), ElementsAre("accounts/press/secrets/password/versions/1"));
  EXPECT_EQ(office.Get("alice", {"handover", "plan", "ben"})["tasks"].size(), 1U);

  EXPECT_THAT(office.Findings(), ElementsAre("break-glass.rotation", "break-glass.review"));
  EXPECT_EQ(office.Show("mia")["tasks"][0]["todo"],
            "somebody other than the requester: put in a new value; attest that version 1 is dead");
  const Args review{"break-glass", "review", "1", "--reason", "the outage was real"};
  EXPECT_THAT(office.Refused(7, "mia", review), HasSubstr("put in a value that the requester does not know"));
  office.Put("mia", "press", "fixture-2");
  EXPECT_THAT(office.Refused(7, "mia", review), HasSubstr("attest"));
  office.Ok("mia", {"secret", "attest", "press", "password", "--evidence", "changed"});
  EXPECT_THAT(office.Findings(), ElementsAre("break-glass.review"));
  office.Refused(4, "ben", review);
  EXPECT_EQ(office.Get("ada", review)["state"], "BREAK_GLASS_STATE_CLOSED");
  EXPECT_THAT(office.Findings(), IsEmpty());
  EXPECT_THAT(office.Get("ben", {"break-glass", "list", "--open"})["breakGlass"], IsEmpty());
  EXPECT_EQ(office.Get("ben", {"break-glass", "list"})["breakGlass"].size(), 1U);
}

TEST(BreakGlass, LeavesEachStepAndEachRefusalInTheLog) {
  PressOffice office;
  office.Ok("ben", kRequest);
  office.Refused(4, "ben", {"break-glass", "veto", "1", "--reason", "changed my mind"});
  office.LetPass(2 * kHour);
  office.Refused(4, "omar", {"break-glass", "reveal", "1"});
  office.Ok("ben", {"break-glass", "reveal", "1"});
  const Json request = office.Events({"--type", "break-glass.request"})[0];
  EXPECT_EQ(request["actor"], "holders/ben");
  EXPECT_EQ(request["secret"], "accounts/press/secrets/password");
  EXPECT_EQ(request["rule"], "break-glass.tier-2");
  EXPECT_EQ(Where(request["texts"], "field", "reason")["text"], "mia is unreachable");
  EXPECT_EQ(Where(request["texts"], "field", "ticket")["text"], "HD-7");
  EXPECT_EQ(Where(request["texts"], "field", "break-glass")["text"], "break-glass/1");
  const Json reveals = office.Events({"--type", "break-glass.reveal"});
  ASSERT_EQ(reveals.size(), 2U);
  EXPECT_EQ(reveals[0]["version"], "1");
  EXPECT_EQ(reveals[0]["outcome"], "OUTCOME_ALLOWED");
  EXPECT_EQ(reveals[1]["outcome"], "OUTCOME_DENIED");
  EXPECT_EQ(reveals[1]["actor"], "holders/omar");
  EXPECT_EQ(office.Events({"--type", "break-glass.veto"})[0]["outcome"], "OUTCOME_DENIED");
}

TEST(BreakGlass, WaitsForTimeThatNoClockShortensAndThatStandsStillWhileTheVaultIsDown) {
  PressOffice office;
  office.Ok("ben", kRequest);
  office.RestartAhead(30 * kHour);
  EXPECT_EQ(office.StateOf(), "WAITING");
  EXPECT_GT(office.Left(), 2 * kHour - 60);
  office.LetPass(kHour);
  EXPECT_LE(office.Left(), kHour);
  EXPECT_GT(office.Left(), kHour - 120);
  office.Restart();  // what passed is kept
  EXPECT_LE(office.Left(), kHour);
  ASSERT_EQ(office.Stop(SIGTERM), 0);
  office.LetPass(5 * kHour);
  ASSERT_TRUE(office.Start());
  EXPECT_EQ(office.StateOf(), "WAITING");
  EXPECT_GT(office.Left(), kHour - 180);
  office.LetPass(kHour);
  EXPECT_EQ(office.StateOf(), "READY");
  office.LetPass(24 * kHour);
  EXPECT_EQ(office.StateOf(), "EXPIRED");
  EXPECT_THAT(office.Refused(7, "ben", {"break-glass", "reveal", "1"}), HasSubstr("within a day"));
  EXPECT_THAT(office.Get("ben", {"break-glass", "list", "--open"})["breakGlass"], IsEmpty());
}

TEST(BreakGlass, EndsByTheNoOfAnOwnerOrAnAuditorAndWithTheRequestersSuspension) {
  PressOffice office;
  office.Ok("ben", kRequest);
  EXPECT_THAT(office.Refused(2, "mia", {"break-glass", "veto", "1"}), HasSubstr("--reason"));
  const Json vetoed = office.Get("mia", {"break-glass", "veto", "1", "--reason", "I am here"});
  EXPECT_EQ(vetoed["vetoer"], "holders/mia");
  EXPECT_EQ(office.Show("ben")["vetoReason"], "I am here");
  office.LetPass(2 * kHour);
  EXPECT_THAT(office.Refused(7, "ben", {"break-glass", "reveal", "1"}), HasSubstr("mia said no: I am here"));
  office.Refused(7, "ada", {"break-glass", "veto", "1", "--reason", "me too"});

  office.Ok("ben", kRequest);
  office.LetPass(2 * kHour);
  office.Ok("ada",
            {"break-glass", "veto", "2", "--reason", "no ticket of that number"});  // also when it is ready
  EXPECT_EQ(office.StateOf("2"), "VETOED");

  office.Ok("ben", kRequest);
  office.Ok("alice", {"holder", "suspend", "ben"});
  office.Ok("omar", {"holder", "resume", "ben"});
  office.LetPass(2 * kHour);
  EXPECT_THAT(office.Refused(7, "ben", {"break-glass", "reveal", "3"}), HasSubstr("the requester was suspended"));

  office.Ok("ben", kRequest);
  office.Ok("alice", {"handover", "start", "ben", "--reason", "leaves", "--yes"});
  EXPECT_EQ(office.Show("alice", "4")["state"], "BREAK_GLASS_STATE_VETOED");
  EXPECT_EQ(office.Show("alice", "4")["vetoer"], "");

  office.Refused(6, "alice", {"break-glass", "show", "5"});
  office.Refused(4, "mia", {"break-glass", "show", "5"});  // who may not see them all does not learn how many
  EXPECT_THAT(office.Refused(2, "mia", {"break-glass", "show", "one"}), HasSubstr("ID: must be a number"));
}

TEST(BreakGlass, TakesTheValueOffTheScreenAgain) {
  PressOffice office;
  office.Put("mia", "press", "fixture\x1b[31m-red\nand a second line");
  office.Ok("ben", kRequest);
  office.LetPass(2 * kHour);
  const Outcome shown = office.CliOnTerminal("ben", {"break-glass", "reveal", "1"}, "press Enter", "\n");
  EXPECT_EQ(shown.exit_code, 0) << shown.out;
  const std::size_t enter = shown.out.find("\x1b[?1049h");
  const std::size_t value = shown.out.find("fixture\ufffd[31m-red\r\nand a second line");
  const std::size_t leave = shown.out.find("\x1b[?1049l");
  ASSERT_NE(leave, std::string::npos) << shown.out;
  EXPECT_LT(enter, value);
  EXPECT_LT(value, leave);
  EXPECT_THAT(shown.out, HasSubstr("Gone in 300 seconds"));
  EXPECT_EQ(shown.out.find("fixture", leave), std::string::npos);

  // Nobody is left without a shell by an interrupt, and no value without its end.
  office.Ok("ada", {"status"});
  office.Put("mia", "press", "fixture-2");
  office.Ok("ben", kRequest);
  office.LetPass(2 * kHour);
  const Outcome interrupted =
      office.CliOnTerminal("ben", {"break-glass", "reveal", "2"}, "press Enter", "\x03");
  EXPECT_EQ(interrupted.exit_code, 130);
  EXPECT_THAT(interrupted.out, HasSubstr("\x1b[?1049l"));
  // What the policy lets stay is shown in the ordinary way, but obeyed by no terminal.
  office.Put("mia", "press", "fixture\x1b[31m-red");
  const Outcome usual =
      office.CliOnTerminal("mia", {"secret", "reveal", "press", "password", "--reason", "x"}, "nothing", "");
  EXPECT_THAT(usual.out, HasSubstr("fixture\ufffd[31m-red\r\n"));
  EXPECT_THAT(usual.out, HasSubstr("exact bytes go to a file or a pipe"));
  EXPECT_EQ(office.Ok("mia", {"secret", "reveal", "press", "password", "--reason", "x"}),
            "fixture\x1b[31m-red");
}

}  // namespace
}  // namespace holdfast::testing
