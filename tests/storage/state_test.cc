#include "vault/storage/state.h"

#include <random>

#include "tests/storage/fixture.h"
#include "vault/storage/grant_store.h"
#include "vault/storage/key_store.h"

namespace holdfast::storage {
namespace {

class StateTest : public StorageTest {
 protected:
  void ExpectInStep() {
    const auto recomputed = db().RecomputeStateSum();
    ASSERT_TRUE(recomputed.ok()) << recomputed.status();
    EXPECT_EQ(db().state_sum(), *recomputed);
  }
  std::string EncodingOf(std::string_view sql) {
    std::string seen;
    db().set_row_hash([&seen](ByteView row) {
      seen += HexEncode(row) + "\n";
      return TestRowHash(row);
    });
    EXPECT_TRUE(db().Exec(sql).ok());
    db().set_row_hash(&TestRowHash);
    return seen;
  }
};

TEST_F(StateTest, IsZeroForANewDatabase) {
  EXPECT_EQ(db().state_sum(), StateSum());
  ExpectInStep();
}

TEST_F(StateTest, EncodesRowsInOnePinnedForm) {
  const Holder ana = AddHolder("ana", "ana");
  const Account account = AddAccount("acct");
  ASSERT_EQ(ana.id, 1);
  ASSERT_EQ(account.id, 1);
  EXPECT_EQ(EncodingOf("INSERT INTO access_grant VALUES (7, 1, 1, 2, 'why', NULL, 256, -1, NULL, NULL)"),
            "0000000c6163636573735f6772616e74"  // "access_grant"
            "690000000000000007"                // id
            "690000000000000001"                // account_id
            "690000000000000001"                // holder_id
            "690000000000000002"                // relation
            "7400000003776879"                  // reason
            "6e"                                // granted_by
            "690000000000000100"                // created_at
            "69ffffffffffffffff"                // expires_at
            "6e6e\n");                          // ended_at, ended_by
  EXPECT_EQ(EncodingOf("INSERT INTO device_key VALUES (2, 1, x'0aff', x'', 1, 1, NULL, 3, 4, NULL, NULL, NULL, NULL)"),
            "0000000a6465766963655f6b6579"
            "690000000000000002"
            "690000000000000001"
            "62000000020aff"
            "6200000000"
            "690000000000000001"
            "690000000000000001"
            "6e"
            "690000000000000003"
            "690000000000000004"
            "6e6e6e6e\n");
}

TEST_F(StateTest, AddsTheHashAsLittleEndianLanes) {
  db().set_row_hash([](ByteView) {
    std::array<std::uint8_t, 32> hash{};
    for (std::size_t i = 0; i < hash.size(); ++i) hash[i] = static_cast<std::uint8_t>(i + 1);
    return hash;
  });
  AddHolder("ana", "ana");
  EXPECT_EQ(db().state_sum().lanes, (std::array<std::uint64_t, 4>{0x0807060504030201, 0x100f0e0d0c0b0a09,
                                                                  0x1817161514131211, 0x201f1e1d1c1b1a19}));
}

TEST_F(StateTest, ChangesWithEveryColumnOfEveryTable) {
  const Holder ana = AddHolder("ana", "ana");
  const Account account = AddAccount("acct");
  DeviceKey key{.holder_id = ana.id, .cert_sha256 = Bytes(32, 1), .box_public = Bytes(32, 2)};
  ASSERT_TRUE(KeyStore(db()).Insert(key).ok());
  Grant grant{.account_id = account.id, .holder_id = ana.id};
  ASSERT_TRUE(GrantStore(db()).Insert(grant).ok());
  ASSERT_TRUE(db().Exec("PRAGMA ignore_check_constraints = ON").ok());
  ASSERT_TRUE(db().Exec("PRAGMA foreign_keys = OFF").ok());
  for (const std::string table : {"holder", "device_key", "access_grant"}) {
    std::vector<std::pair<std::string, std::string>> columns;
    Statement info = db().Query("PRAGMA table_info(" + table + ")");
    while (info.Step()) columns.emplace_back(info.Text(1), info.Text(2));
    ASSERT_GT(columns.size(), 9u);
    for (const auto& [column, type] : columns) {
      const StateSum before = db().state_sum();
      const std::string value = type == "INTEGER" ? "77" : type == "TEXT" ? "'changed'" : "x'77'";
      ASSERT_TRUE(db().Begin().ok());
      ASSERT_TRUE(db().Exec("UPDATE " + table + " SET " + column + " = " + value).ok()) << column;
      EXPECT_NE(db().state_sum(), before) << table << "." << column;
      ExpectInStep();
      ASSERT_TRUE(db().Rollback().ok());
      EXPECT_EQ(db().state_sum(), before);
    }
  }
}

TEST_F(StateTest, EqualsARecomputationAfterRandomChanges) {
  std::mt19937 random(20261122);
  std::vector<Holder> holders;
  for (int i = 0; i < 8; ++i)
    holders.push_back(AddHolder("h" + std::to_string(i), "p" + std::to_string(i % 3)));
  std::vector<std::int64_t> accounts;
  for (int i = 0; i < 4; ++i) accounts.push_back(AddAccount("a" + std::to_string(i)).id);
  GrantStore grants(db());
  KeyStore keys(db());
  for (int step = 0; step < 400; ++step) {
    const bool undo = random() % 4 == 0;
    ASSERT_TRUE(db().Begin().ok());
    ASSERT_TRUE(db().Savepoint().ok());
    Holder& holder = holders[random() % holders.size()];
    const StateSum before = db().state_sum();
    switch (random() % 5) {
      case 0: {
        Holder changed = holder;
        changed.roles = static_cast<std::int64_t>(random() % 16);
        changed.revision += 1;
        ASSERT_TRUE(HolderStore(db()).Update(changed).ok());
        break;
      }
      case 1: {
        Grant grant{.account_id = accounts[random() % accounts.size()],
                    .holder_id = holder.id,
                    .relation = static_cast<Relation>(1 + random() % 3),
                    .created_at = step};
        grants.Insert(grant).IgnoreError();  // often refused by an index, which must not move the sum
        break;
      }
      case 2:
        grants.End(static_cast<std::int64_t>(1 + random() % 60), step, holder.id).IgnoreError();
        break;
      case 3: {
        DeviceKey key{.holder_id = holder.id,
                      .cert_sha256 = Pseudonym(static_cast<std::int64_t>(random() % 50))};
        keys.Insert(key).IgnoreError();
        break;
      }
      case 4:
        ASSERT_TRUE(db().Exec("DELETE FROM device_key WHERE id % 7 = ?1", random() % 7).ok());
        break;
    }
    ASSERT_TRUE((undo ? db().RollbackSavepoint() : db().ReleaseSavepoint()).ok());
    if (undo) {
      EXPECT_EQ(db().state_sum(), before);
    }
    ASSERT_TRUE(db().Commit().ok());
    ExpectInStep();
  }
}

TEST_F(StateTest, IsRestoredByHandAfterASavepoint) {
  ASSERT_TRUE(db().Begin().ok());
  AddHolder("ana", "ana");
  const StateSum kept = db().state_sum();
  ASSERT_TRUE(db().Savepoint().ok());
  AddHolder("ben", "ben");
  EXPECT_NE(db().state_sum(), kept);
  ASSERT_TRUE(db().RollbackSavepoint().ok());
  db().set_state_sum(kept);
  ExpectInStep();
  ASSERT_TRUE(db().Commit().ok());
  ExpectInStep();
}

TEST_F(StateTest, DoesNotMoveWhenAStatementFailsAfterItsTriggers) {
  const StateSum before = db().state_sum();
  DeviceKey orphan{.holder_id = 99, .cert_sha256 = Bytes(32, 1)};
  EXPECT_EQ(ReasonOf(KeyStore(db()).Insert(orphan)), "CONSTRAINT");
  EXPECT_EQ(db().state_sum(), before);
}

TEST_F(StateTest, SeesARowThatIsReplaced) {
  AddHolder("ana", "ana");
  ASSERT_TRUE(
      db().Exec("INSERT OR REPLACE INTO holder (id, name, pseudonym, kind, person, display_name, roles, status,"
                " created_at, updated_at, revision, qualifications) SELECT id, name, pseudonym, kind, person, 'other',"
                " 1, status, created_at, updated_at, 2, qualifications FROM holder")
          .ok());
  ExpectInStep();
}

TEST_F(StateTest, ForgetsNothingOverARestart) {
  AddHolder("ana", "ana");
  const StateSum before = db().state_sum();
  Close();
  auto again = Connection::OpenWriter(path(), TestKey(), Create::kMustExist, &TestRowHash);
  ASSERT_TRUE(again.ok());
  const auto recomputed = (*again)->RecomputeStateSum();
  ASSERT_TRUE(recomputed.ok());
  EXPECT_EQ(*recomputed, before);
}

TEST_F(StateTest, RefusesWritesWithoutAHash) {
  db().set_row_hash(nullptr);
  Holder ana{.name = "ana", .pseudonym = Pseudonym(1)};
  EXPECT_FALSE(HolderStore(db()).Insert(ana).ok());
  Statement count = db().Query("SELECT count(*) FROM holder");
  ASSERT_TRUE(count.Step());
  EXPECT_EQ(count.Int(0), 0);
}

}  // namespace
}  // namespace holdfast::storage
