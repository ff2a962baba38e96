// An older copy of the database is put back to make something unhappen.
#include <csignal>
#include <filesystem>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class Rollback : public ::testing::Test {
 protected:
  Rollback() {
    office.AddOmar();
    office.AddHolder("ada", "auditor", "omar");
    office.AddAccount("news", "alice");
    office.Put("alice", "news", "fixture-1");
    office.Stop(SIGTERM);
    Keep("older");
    EXPECT_TRUE(office.Start());
    office.Ok("omar", {"holder", "suspend", "ada", "--reason", "to be unhappened"});
    office.Ok("omar", {"holder", "resume", "ada"});
    office.Ok("ada", {"audit", "verify"});
    office.Stop(SIGTERM);
    Keep("newest");
  }

  void Keep(const std::string& name) const {
    fs::copy(office.data_dir(), office.dir() / name, fs::copy_options::recursive);
  }
  void PutBack(const std::string& name, const std::vector<std::string>& files) const {
    for (const char* beside : {"vault.db-wal", "vault.db-shm"})
      fs::remove(fs::path(office.data_dir()) / beside);
    for (const std::string& file : files)
      fs::copy_file(fs::path(office.dir() / name) / file, fs::path(office.data_dir()) / file,
                    fs::copy_options::overwrite_existing);
  }

  Office office;
};

TEST_F(Rollback, OfTheDatabaseKeepsTheServerShut) {
  PutBack("older", {"vault.db"});
  EXPECT_FALSE(office.Start());
  const std::string log = office.server_log();
  EXPECT_THAT(log.substr(log.rfind("holdfastd:")), HasSubstr("the database is older than its anchor"));
  const Outcome offline = office.Server({"enroll", "--data-dir", office.data_dir(), "alice"});
  EXPECT_EQ(offline.exit_code, 9);
  EXPECT_EQ(offline.out, "");
  EXPECT_THAT(offline.err, HasSubstr("the database is older than its anchor"));

  PutBack("newest", {"vault.db"});
  ASSERT_TRUE(office.Start()) << office.server_log();
  office.Ok("ada", {"audit", "verify"});
}

TEST_F(Rollback, OfDatabaseAndAnchorIsCaughtByEveryDeviceThatSawMore) {
  PutBack("older", {"vault.db", "anchor"});
  ASSERT_TRUE(office.Start()) << office.server_log();  // nothing on this machine shows it
  const std::string seen = ReadFile(office.home("ada") + "/checkpoint");
  EXPECT_THAT(office.Refused(9, "ada", {"audit", "verify"}), HasSubstr("rolled back"));
  EXPECT_THAT(office.Refused(9, "omar", {"account", "list"}), HasSubstr("tell your auditors"));
  EXPECT_EQ(office.Error(9, "ada", {"audit", "log"})["details"][0]["reason"], "VERIFICATION_FAILED");
  EXPECT_EQ(ReadFile(office.home("ada") + "/checkpoint"), seen);  // and is not talked out of it

  // Written anew, the log grows past what was seen: still another one.
  for (int i = 0; i < 12; ++i) office.Reveal("alice", "news");
  EXPECT_THAT(office.Refused(9, "ada", {"audit", "verify"}), HasSubstr("log"));
  EXPECT_THAT(office.Refused(9, "omar", {"status"}), HasSubstr("log"));
  EXPECT_EQ(ReadFile(office.home("ada") + "/checkpoint"), seen);
}

TEST_F(Rollback, OfTheAnchorAloneIsHarmless) {
  PutBack("older", {"anchor"});
  ASSERT_TRUE(office.Start()) << office.server_log();
  office.Ok("ada", {"audit", "verify"});
}

}  // namespace
}  // namespace holdfast::testing
