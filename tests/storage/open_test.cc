#include <sys/stat.h>

#include "tests/storage/fixture.h"
#include "vault/storage/check.h"
#include "vault/storage/event_store.h"
#include "vault/storage/setting_store.h"

namespace holdfast::storage {
namespace {

using OpenTest = StorageTest;

absl::Status OpenExisting(const std::string& path, const SecretBytes& key) {
  return Connection::OpenWriter(path, key, Create::kMustExist, &TestRowHash).status();
}

void ExpectRefused(const std::string& path, const SecretBytes& key, std::string_view reason) {
  EXPECT_EQ(ReasonOf(OpenExisting(path, key)), reason);
  EXPECT_EQ(ReasonOf(Connection::OpenReader(path, key).status()), reason);
}

TEST_F(OpenTest, FindsWhatWasWrittenUnderTheSameKey) {
  ASSERT_TRUE(SettingStore(db()).Set("vault_id", "0011").ok());
  Close();
  auto again = Connection::OpenWriter(path(), TestKey(), Create::kMustExist, &TestRowHash);
  ASSERT_TRUE(again.ok()) << again.status();
  const auto value = SettingStore(**again).Get("vault_id");
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(*value, "0011");
}

TEST_F(OpenTest, MakesAFileThatOthersCannotRead) {
  ASSERT_TRUE(db().Exec("DELETE FROM tree_hash").ok());
  for (const std::string& file : {path(), path() + "-wal", path() + "-shm"}) {
    struct stat info {};
    ASSERT_EQ(::stat(file.c_str(), &info), 0) << file;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << file;
  }
}

TEST_F(OpenTest, RefusesAnotherKey) {
  Close();
  ExpectRefused(path(), TestKey(8), "DATABASE_UNREADABLE");
  EXPECT_TRUE(OpenExisting(path(), TestKey()).ok());
}

TEST_F(OpenTest, RefusesAKeyOfAnotherSize) {
  Close();
  ExpectRefused(path(), SecretBytes::CopyOf(Bytes(31, 7)), "DATABASE_KEY_SIZE");
  ExpectRefused(path(), SecretBytes(), "DATABASE_KEY_SIZE");
}

TEST_F(OpenTest, RefusesAPlaintextDatabase) {
  Close();
  WriteFile(path(), std::string("SQLite format 3\0", 16) + std::string(4080, '\0'));
  ExpectRefused(path(), TestKey(), "DATABASE_PLAINTEXT");
}

TEST_F(OpenTest, RefusesAnyTruncation) {
  ASSERT_TRUE(db().Checkpoint().ok());
  Close();
  const std::string whole = ReadFile(path());
  ASSERT_GT(whole.size(), 10u * 4096);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{4096}, std::size_t{5 * 4096},
        std::size_t{5 * 4096 + 77}, whole.size() - 4096, whole.size() - 1}) {
    WriteFile(path(), std::string_view(whole).substr(0, size));
    SCOPED_TRACE(size);
    ExpectRefused(path(), TestKey(), "DATABASE_UNREADABLE");
  }
}

TEST_F(OpenTest, RefusesAForeignFile) {
  Close();
  std::string noise(8 * 4096, '\0');
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<char>(i * 2654435761u >> 13);
  WriteFile(path(), noise);
  ExpectRefused(path(), TestKey(), "DATABASE_UNREADABLE");
}

TEST_F(OpenTest, RefusesAnotherVersionOfTheSchema) {
  ASSERT_TRUE(db().Exec("PRAGMA user_version = 2").ok());
  Close();
  ExpectRefused(path(), TestKey(), "DATABASE_VERSION");
}

TEST_F(OpenTest, NeverCreatesWhatMustExist) {
  const std::string missing = path() + ".missing";
  ExpectRefused(missing, TestKey(), "DATABASE_MISSING");
  EXPECT_FALSE(std::filesystem::exists(missing));
}

TEST_F(OpenTest, NeverOverwritesWhatMustNotExist) {
  const std::string before = ReadFile(path());
  const auto second = Connection::OpenWriter(path(), TestKey(), Create::kMustNotExist, &TestRowHash);
  EXPECT_EQ(ReasonOf(second.status()), "DATABASE_EXISTS");
  EXPECT_EQ(ReadFile(path()), before);
}

TEST_F(OpenTest, LeavesNoFileBehindWhenCreationFails) {
  const std::string other = path() + ".other";
  EXPECT_FALSE(Connection::OpenWriter(other, SecretBytes(), Create::kMustNotExist, &TestRowHash).ok());
  EXPECT_FALSE(std::filesystem::exists(other));
}

TEST_F(OpenTest, RefusesAFlippedBitInAnyPage) {
  for (int i = 0; i < 40; ++i) AddHolder("holder-" + std::to_string(i), "p");
  ASSERT_TRUE(db().Checkpoint().ok());
  Close();
  const std::string whole = ReadFile(path());
  for (std::size_t page = 0; page < whole.size() / 4096; ++page) {
    std::string changed = whole;
    changed[page * 4096 + 1234] ^= 0x10;
    WriteFile(path(), changed);
    absl::Status status = absl::OkStatus();
    if (auto reader = Connection::OpenReader(path(), TestKey()); reader.ok()) {
      status = CheckStructure(**reader).status();
    } else {
      status = reader.status();
    }
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << "page " << page << ": " << status;
  }
}

TEST_F(OpenTest, PutsNoTextOnDiskInClear) {
  AddHolder("marker-holder", "marker-person");
  AddAccount("marker-account");
  ASSERT_TRUE(SettingStore(db()).Set("marker-name", "marker-value").ok());
  ASSERT_TRUE(EventStore(db())
                  .Append({.idx = 0,
                           .type = "marker-type",
                           .leaf = ToBytes(AsBytes("marker-leaf")),
                           .texts = {{.field = "reason", .salt = Bytes(32, 1), .text = "marker-text"}}})
                  .ok());
  const auto expect_clean = [this] {
    for (const std::string suffix : {"", "-wal", "-shm", "-journal"}) {
      const std::string content = ReadFile(path() + suffix);
      EXPECT_EQ(content.find("marker"), std::string::npos) << suffix;
      EXPECT_EQ(content.find("CREATE TABLE"), std::string::npos) << suffix;
    }
  };
  ASSERT_GT(ReadFile(path() + "-wal").size(), 4096u);
  expect_clean();
  ASSERT_TRUE(db().Checkpoint().ok());
  expect_clean();
  Close();
  ASSERT_GT(ReadFile(path()).size(), 10u * 4096);
  expect_clean();
}

TEST_F(OpenTest, ConfiguresTheWriterForDurability) {
  const auto pragma = [this](std::string_view name) {
    Statement read = db().Query("PRAGMA " + std::string(name));
    return read.Step() ? read.Text(0) : std::string("none");
  };
  EXPECT_EQ(pragma("journal_mode"), "wal");
  EXPECT_EQ(pragma("synchronous"), "2");
  EXPECT_EQ(pragma("foreign_keys"), "1");
  EXPECT_EQ(pragma("trusted_schema"), "0");
  EXPECT_EQ(pragma("secure_delete"), "1");
  EXPECT_EQ(pragma("temp_store"), "2");
  EXPECT_EQ(pragma("page_size"), "4096");
  EXPECT_EQ(pragma("wal_autocheckpoint"), "0");
}

TEST_F(OpenTest, KeepsReadersFromWriting) {
  auto reader = Reader();
  ASSERT_NE(reader, nullptr);
  EXPECT_FALSE(reader->Exec("DELETE FROM holder").ok());
  EXPECT_FALSE(reader->Exec("CREATE TABLE t (a)").ok());
}

TEST_F(OpenTest, LetsAReaderOpenAfterACrashLeftAWriteAheadLog) {
  AddHolder("ana", "ana");
  const std::string copy = path() + ".copy";
  WriteFile(copy, ReadFile(path()));
  WriteFile(copy + "-wal", ReadFile(path() + "-wal"));
  auto reader = Connection::OpenReader(copy, TestKey());
  ASSERT_TRUE(reader.ok()) << reader.status();
  const auto holder = HolderStore(**reader).ByName("ana");
  ASSERT_TRUE(holder.ok()) << holder.status();
  EXPECT_TRUE(holder->has_value());
}

}  // namespace
}  // namespace holdfast::storage
