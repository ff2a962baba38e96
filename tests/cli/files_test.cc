// The vault's files are removed or replaced under a running server, or its disk is full.
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class Files : public ::testing::Test {
 protected:
  std::string InData(const std::string& name) const { return office.data_dir() + "/" + name; }
  std::string LastLine() const {
    std::string log = office.server_log();
    while (!log.empty() && log.back() == '\n') log.pop_back();
    return log.substr(log.rfind('\n') + 1);
  }
  int CountInLog(const std::string& words) const {
    const std::string log = office.server_log();
    int count = 0;
    for (std::size_t at = log.find(words); at != log.npos; at = log.find(words, at + 1)) ++count;
    return count;
  }
  // The file under `name` is removed, or another one with the same bytes takes its place; the server must stop rather
  // than acknowledge what comes next, and what it leaves, put in place, must hold all that was acknowledged.
  void Lose(const std::string& name, bool replace) {
    SCOPED_TRACE(name + (replace ? " replaced" : " removed"));
    office.AddAccount("before", "alice");
    const std::string bytes = ReadFile(InData(name));
    fs::rename(InData(name), office.dir() / "lost");
    if (replace) WriteFile(InData(name), bytes);
    const Outcome refused = office.Cli("alice", {"account", "add", "after", "--platform", "x", "--owner", "alice"});
    EXPECT_EQ(refused.exit_code, 8) << refused.out << refused.err;
    EXPECT_EQ(office.Stop(SIGTERM), EXIT_FAILURE);
    EXPECT_THAT(LastLine(), HasSubstr(InData(name) + (replace ? " was replaced" : " was removed")));
    EXPECT_THAT(LastLine(), HasSubstr("rescue-"));
    ASSERT_NO_FATAL_FAILURE(TakeTheRescue());
    const std::string accounts = office.Ok("alice", {"account", "list"});
    EXPECT_THAT(accounts, HasSubstr("before"));
    EXPECT_THAT(accounts, Not(HasSubstr("after")));
    office.Ok("alice", {"audit", "verify"});
  }
  void TakeTheRescue() {
    std::string rescue;
    for (const auto& entry : fs::directory_iterator(office.data_dir())) {
      const std::string name = entry.path().filename();
      if (name.starts_with("rescue-") && !name.ends_with(".anchor")) rescue = entry.path();
    }
    ASSERT_NE(rescue, "");
    EXPECT_THAT(LastLine(), HasSubstr(rescue));
    for (const char* beside : {"vault.db-wal", "vault.db-shm"}) fs::remove(InData(beside));
    fs::rename(rescue, InData("vault.db"));
    fs::rename(rescue + ".anchor", InData("anchor"));
    ASSERT_TRUE(office.Start({"--adopt"})) << office.server_log();
  }

  Office office;
};

TEST_F(Files, TheDatabaseIsRemoved) { Lose("vault.db", /*replace=*/false); }
TEST_F(Files, TheDatabaseIsReplaced) { Lose("vault.db", /*replace=*/true); }
TEST_F(Files, TheWriteAheadLogIsRemoved) { Lose("vault.db-wal", /*replace=*/false); }
TEST_F(Files, TheWriteAheadLogIsReplaced) { Lose("vault.db-wal", /*replace=*/true); }
TEST_F(Files, TheAnchorIsRemoved) { Lose("anchor", /*replace=*/false); }
TEST_F(Files, TheAnchorIsReplaced) { Lose("anchor", /*replace=*/true); }

TEST_F(Files, AreLookedAtWhenTheServerStops) {
  fs::rename(InData("vault.db"), office.dir() / "lost");
  EXPECT_EQ(office.Stop(SIGTERM), EXIT_FAILURE);
  EXPECT_THAT(LastLine(), HasSubstr(InData("vault.db") + " was removed"));
  TakeTheRescue();
}

// A full disk for the write-ahead log, and for the database when the log is moved into it.
class FullDisk : public Files {
 protected:
  FullDisk() {
    EXPECT_EQ(office.Stop(SIGTERM), 0);
    setenv("HF_FULL_DISK", flag().c_str(), 1);
    setenv("LD_PRELOAD", HF_FULL_DISK_LIBRARY, 1);
    setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);  // the library does not allocate
    EXPECT_TRUE(office.Start());
    unsetenv("LD_PRELOAD");  // the server alone
  }
  ~FullDisk() override { unsetenv("HF_FULL_DISK"); }

  std::string flag() const { return office.dir() / "full"; }
};

TEST_F(FullDisk, RefusesWhatWouldBeWrittenAndSaysSoOnce) {
  WriteFile(flag(), "vault.db-wal");
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(office.Refused(8, "alice", {"account", "add", "shop", "--platform", "x", "--owner", "alice"}),
                HasSubstr("disk is full"));
  }
  office.Ok("alice", {"account", "list"});
  EXPECT_EQ(CountInLog("the disk is full"), 1);
  fs::remove(flag());
  office.AddAccount("shop", "alice");
  EXPECT_EQ(CountInLog("the disk has room again"), 1);
  WriteFile(flag(), "vault.db-wal");
  office.Refused(8, "alice", {"account", "add", "more", "--platform", "x", "--owner", "alice"});
  EXPECT_EQ(CountInLog("the disk is full"), 2);
  fs::remove(flag());
}

TEST_F(FullDisk, LeavesInTheWriteAheadLogWhatTheDatabaseHasNoRoomFor) {
  WriteFile(flag(), "vault.db");
  office.AddAccount("shop", "alice");
  // More than the write-ahead log is to hold before it is moved.
  constexpr int kNotes = 50;
  const std::string note = "fixture" + std::string(60'000, 'v');
  for (int i = 0; i < kNotes; ++i)
    office.Ok("alice",
              {"secret", "put", "shop", "note-" + std::to_string(i), "--kind", "note", "--from-file", "-"}, note);
  EXPECT_GT(fs::file_size(InData("vault.db-wal")), 1000 * 4096);
  EXPECT_EQ(CountInLog("the disk is full"), 1);
  EXPECT_EQ(office.Stop(SIGTERM), 0);
  fs::remove(flag());
  ASSERT_TRUE(office.Start()) << office.server_log();
  EXPECT_EQ(office.Get("alice", {"secret", "list", "shop"})["secrets"].size(), kNotes);
}

}  // namespace
}  // namespace holdfast::testing
