// What somebody meets who runs Holdfast for the first time: each message says what is so, and what to do
// next.
#include <fstream>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Newcomer, IsToldAddressesThatTheyCanUse) {
  VaultFixture vault;
  const Outcome all = vault.Server({"serve", "--data-dir", vault.data_dir(), "--listen", "0.0.0.0:7443"});
  EXPECT_EQ(all.exit_code, 2);
  EXPECT_THAT(all.err,
              HasSubstr("--listen: 0.0.0.0:7443 is not an address that clients can use: add --advertise"));
  const Outcome gone = vault.Server({"serve", "--data-dir", vault.data_dir(), "--enroll-listen", "127.0.0.1:0"});
  EXPECT_EQ(gone.exit_code, 2);
  ASSERT_TRUE(vault.Start({"--advertise", "vault.example.org:7443"})) << vault.server_log();
  const Outcome enrolled = vault.Cli("alice", {"enroll"}, vault.officer_string());
  EXPECT_THAT(enrolled.out, HasSubstr("vault.example.org:7443"));
  const Outcome added = vault.Cli("alice", {"holder", "add", "omar", "--role", "security"});
  EXPECT_EQ(added.exit_code, 0) << added.err;
  EXPECT_THAT(added.err, HasSubstr("    holdfast holder confirm omar --fingerprint FINGERPRINT"));
  const std::string log = vault.server_log();
  EXPECT_THAT(log, AllOf(HasSubstr(vault.data_dir()), HasSubstr("for clients vault.example.org:7443")));
  EXPECT_EQ(vault.Stop(SIGTERM), 0);
}

TEST(Newcomer, SeesWhetherTheirDeviceIsConfirmedAndTheKeyToVerifyWith) {
  Office office;
  office.AddHolder("omar", "security", /*confirmer=*/"");
  EXPECT_THAT(office.Ok("omar", {"status"}), HasSubstr(", not confirmed yet"));
  office.Ok("alice", {"holder", "confirm", "omar", "--fingerprint", office.Fingerprint("omar")});
  const std::string status = office.Ok("omar", {"status"});
  EXPECT_THAT(status, HasSubstr(", confirmed\n"));
  EXPECT_THAT(
      status,
      HasSubstr(Json::parse(ReadFile(office.home("omar") + "/identity.json"))["checkpoint_verifier"]));
}

TEST(Newcomer, LearnsThatASecretIsNewAndThatAnExportStaysOnDisk) {
  Office office;
  office.AddAccount("news", "alice");
  const Args put{"secret", "put", "news", "pasword", "--from-file", "-"};
  EXPECT_EQ(office.Cli("alice", put, "fixture-1").err, "New secret 'pasword' on news.\n");
  EXPECT_EQ(office.Cli("alice", put, "fixture-2").err, "");
  const Outcome stray = office.Cli("alice", {"secret", "put", "news", "password", "fixture-on-argv"});
  EXPECT_EQ(stray.exit_code, 2);
  EXPECT_THAT(stray.err, AllOf(HasSubstr("history"), Not(HasSubstr("fixture"))));

  const std::string file = FixturePath("bitwarden_org.json");
  EXPECT_THAT(office.Cli("alice", {"import", file, "--dry-run"}).err, Not(HasSubstr("plain text")));
  // It holds a card, which the vault does not take.
  EXPECT_THAT(office.Cli("alice", {"import", file}).err,
              AllOf(HasSubstr("You count as knowing what you imported"),
                    HasSubstr(file + " is still there in plain text. 1 of its items is not in the vault whole"),
                    Not(HasSubstr("delete"))));
}

TEST(Newcomer, WhoEndsAccessIsToldWhatTheOtherStillKnows) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddAccount("news", "alice", {"--tier", "3"});
  office.Put("alice", "news", "fixture-1");
  const auto revoke = [&] {
    office.Ok("alice", {"access", "grant", "--account", "news", "--holder", "mia"});
    office.Reveal("mia", "news");
    return office.Cli("alice", {"access", "revoke", "--account", "news", "--holder", "mia"});
  };
  const Outcome revoked = revoke();
  EXPECT_THAT(revoked.out, HasSubstr("end time:"));
  EXPECT_THAT(revoked.err,
              AllOf(StartsWith("Access ended, but mia still knows"),
                    HasSubstr("holdfast secret put news password; holdfast secret attest news password "
                              "--through 1 --evidence TEXT\n")));
  EXPECT_THAT(Each(office.Get("mia", {"exposure", "list"})["exposures"], "holder"),
              ::testing::ElementsAre("holders/mia"));
  EXPECT_THAT(Each(office.Get("mia", {"exposure", "list", "--account", "news"})["exposures"], "holder"),
              ::testing::ElementsAre("holders/mia"))
      << "her own, and not alice's";
  EXPECT_THAT(office.Refused(4, "mia", {"account", "show", "news"}),
              HasSubstr("your access to news ended at 20"));
}

TEST(Newcomer, DrivesAHandoverByWhatItSays) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddHolder("sam", "member", /*confirmer=*/"");
  office.AddAccount("news", "mia", {"--tier", "3"});
  office.Put("mia", "news", "fixture-1");
  const Args start{"handover", "start", "mia", "--to", "sam"};
  EXPECT_THAT(office.Refused(2, "omar", start), AllOf(HasSubstr("cannot be undone"), HasSubstr("add --yes")));
  const Json plan = office.Get("omar", {"handover", "plan", "mia", "--to", "sam"});
  EXPECT_THAT(plan["warnings"].dump(), HasSubstr("sam takes over but has no confirmed device"));
  office.Ok("omar", {"handover", "start", "mia", "--to", "sam", "--yes"});
  EXPECT_THAT(
      office.Refused(7, "omar", {"handover", "close", "1"}),
      AllOf(HasSubstr("has 1 open task: "), HasSubstr("; what to do: holdfast handover tasks 1 --open")));
  office.Ok("alice", {"secret", "put", "news", "password", "--from-file", "-"}, "fixture-2");
  office.Ok("omar", {"secret", "attest", "news", "password", "--evidence", "tried it"});
  EXPECT_EQ(office.Ok("omar", {"handover", "tasks", "1", "--open"}), "no open tasks\n");
}

TEST(Newcomer, ReadsTheLogAndIsToldWhatItCannotHold) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  EXPECT_THAT(office.Refused(2, "alice", {"audit", "log", "--type", "secret.revael"}),
              HasSubstr("--type: no event is of type secret.revael"));
  office.Refused(2, "alice", {"audit", "log", "--type", "sekret.*"});
  EXPECT_EQ(office.Events({"--type", "secret.reveal"}).size(), 0U);  // of a type, if none happened
  for (const std::string& type : Each(office.Events({}), "type"))
    EXPECT_GT(office.Events({"--type", type}).size(), 0U);

  office.Refused(4, "mia", {"account", "show", "not-hers"});
  EXPECT_THAT(office.Ok("alice", {"audit", "log", "--actor", "mia", "--type", "account.read"}),
              HasSubstr(" not-hers "));

  const std::string older = office.dir() / "older";
  office.Ok("alice", {"audit", "export", "--out", older});
  EXPECT_THAT(office.Ok("alice", {"audit", "verify", "--file", older}),
              HasSubstr("that this device remembers"));
  office.Ok("alice", {"audit", "log"});
  office.Ok("alice", {"status"});  // and remembers a longer log than that of the export
  EXPECT_THAT(office.Ok("alice", {"audit", "verify", "--file", older}), HasSubstr("; they end before the "));
  EXPECT_THAT(office.Refused(3, "stranger", {"audit", "verify", "--file", older}),
              HasSubstr("--verifier KEY"));
}

TEST(Newcomer, AnEnrollmentStringIsReadFromAFileOrStandardInputAndNeverFromTheCommandLine) {
  Office office;
  const std::string string = office.Ok("alice", {"-q", "holder", "add", "mia", "--role", "member"});
  const Outcome typed = office.Cli("mia", {"enroll", string.substr(0, string.find('\n'))});
  EXPECT_EQ(typed.exit_code, 2);
  EXPECT_THAT(typed.err, HasSubstr("never given on the command line"));
  EXPECT_THAT(typed.err, Not(HasSubstr("hf1:")));
  const std::string file = office.home("alice") + "/string";
  EXPECT_THAT(office.Refused(2, "mia", {"enroll", "--from-file", file}), HasSubstr("--from-file"));
  std::ofstream(file) << string;
  office.Ok("mia", {"enroll", "--from-file", file});
  office.Ok("mia", {"enroll", "--replace", "--from-file", "-"}, office.NewString("mia"));
}

TEST(Newcomer, TheHostSaysHowLongAStringIsGood) {
  VaultFixture vault;
  const auto made = [&](const std::string& valid) {
    return vault.Server({"enroll", "--data-dir", vault.data_dir(), "alice", "--valid", valid});
  };
  for (const char* wrong : {"8d", "30s", "soon", "0h"}) {
    const Outcome refused = made(wrong);
    EXPECT_EQ(refused.exit_code, 2) << wrong;
    EXPECT_THAT(refused.err, HasSubstr("--valid: must be")) << wrong;
  }
  const Outcome other = vault.Server({"init", "--data-dir", vault.data_dir() + "-2", "--officer", "alice", "--key-file",
                                      vault.data_dir() + "-2-key", "--valid", "3d"});
  EXPECT_EQ(other.exit_code, 0) << other.err;
  EXPECT_THAT(other.err, HasSubstr("within 3d"));
  const Outcome days = made("3d");
  ASSERT_EQ(days.exit_code, 0) << days.err;
  ASSERT_TRUE(vault.Start());
  vault.Enroll("alice", days.out.substr(0, days.out.find('\n')));
}

}  // namespace
}  // namespace holdfast::testing
