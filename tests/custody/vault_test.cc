// Any doubt keeps a vault shut, and says which doubt.
#include "vault/custody/vault.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/custody/fixture.h"
#include "vault/custody/paths.h"
#include "vault/custody/seal.h"

namespace holdfast::custody {
namespace {

namespace fs = std::filesystem;

class VaultTest : public CustodyTest {
 protected:
  VaultTest() { Close(); }

  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  static void Write(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  std::string OpenReason() { return ReasonOf(Vault::Open(data_dir()).status()); }
  // The message names the file, and no secret.
  void ExpectNamed(const std::string& path) {
    const absl::Status status = Vault::Open(data_dir()).status();
    EXPECT_NE(MessageOf(status).find(path), std::string_view::npos) << status;
    const std::string key = Read(key_file());
    const std::string secret = key.size() > 60 ? key.substr(key.size() - 20, 18) : "no key in it";
    EXPECT_EQ(MessageOf(status).find(secret), std::string_view::npos);
  }
  // Another vault of the same machine.
  void MakeOther() {
    ASSERT_TRUE(InitVault({.data_dir = directory() + "/other",
                           .officer = "alice",
                           .key_file = directory() + "/other-key",
                           .anchor = {},
                           .address = {}})
                    .ok());
  }
  void AddOneAccount() {
    Open();
    ASSERT_TRUE(Do([&](WriteTx& tx) { return AddAccount(tx, "x-acme"); }).ok());
    Close();
  }
  // What somebody with the key file could do to the database.
  void Tamper(std::string_view sql) {
    auto seal = ReadSeal(data_dir());
    ASSERT_TRUE(seal.ok());
    auto unsealed = Unseal(*seal);
    ASSERT_TRUE(unsealed.ok());
    auto db = storage::Connection::OpenWriter(DatabasePath(data_dir()), unsealed->database_key,
                                              storage::Create::kMustExist,
                                              [](ByteView) { return std::array<std::uint8_t, 32>{}; });
    ASSERT_TRUE(db.ok()) << db.status();
    ASSERT_TRUE((*db)->Exec(sql).ok()) << sql;
    ASSERT_EQ((*db)->Changes(), 1) << sql;
  }
  void CopyDatabase(const std::string& to) {
    fs::create_directory(to);
    for (const char* suffix : {"", "-wal", "-shm"}) {
      if (fs::exists(DatabasePath(data_dir()) + suffix))
        fs::copy_file(DatabasePath(data_dir()) + suffix, to + "/vault.db" + suffix);
    }
  }
  void PutBack(const std::string& from) {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      // In place: another file of that name would be noticed by its inode.
      if (fs::exists(from + "/vault.db" + suffix))
        Write(DatabasePath(data_dir()) + suffix, Read(from + "/vault.db" + suffix));
      else
        fs::remove(DatabasePath(data_dir()) + suffix);
    }
  }
};

TEST_F(VaultTest, OpensAgainAsItWas) {
  Open();
  const std::int64_t size = LogSize();
  ASSERT_TRUE(Do([&](WriteTx& tx) { return AddAccount(tx, "x-acme"); }).ok());
  Close();
  Open();
  EXPECT_EQ(LogSize(), size + 1);
  EXPECT_TRUE(Has("x-acme"));
}

TEST_F(VaultTest, IsUsedByOneProcessAtATime) {
  Open();
  EXPECT_EQ(OpenReason(), "VAULT_IN_USE");
  Close();
  EXPECT_EQ(OpenReason(), "");
}

TEST_F(VaultTest, SaysWhatIsWrongWithTheSeal) {
  const std::string path = SealPath(data_dir());
  const std::string good = Read(path);
  for (const std::string& bad :
       {std::string(), std::string("{}"), good.substr(0, good.size() / 2), std::string(100'000, '['),
        std::string("{\"format\": \"holdfast-seal-v9\"}")}) {
    Write(path, bad);
    EXPECT_EQ(OpenReason(), "SEAL_DAMAGED") << bad.substr(0, 50);
    ExpectNamed(path);
  }
  fs::remove(path);
  EXPECT_EQ(OpenReason(), "SEAL_MISSING");
  ExpectNamed(path);
  EXPECT_EQ(MessageOf(Vault::Open(data_dir()).status()).find("init"), std::string_view::npos)
      << "which would make another vault";
  fs::rename(DatabasePath(data_dir()), directory() + "/aside");
  EXPECT_EQ(OpenReason(), "NOT_A_VAULT");
  ExpectNamed(data_dir());
  fs::rename(directory() + "/aside", DatabasePath(data_dir()));
  Write(path, good);
  EXPECT_EQ(OpenReason(), "");
}

TEST_F(VaultTest, RefusesASealWithAnyFlippedByte) {
  const std::string path = SealPath(data_dir());
  const std::string good = Read(path);
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const int flip : {0x01, 0x20, 0x80}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      Write(path, bad);
      const absl::Status status = Vault::Open(data_dir()).status();
      ASSERT_EQ(ReasonOf(status), "SEAL_DAMAGED") << i << " " << status;
      ASSERT_NE(MessageOf(status).find(path), std::string_view::npos) << status;
      ASSERT_NE(MessageOf(status).find("put back a copy of it"), std::string_view::npos) << status;
    }
  }
  Write(path, good + "\n");
  EXPECT_EQ(OpenReason(), "SEAL_DAMAGED");
  Write(path, good);
  EXPECT_EQ(OpenReason(), "");
}

TEST_F(VaultTest, SaysWhatIsWrongWithTheKeyFile) {
  const std::string good = Read(key_file());
  const auto expect = [&](const std::string& bytes, const char* reason) {
    Write(key_file(), bytes);
    EXPECT_EQ(OpenReason(), reason) << bytes.size();
    ExpectNamed(key_file());
  };
  expect("", "KEY_FILE_DAMAGED");
  expect(good.substr(0, good.size() - 1), "KEY_FILE_DAMAGED");
  expect(good.substr(0, good.size() - 10) + "\n", "KEY_FILE_DAMAGED");
  expect("x" + good, "KEY_FILE_DAMAGED");
  expect(std::string(5'000, 'a'), "KEY_FILE_DAMAGED");
  ASSERT_NO_FATAL_FAILURE(MakeOther());
  expect(Read(directory() + "/other-key"), "KEY_FILE_FOREIGN");
  // The right vault's name on another key.
  const std::string other = Read(directory() + "/other-key");
  expect(good.substr(0, good.rfind(' ')) + other.substr(other.rfind(' ')), "KEY_FILE_WRONG");
  fs::remove(key_file());
  EXPECT_EQ(OpenReason(), "KEY_FILE_MISSING");
  ExpectNamed(key_file());
  Write(key_file(), good);
  ASSERT_EQ(chmod(key_file().c_str(), 0640), 0);
  EXPECT_EQ(OpenReason(), "KEY_FILE_OPEN");
  ASSERT_EQ(chmod(key_file().c_str(), 0600), 0);
  EXPECT_EQ(OpenReason(), "");
}

TEST_F(VaultTest, RefusesTheDatabaseOfAnotherVault) {
  ASSERT_NO_FATAL_FAILURE(MakeOther());
  fs::copy_file(directory() + "/other/vault.db", DatabasePath(data_dir()),
                fs::copy_options::overwrite_existing);
  EXPECT_EQ(OpenReason(), "DATABASE_UNREADABLE");
}

TEST_F(VaultTest, RefusesAnOlderDatabase) {
  const std::string copy = directory() + "/copy";
  CopyDatabase(copy);
  ASSERT_NO_FATAL_FAILURE(AddOneAccount());
  PutBack(copy);
  EXPECT_EQ(OpenReason(), "LOG_ROLLED_BACK");
}

// Both put back together are what only an outside witness can notice.
TEST_F(VaultTest, OpensAnOlderDatabaseWithItsOwnAnchor) {
  const std::string copy = directory() + "/copy";
  CopyDatabase(copy);
  const std::string anchor = Read(AnchorPath(data_dir()));
  ASSERT_NO_FATAL_FAILURE(AddOneAccount());
  PutBack(copy);
  Write(AnchorPath(data_dir()), anchor);
  EXPECT_EQ(OpenReason(), "");
}

TEST_F(VaultTest, NeedsItsOwnAnchor) {
  const std::string path = AnchorPath(data_dir());
  const std::string good = Read(path);
  fs::remove(path);
  EXPECT_EQ(OpenReason(), "ANCHOR_MISSING");
  ExpectNamed(path);
  ASSERT_NO_FATAL_FAILURE(MakeOther());
  fs::copy_file(directory() + "/other/anchor", path);
  EXPECT_EQ(OpenReason(), "ANCHOR_DAMAGED");
  Write(path, good);
  EXPECT_EQ(OpenReason(), "");
}

TEST_F(VaultTest, NoticesAGrantThatWasChangedBehindTheLog) {
  Open();
  ASSERT_TRUE(Do([&](WriteTx& tx) -> absl::Status {
                HF_RETURN_IF_ERROR(AddAccount(tx, "x-acme", "bob"));
                return CreateGrant(tx, As(tx, "bob"), Ask(),
                                   {.account = "x-acme", .holder = "carol", .expires_at = tx.now() + kHour})
                    .status();
              }).ok());
  Close();
  ASSERT_NO_FATAL_FAILURE(Tamper("UPDATE access_grant SET expires_at = NULL WHERE relation = 3"));
  EXPECT_EQ(OpenReason(), "STATE_DAMAGED");
}

TEST_F(VaultTest, NoticesARoleThatWasGivenBehindTheLog) {
  ASSERT_NO_FATAL_FAILURE(Tamper("UPDATE holder SET roles = 1 WHERE name = 'bob'"));
  EXPECT_EQ(OpenReason(), "STATE_DAMAGED");
}

// Tables that no decision rests on at first sight: a repeat that is forgotten acts twice.
TEST_F(VaultTest, NoticesAForgottenRepeatAndAnotherKey) {
  ASSERT_NO_FATAL_FAILURE(AddOneAccount());
  ASSERT_NO_FATAL_FAILURE(Tamper("DELETE FROM request WHERE rowid = (SELECT max(rowid) FROM request)"));
  EXPECT_EQ(OpenReason(), "STATE_DAMAGED");
}

TEST_F(VaultTest, NoticesACertificateThatWasAdded) {
  ASSERT_NO_FATAL_FAILURE(Tamper("INSERT INTO certificate VALUES ('other', 'pem')"));
  EXPECT_EQ(OpenReason(), "STATE_DAMAGED");
}

TEST_F(VaultTest, IsNeverMadeOverAnother) {
  const auto init = [&](const std::string& data, const std::string& key) {
    return ReasonOf(
        InitVault({.data_dir = data, .officer = "alice", .key_file = key, .anchor = {}, .address = {}})
            .status());
  };
  EXPECT_EQ(init(data_dir(), directory() + "/new-key"), "VAULT_EXISTS");
  EXPECT_FALSE(fs::exists(directory() + "/new-key"));
  EXPECT_EQ(init(directory() + "/new", key_file()), "KEY_FILE_EXISTS");
  EXPECT_FALSE(fs::exists(directory() + "/new"));
  EXPECT_EQ(init(directory() + "/new", directory() + "/new/key"), "INVALID_FIELD");
  EXPECT_FALSE(fs::exists(directory() + "/new"));
  EXPECT_EQ(OpenReason(), "");
}

}  // namespace
}  // namespace holdfast::custody
