// The drill: a backup, a copy served beside production, a disaster, a restore, the users' consent, both origins verified.
#include <csignal>
#include <filesystem>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class Restore : public ::testing::Test {
 protected:
  Restore() {
    office.AddOmar();
    office.AddHolder("ada", "auditor", "omar");
    office.AddMember("mia");
    office.AddAccount("news", "mia");
    office.Put("mia", "news", "fixture-1");
    office.Ok("ada", {"audit", "verify"});
  }

  std::string backup() const { return office.dir() / "backup"; }
  void BackUp() const {
    const Outcome made = office.Server({"backup", "--data-dir", office.data_dir(), "--to", backup()});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    EXPECT_THAT(made.err, HasSubstr("backup.recovery"));
    const Outcome verified = office.Server({"backup", "verify", backup()});
    ASSERT_EQ(verified.exit_code, 0) << verified.err;
    EXPECT_THAT(verified.out, HasSubstr("whole"));
  }
  // Acts that the backup does not hold.
  void GoOn() const {
    office.Reveal("mia", "news");
    office.Ok("omar", {"holder", "suspend", "mia", "--reason", "to be undone by the restore"});
    office.Ok("ada", {"audit", "verify"});
  }
  // The disk is gone; the backup is served in its place.
  void Disaster(const Args& more = {}) {
    office.Stop(SIGKILL);
    fs::rename(office.data_dir(), office.dir() / "lost");
    Args args{"restore", "--from", backup(), "--data-dir", office.data_dir()};
    args.insert(args.end(), more.begin(), more.end());
    const Outcome restored = office.Server(args);
    ASSERT_EQ(restored.exit_code, 0) << restored.err;
    said_ = restored.out + restored.err;
    ASSERT_TRUE(office.Start()) << office.server_log();
  }
  std::string KeyOf(const std::string& holder) const {
    const std::string status = office.Ok(holder, {"status"});
    const std::size_t at = status.find("holdfast/", status.find("verifier key"));
    return status.substr(at, status.find('\n', at) - at);
  }
  std::string Evidence(const std::string& holder) const {
    for (const auto& entry : fs::directory_iterator(office.home(holder)))
      if (entry.path().filename().string().starts_with("before-restore-")) return entry.path();
    return "";
  }

  Office office;
  std::string said_;
};

TEST_F(Restore, IsSeenAgreedToAndVerifiedByEverybody) {
  const std::string old_key = KeyOf("ada");
  BackUp();
  GoOn();
  const std::string seen = ReadFile(office.home("ada") + "/checkpoint");
  WriteFile(office.dir() / "kept", seen);
  Disaster({"--last-checkpoint", office.dir() / "kept"});
  EXPECT_THAT(said_, AllOf(HasSubstr("log entries that are known of"), HasSubstr("confirm-restore")));

  // Nobody is talked out of what they saw without a word.
  const std::string refused = office.Refused(9, "ada", {"audit", "verify"});
  EXPECT_THAT(refused, AllOf(HasSubstr("restored from a backup"), HasSubstr("that this device has seen are lost"),
                             HasSubstr("--accept-restore")));
  EXPECT_EQ(ReadFile(office.home("ada") + "/checkpoint"), seen);
  EXPECT_EQ(office.Error(9, "mia", {"--yes", "account", "list"})["details"][0]["reason"], "RESTORE_NOT_ACCEPTED");

  const Outcome asked = office.CliOnTerminal("ada", {"audit", "verify"}, "restored vault?", "y\n");
  EXPECT_EQ(asked.exit_code, 0) << asked.out;
  EXPECT_THAT(asked.out, AllOf(HasSubstr("entries that this device has seen are lost"), HasSubstr("verified:")));
  EXPECT_EQ(ReadFile(Evidence("ada")), seen);
  office.Ok("ada", {"audit", "verify"});  // asked once
  const std::string new_key = KeyOf("ada");
  EXPECT_NE(new_key, old_key);

  // Both origins verify, offline, with the key that an auditor always had; what is lost is said.
  const std::string file = office.dir() / "log.jsonl";
  office.Ok("ada", {"audit", "export", "--out", file});
  const Args offline{"audit", "verify", "--file", file, "--verifier"};
  const auto with = [&](Args more) {
    Args args = offline;
    args.insert(args.end(), more.begin(), more.end());
    return args;
  };
  EXPECT_THAT(office.Ok("nobody", with({old_key, "--checkpoint", Evidence("ada")})),
              AllOf(HasSubstr("verified:"), HasSubstr("restored at entry"), HasSubstr("are lost")));
  EXPECT_THAT(office.Ok("nobody", with({old_key})), HasSubstr("restored at entry"));
  EXPECT_THAT(office.Ok("nobody", with({new_key})), Not(HasSubstr("restored at entry")));
  EXPECT_THAT(office.Ok("nobody", with({old_key, "--checkpoint", office.home("ada") + "/checkpoint"})),
              HasSubstr("no entry missing or changed"));
  for (const std::string& key : {old_key, new_key}) {  // with nothing of Holdfast's
    const Outcome outside = testing::Run({"/usr/bin/python3", std::string(HF_SOURCE_DIR) + "/tests/cli/verify_export.py", file, key});
    EXPECT_EQ(outside.exit_code, 0) << outside.out << outside.err;
  }
}

TEST_F(Restore, BackupsAreMadeBesideAServerThatWrites) {
  for (int round = 0; round < 10; ++round) {
    office.Reveal("mia", "news");
    const std::string to = backup() + std::to_string(round);
    const Outcome made = office.Server({"backup", "--data-dir", office.data_dir(), "--to", to});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    ASSERT_EQ(office.Server({"backup", "verify", to}).exit_code, 0);
  }
  office.Ok("ada", {"audit", "verify"});
}

TEST_F(Restore, KeepsValuesInUntilTwoOfficersLooked) {
  BackUp();
  GoOn();
  Disaster();
  EXPECT_THAT(said_, HasSubstr("Nothing is known to be lost"));
  // Mia's suspension is undone: nothing of her access counts before the officers looked.
  office.Ok("mia", {"--accept-restore", "status"});
  EXPECT_THAT(office.Refused(4, "mia", {"secret", "reveal", "news", "password", "--reason", "x"}),
              AllOf(HasSubstr("floor.restore-unconfirmed"), HasSubstr("alice or omar"),
                    HasSubstr("holdfast vault confirm-restore")));
  EXPECT_THAT(office.Refused(4, "mia", {"vault", "confirm-restore", "--reason", "x"}), HasSubstr("only security"));
  office.Ok("alice", {"--accept-restore", "status"});
  EXPECT_THAT(office.Ok("alice", {"status"}), HasSubstr("0 of 2 did"));
  EXPECT_THAT(office.Ok("alice", {"findings", "list"}), HasSubstr("restore.unconfirmed"));
  EXPECT_THAT(office.Ok("alice", {"vault", "confirm-restore", "--reason", "looked"}), HasSubstr("1 of 2 did"));
  EXPECT_THAT(office.Refused(7, "alice", {"vault", "confirm-restore", "--reason", "again"}), HasSubstr("omar"));
  office.Refused(4, "mia", {"secret", "reveal", "news", "password", "--reason", "x"});
  EXPECT_THAT(office.Ok("omar", {"--accept-restore", "vault", "confirm-restore", "--reason", "looked"}),
              HasSubstr("can be revealed again"));
  EXPECT_EQ(office.Reveal("mia", "news"), "fixture-1");
  EXPECT_THAT(office.Ok("alice", {"findings", "list"}), Not(HasSubstr("restore.unconfirmed")));
  office.Ok("ada", {"--accept-restore", "audit", "verify"});
  EXPECT_EQ(Each(office.Events({"--type", "vault.confirm-restore", "--outcome", "allowed"}), "actor"),
            (std::vector<std::string>{"holders/omar", "holders/alice"}));
  EXPECT_EQ(Each(office.Events({"--type", "vault.confirm-restore", "--outcome", "denied"}), "actor"),
            std::vector<std::string>{"holders/mia"});
}

TEST_F(Restore, ACopyBesideProductionIsNeitherServedNorTakenForIt) {
  BackUp();
  GoOn();
  const std::string anchor = ReadFile(office.data_dir() + "/anchor");
  fs::copy(office.data_dir(), office.dir() / "copy", fs::copy_options::recursive);
  fs::remove(office.dir() / "copy/endpoint");
  const Args ports{"--listen", "127.0.0.1:0"};
  Args serve{"serve", "--data-dir", office.dir() / "copy"};
  serve.insert(serve.end(), ports.begin(), ports.end());
  const Outcome copy = office.Server(serve);
  EXPECT_EQ(copy.exit_code, 7);
  EXPECT_THAT(copy.err, AllOf(HasSubstr("looks like a copy"), HasSubstr("--adopt"), HasSubstr("restore --from")));
  EXPECT_EQ(ReadFile(office.data_dir() + "/anchor"), anchor);

  // A drill: the backup restored and served beside production.
  const std::string drill = office.dir() / "drill";
  ASSERT_EQ(office.Server({"restore", "--from", backup(), "--data-dir", drill}).exit_code, 0);
  Args argv{std::string(HF_BIN_DIR) + "/holdfastd", "serve", "--data-dir", drill};
  argv.insert(argv.end(), ports.begin(), ports.end());
  Daemon server(argv, office.dir() / "drill.out", office.dir() / "drill.err");
  while (ReadFile(office.dir() / "drill.out").find("ready") == std::string::npos)
    ASSERT_TRUE(server.Running()) << ReadFile(office.dir() / "drill.err");
  const std::string address = Json::parse(ReadFile(drill + "/endpoint"))["api"];
  const Outcome strayed = testing::Run({std::string(HF_BIN_DIR) + "/holdfast", "status"}, "",
                              {"HOLDFAST_HOME=" + office.home("ada"), "HOLDFAST_SERVER=" + address});
  EXPECT_EQ(strayed.exit_code, 9) << strayed.err;
  EXPECT_EQ(server.Stop(SIGTERM), 0);
  office.Ok("ada", {"audit", "verify"});  // production, as before

  // Production comes back after devices went on with the restored vault: they notice that, too.
  Disaster();
  office.Ok("ada", {"--accept-restore", "audit", "verify"});
  ASSERT_EQ(office.Stop(SIGTERM), 0);
  fs::rename(office.data_dir(), office.dir() / "restored");
  fs::rename(office.dir() / "lost", office.data_dir());
  ASSERT_TRUE(office.Start()) << office.server_log();
  EXPECT_THAT(office.Refused(9, "ada", {"audit", "verify", "--accept-restore"}), HasSubstr("from before the restore"));
}

TEST_F(Restore, ADeviceThatEnrollsAnewIsStillAskedAboutWhatItSaw) {
  BackUp();
  GoOn();
  Disaster();
  office.Ok("alice", {"--accept-restore", "status"});
  const std::string string = office.NewString("ada");
  office.Ok("ada", {"enroll", "--server", office.api(), "--replace"}, string);
  EXPECT_THAT(office.Refused(9, "ada", {"status"}), HasSubstr("that this device has seen are lost"));
}

TEST_F(Restore, BadArgumentsAreNamedAndChangeNothing) {
  const auto refused = [&](const Args& args, int code, const std::string& words) {
    const Outcome outcome = office.Server(args);
    EXPECT_EQ(outcome.exit_code, code) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(words));
    EXPECT_EQ(outcome.out, "");
  };
  refused({"backup", "--to", backup()}, 2, "--data-dir");
  refused({"backup", "--data-dir", office.data_dir()}, 2, "--to");
  refused({"backup", "--data-dir", office.data_dir(), "--to", office.data_dir() + "/x"}, 2, "--to");
  refused({"backup", "--data-dir", office.dir() / "none", "--to", backup()}, 2, "--data-dir");
  refused({"backup", "verify", backup()}, 6, "backup does not exist");
  refused({"restore", "--from", backup(), "--data-dir", office.dir() / "new"}, 2, "--from");
  refused({"restore", "--from", office.data_dir(), "--data-dir", office.dir() / "new"}, 7, "make a backup");
  BackUp();
  refused({"backup", "--data-dir", office.data_dir(), "--to", backup()}, 7, "exists already");
  refused({"restore", "--from", backup(), "--data-dir", office.data_dir()}, 7, "not empty");
  refused({"restore", "--from", backup(), "--data-dir", office.dir() / "new", "--last-checkpoint", backup()}, 2,
          "--last-checkpoint");
  EXPECT_FALSE(fs::exists(office.dir() / "new"));
}

}  // namespace
}  // namespace holdfast::testing
