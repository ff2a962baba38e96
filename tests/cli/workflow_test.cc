// A workflow's key can be copied by whoever answers for it: no copy outlives their time.
#include <filesystem>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

// The workflow bot, for which mia answers, sees what sam owns. Mia has copied its files to "copy".
class Workflow : public ::testing::Test {
 protected:
  Workflow() {
    office.AddOmar();
    office.AddMember("mia");
    office.AddMember("sam");
    office.AddAccount("feed", "sam", {"--tier", "3"});
    const Json bot = office.Get("alice", {"holder", "add", "bot", "--role", "member", "--kind", "workflow",
                                          "--person", "mia"});
    Confirm(office.Enroll("bot", bot["enrollment"]));
    office.Ok("sam", {"access", "grant", "--account", "feed", "--holder", "bot"});
    office.Put("sam", "feed", "fixture-1");
    office.Reveal("bot", "feed");
    std::filesystem::copy(office.home("bot"), office.home("copy"), std::filesystem::copy_options::recursive);
    office.Reveal("copy", "feed");
  }
  void Confirm(const std::string& fingerprint) const {
    office.Ok("omar", {"holder", "confirm", "bot", "--fingerprint", fingerprint});
  }
  void Start() const { office.Ok("omar", {"handover", "start", "mia", "--yes"}); }
  // Nobody who knew the value before 'fixture-2' is to know this one.
  void ExpectCopyIsDead() const {
    office.Put("sam", "feed", "fixture-2");
    const Outcome outcome = office.Cli("copy", {"secret", "reveal", "feed", "password", "--reason", "x"});
    EXPECT_NE(outcome.exit_code, 0);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr("revoked"));
  }
  void Attest() const {
    office.Ok("sam", {"secret", "attest", "feed", "password", "1", "--evidence", "no longer signs in"});
  }
  // With a new device, whose key nobody had before.
  void ExpectEnrollsAnew() const {
    std::filesystem::remove_all(office.home("bot"));
    Confirm(office.Enroll("bot", office.NewString("bot")));
    EXPECT_EQ(office.Reveal("bot", "feed"), "fixture-2");
  }
  std::string StatusOfBot() const { return office.Get("omar", {"holder", "show", "bot"})["status"]; }

  const Args to_sam{"holder", "update", "bot", "--person", "sam"};
  Office office;
};

TEST_F(Workflow, LosesItsDevicesWhenItPassesToSomebodyElse) {
  const std::string unused = office.NewString("bot");
  const Outcome passed = office.Cli("omar", to_sam);
  EXPECT_EQ(passed.exit_code, 0) << passed.err;
  EXPECT_THAT(passed.err, HasSubstr("holdfast holder enroll bot"));
  ExpectCopyIsDead();
  const Json ended = office.Events({"--type", "key.end", "--subject", "bot"});
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0]["rule"], "floor.workflow-passed-on");
  EXPECT_NE(office.Cli("thief", {"enroll"}, unused).exit_code, 0);
  Start();
  Attest();
  office.Ok("omar", {"handover", "close", "1"});
  ExpectCopyIsDead();
  ExpectEnrollsAnew();
}

TEST_F(Workflow, LosesItsDevicesWhileTheCaseWaitsForAYes) {
  office.AddAccount("top", "mia", {"--tier", "1", "--backup", "sam"});
  office.AddMember("ivy");
  const Json opened = office.Get("omar", {"handover", "start", "mia", "--to", "ivy", "--yes"});
  EXPECT_EQ(opened["state"], "HANDOVER_STATE_FROZEN");
  EXPECT_EQ(StatusOfBot(), "HOLDER_STATUS_SUSPENDED");
  office.Ok("omar", to_sam);
  office.Ok("omar", {"holder", "resume", "bot"});
  ExpectCopyIsDead();
  ExpectEnrollsAnew();
}

TEST_F(Workflow, ComesBackToNobodyWhoHasLeft) {
  Start();
  office.Put("sam", "feed", "fixture-2");
  Attest();
  office.Ok("sam", {"access", "revoke", "--account", "feed", "--holder", "bot", "--yes"});
  office.Ok("omar", {"handover", "close", "1"});
  EXPECT_THAT(office.Refused(7, "omar", {"holder", "resume", "bot"}),
              HasSubstr("holdfast holder update bot --person ID"));
  EXPECT_EQ(StatusOfBot(), "HOLDER_STATUS_SUSPENDED");
  office.Refused(7, "omar", {"holder", "add", "bot-2", "--role", "member", "--kind", "workflow", "--person", "mia"});
  office.Ok("omar", to_sam);
  office.Ok("omar", {"holder", "resume", "bot"});
  office.Ok("sam", {"access", "grant", "--account", "feed", "--holder", "bot"});
  ExpectCopyIsDead();
}

TEST_F(Workflow, IsNotResumedForSomebodyWhoIsSuspended) {
  office.Ok("omar", {"holder", "suspend", "bot"});
  office.Ok("omar", {"holder", "suspend", "mia"});
  EXPECT_THAT(office.Refused(7, "omar", {"holder", "resume", "bot"}), HasSubstr("mia, who answers for"));
  office.Ok("omar", {"holder", "resume", "mia"});
  office.Ok("omar", {"holder", "resume", "bot"});
  office.Reveal("bot", "feed");
}

TEST_F(Workflow, KeepsItsDevicesWithTheSamePerson) {
  const Outcome same = office.Cli("omar", {"holder", "update", "bot", "--person", "mia"});
  EXPECT_EQ(same.exit_code, 0) << same.err;
  EXPECT_THAT(same.err, ::testing::Not(HasSubstr("enroll")));
  office.Reveal("bot", "feed");
}

}  // namespace
}  // namespace holdfast::testing
