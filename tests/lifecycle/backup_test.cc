// A backup is whole, readable with both of its keys alone, and found out when it is damaged.
#include "vault/lifecycle/backup.h"

#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "tests/lifecycle/fixture.h"
#include "vault/custody/seal.h"

namespace holdfast::lifecycle {
namespace {

namespace fs = std::filesystem;

using BackupTest = LifecycleTest;

TEST_F(BackupTest, IsMadeWhileTheVaultIsOpenAndHoldsWhatWasDurable) {
  const std::int64_t size = LogSize();
  const auto made = Backup();
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->log.size, size);
  AddEntry();
  const auto verified = Verify();
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->log.size, size);
  EXPECT_EQ(verified->log.root, made->log.root);
}

// Commits and checkpoints go on under it: pages that it read a moment ago change in the file.
TEST_F(BackupTest, IsWholeWhateverIsWrittenMeanwhile) {
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      EXPECT_TRUE(Do([&](custody::WriteTx& tx) { return AddAccount(tx, "written-" + std::to_string(i)); }).ok());
      EXPECT_TRUE(vault().committer().Checkpoint(/*always=*/i % 3 == 0).ok());
    }
  });
  std::int64_t last = 0;
  for (int round = 0; round < 100 && !HasFailure(); ++round) {
    const std::string name = "backup-" + std::to_string(round);
    const auto made = Backup(name);
    EXPECT_TRUE(made.ok()) << round << ": " << made.status();
    if (!made.ok()) break;
    EXPECT_GE(made->log.size, last);
    last = made->log.size;
    if (round % 20 == 0) {
      const auto verified = Verify(name);
      EXPECT_TRUE(verified.ok()) << verified.status();
    }
  }
  stop = true;
  writer.join();
  EXPECT_TRUE(Verify("backup-99").ok());
}

TEST_F(BackupTest, IsMadeOfAVaultThatNobodyServes) {
  Close();
  ASSERT_TRUE(Backup().ok());
  EXPECT_TRUE(Verify().ok());
}

TEST_F(BackupTest, IsTwoFilesForTheirOwnerAlone) {
  ASSERT_TRUE(Backup().ok());
  EXPECT_EQ(Names(), (std::set<std::string>{"backup", "backup.recovery", "data", "key"}));
  for (const std::string& path : {File("backup"), RecordPath(File("backup"))}) {
    struct stat info {};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u) << path;
  }
}

TEST_F(BackupTest, IsCheckedWithoutBeingChanged) {
  ASSERT_TRUE(Backup().ok());
  const std::string before = Read(File("backup"));
  ASSERT_TRUE(Verify().ok());
  EXPECT_EQ(Read(File("backup")), before);
  EXPECT_EQ(Names(), (std::set<std::string>{"backup", "backup.recovery", "data", "key"}));
}

TEST_F(BackupTest, HasAKeyOfItsOwnThatOnlyItsRecordHolds) {
  ASSERT_TRUE(Backup("one").ok());
  ASSERT_TRUE(Backup("two").ok());
  const auto seal = custody::ReadSeal(data_dir());
  const auto unsealed = custody::Unseal(*seal);
  EXPECT_EQ(ReasonOf(storage::Connection::OpenReader(File("one"), unsealed->database_key).status()),
            "DATABASE_UNREADABLE");
  fs::copy_file(RecordPath(File("two")), RecordPath(File("one")), fs::copy_options::overwrite_existing);
  EXPECT_EQ(ReasonOf(Verify("one").status()), "DATABASE_UNREADABLE");
  fs::remove(RecordPath(File("one")));
  EXPECT_EQ(ReasonOf(Verify("one").status()), "RECORD_MISSING");
  fs::rename(key_file(), File("elsewhere"));
  EXPECT_EQ(ReasonOf(Verify("two").status()), "KEY_FILE_MISSING");
  EXPECT_TRUE(VerifyBackup(File("two"), File("elsewhere")).ok());
}

TEST_F(BackupTest, ShowsNoNameAndNoValue) {
  ASSERT_TRUE(Backup().ok());
  const std::string bytes = Read(File("backup")) + Read(RecordPath(File("backup")));
  for (const char* word : {"x-acme", "fixture", "alice", "SQLite format"})
    EXPECT_EQ(bytes.find(word), std::string::npos) << word;
}

TEST_F(BackupTest, NeverOverwritesAnythingAndLeavesNothingHalfMade) {
  Write(File("backup"), "somebody's");
  EXPECT_EQ(ReasonOf(Backup().status()), "FILE_EXISTS");
  EXPECT_EQ(Read(File("backup")), "somebody's");
  fs::remove(File("backup"));
  Write(RecordPath(File("backup")), "of a backup that was moved");
  EXPECT_EQ(ReasonOf(Backup().status()), "FILE_EXISTS");
  EXPECT_EQ(Read(RecordPath(File("backup"))), "of a backup that was moved");
  fs::remove(RecordPath(File("backup")));
  fs::rename(key_file(), File("elsewhere"));
  EXPECT_EQ(ReasonOf(Backup().status()), "KEY_FILE_MISSING");
  EXPECT_EQ(ReasonOf(Backup("data/inside").status()), "INVALID_FIELD");
  EXPECT_FALSE(Backup("no-such/directory").ok());
  EXPECT_EQ(Names(), (std::set<std::string>{"data", "elsewhere"}));
}

TEST_F(BackupTest, AFlippedBitInAnyPageIsFound) {
  ASSERT_TRUE(Backup().ok());
  constexpr std::size_t kPage = 4096;
  const std::string good = Read(File("backup"));
  ASSERT_EQ(good.size() % kPage, 0u);
  for (std::size_t at = 100; at < good.size(); at += kPage) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    Write(File("backup"), bad);
    EXPECT_FALSE(Verify().ok()) << "page " << at / kPage;
  }
  Write(File("backup"), good);
  EXPECT_TRUE(Verify().ok());
}

TEST_F(BackupTest, ADamagedRecordIsNamed) {
  ASSERT_TRUE(Backup().ok());
  const std::string path = RecordPath(File("backup"));
  const std::string good = Read(path);
  for (const std::string& bad : {std::string(), std::string("{}"), good.substr(0, good.size() / 2)}) {
    Write(path, bad);
    EXPECT_EQ(ReasonOf(Verify().status()), "RECORD_DAMAGED");
    EXPECT_NE(MessageOf(Verify().status()).find(path), std::string_view::npos);
  }
}

TEST_F(BackupTest, OfAnOlderDatabaseOrOfACopyIsRefused) {
  Close();
  fs::copy(data_dir(), File("older"), fs::copy_options::recursive);
  Open();
  AddEntry();
  Close();
  EXPECT_EQ(ReasonOf(MakeBackup({.data_dir = File("older"), .key_file = {}, .to = File("backup")}).status()),
            "IS_A_COPY");
  for (const char* beside : {"-wal", "-shm"}) fs::remove(custody::DatabasePath(data_dir()) + beside);
  Write(custody::DatabasePath(data_dir()), Read(custody::DatabasePath(File("older"))));
  EXPECT_EQ(ReasonOf(Backup().status()), "LOG_ROLLED_BACK");
  EXPECT_FALSE(fs::exists(File("backup")));
  EXPECT_FALSE(fs::exists(RecordPath(File("backup"))));
}

}  // namespace
}  // namespace holdfast::lifecycle
