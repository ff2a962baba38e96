#include "vault/storage/connection.h"

#include "tests/storage/fixture.h"
#include "vault/storage/setting_store.h"

namespace holdfast::storage {
namespace {

using ConnectionTest = StorageTest;

std::int64_t Count(Connection& connection, std::string_view table) {
  Statement count = connection.Query("SELECT count(*) FROM " + std::string(table));
  return count.Step() ? count.Int(0) : -1;
}

TEST_F(ConnectionTest, BindsAndReadsEveryType) {
  Statement row = db().Query("SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7", std::int64_t{-5},
                             std::string_view("a\0b", 3), Bytes{0, 255}, nullptr,
                             std::optional<std::int64_t>(), std::optional<std::string>("x"), true);
  ASSERT_TRUE(row.Step()) << row.status();
  EXPECT_EQ(row.Int(0), -5);
  EXPECT_EQ(row.Text(1), std::string("a\0b", 3));
  EXPECT_EQ(row.Blob(2), (Bytes{0, 255}));
  EXPECT_TRUE(row.IsNull(3));
  EXPECT_EQ(row.OptInt(4), std::nullopt);
  EXPECT_EQ(row.Text(5), "x");
  EXPECT_TRUE(row.Bool(6));
  EXPECT_FALSE(row.Step());
  EXPECT_TRUE(row.status().ok());
}

TEST_F(ConnectionTest, KeepsEmptyValuesApartFromNull) {
  Statement row = db().Query("SELECT ?1, typeof(?1), ?2, typeof(?2)", std::string_view(), ByteView());
  ASSERT_TRUE(row.Step());
  EXPECT_EQ(row.Text(1), "text");
  EXPECT_EQ(row.OptBlob(2), Bytes());
  EXPECT_EQ(row.Text(3), "blob");
}

TEST_F(ConnectionTest, RefusesAMissingParameter) {
  EXPECT_EQ(ReasonOf(db().Exec("SELECT ?1, ?2", 1)), "DATABASE_ERROR");
  EXPECT_EQ(ReasonOf(db().Exec("SELECT ?1", 1, 2)), "DATABASE_ERROR");
}

TEST_F(ConnectionTest, CarriesNeitherSqlNorValuesInErrors) {
  const absl::Status syntax = db().Exec("SELEKT 'hidden'");
  EXPECT_EQ(MessageOf(syntax), "database error (code 1)");
  SettingStore settings(db());
  ASSERT_TRUE(settings.PutWrappedKey("kek", 1, Bytes(4)).ok());
  const absl::Status duplicate = settings.PutWrappedKey("kek", 1, Bytes(4));
  EXPECT_EQ(duplicate.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(duplicate), "CONSTRAINT");
  EXPECT_EQ(MessageOf(duplicate).find("kek"), std::string_view::npos);
}

TEST_F(ConnectionTest, StopsAtTheFirstErrorOfAStatement) {
  Statement statement = db().Query("SELECT no_such_function(?1)", 1);
  EXPECT_FALSE(statement.Step());
  const absl::Status first = statement.status();
  EXPECT_FALSE(first.ok());
  EXPECT_FALSE(statement.Step());
  EXPECT_EQ(statement.status(), first);
}

TEST_F(ConnectionTest, UsesOneSqlTwiceAtTheSameTime) {
  constexpr std::string_view kSql = "SELECT 1 UNION ALL SELECT 2";
  Statement outer = db().Query(kSql);
  ASSERT_TRUE(outer.Step());
  Statement inner = db().Query(kSql);
  ASSERT_TRUE(inner.Step());
  EXPECT_EQ(inner.Int(0), 1);
  ASSERT_TRUE(outer.Step());
  EXPECT_EQ(outer.Int(0), 2);
}

TEST_F(ConnectionTest, ForgetsBoundValuesOfAnEarlierUse) {
  constexpr std::string_view kSql = "SELECT ?1";
  ASSERT_TRUE(db().Exec(kSql, "first").ok());
  Statement again = db().Query(kSql, nullptr);
  ASSERT_TRUE(again.Step());
  EXPECT_TRUE(again.IsNull(0));
}

TEST_F(ConnectionTest, RefusesDanglingReferencesAndUnknownNumbers) {
  Secret orphan{.account_id = 99, .name = "s", .pseudonym = Pseudonym(1), .kind = "password"};
  const absl::Status status = SecretStore(db()).Insert(orphan);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), "CONSTRAINT");
  Holder holder{.name = "h", .pseudonym = Pseudonym(1), .kind = static_cast<HolderKind>(3)};
  EXPECT_EQ(ReasonOf(HolderStore(db()).Insert(holder)), "CONSTRAINT");
}

TEST_F(ConnectionTest, ReportsAMissingRowOfAnUpdate) {
  Holder nobody = AddHolder("ana", "ana");
  nobody.id = 99;
  const absl::Status status = HolderStore(db()).Update(nobody);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(status), "ROW_MISSING");
}

TEST_F(ConnectionTest, UndoesWhatIsRolledBack) {
  ASSERT_TRUE(db().Begin().ok());
  AddHolder("ana", "ana");
  ASSERT_TRUE(db().Savepoint().ok());
  AddHolder("ben", "ben");
  ASSERT_TRUE(db().Savepoint().ok());
  AddHolder("cem", "cem");
  ASSERT_TRUE(db().ReleaseSavepoint().ok());
  ASSERT_TRUE(db().RollbackSavepoint().ok());
  EXPECT_EQ(Count(db(), "holder"), 1);
  ASSERT_TRUE(db().Commit().ok());
  ASSERT_TRUE(db().Begin().ok());
  AddHolder("dia", "dia");
  ASSERT_TRUE(db().Rollback().ok());
  EXPECT_EQ(Count(db(), "holder"), 1);
  EXPECT_FALSE(db().InTransaction());
}

TEST_F(ConnectionTest, RefusesTransactionCallsOutOfOrder) {
  EXPECT_EQ(ReasonOf(db().Commit()), "DATABASE_ERROR");
  EXPECT_EQ(ReasonOf(db().Savepoint()), "DATABASE_ERROR");
  EXPECT_TRUE(db().Rollback().ok());
  ASSERT_TRUE(db().Begin().ok());
  EXPECT_EQ(ReasonOf(db().Begin()), "DATABASE_ERROR");
  EXPECT_EQ(ReasonOf(db().ReleaseSavepoint()), "DATABASE_ERROR");
  EXPECT_EQ(ReasonOf(db().RollbackSavepoint()), "DATABASE_ERROR");
  EXPECT_TRUE(db().Commit().ok());
}

TEST_F(ConnectionTest, ShowsASnapshotOneStateOnly) {
  auto reader = Reader();
  ASSERT_NE(reader, nullptr);
  {
    ReadSnapshot snapshot(*reader);
    ASSERT_TRUE(snapshot.status().ok());
    EXPECT_EQ(Count(*reader, "holder"), 0);
    AddHolder("ana", "ana");
    EXPECT_EQ(Count(*reader, "holder"), 0);
  }
  EXPECT_EQ(Count(*reader, "holder"), 1);
}

TEST_F(ConnectionTest, CountsFramesUntilTheyAreCheckpointed) {
  ASSERT_TRUE(db().Checkpoint().ok());
  EXPECT_EQ(db().WalFrames(), 0);
  AddHolder("ana", "ana");
  EXPECT_GT(db().WalFrames(), 0);
  auto reader = Reader();
  ASSERT_NE(reader, nullptr);
  {
    ReadSnapshot snapshot(*reader);
    EXPECT_EQ(Count(*reader, "holder"), 1);
    AddHolder("ben", "ben");
    ASSERT_TRUE(db().Checkpoint().ok());
    EXPECT_GT(db().WalFrames(), 0);  // the reader needs the older pages
  }
  ASSERT_TRUE(db().Checkpoint().ok());
  EXPECT_EQ(db().WalFrames(), 0);
}

TEST_F(ConnectionTest, NeverCheckpointsByItself) {
  ASSERT_TRUE(db().Checkpoint().ok());
  const std::string before = ReadFile(path());
  for (int i = 0; i < 600; ++i)
    ASSERT_TRUE(SettingStore(db())
                    .Set("s" + std::to_string(i % 7), std::string(5000, static_cast<char>('a' + i % 25)))
                    .ok());
  EXPECT_GT(db().WalFrames(), 1000);
  EXPECT_EQ(ReadFile(path()), before);
}

TEST_F(ConnectionTest, RollsBackCleanlyWhenTheDiskIsFull) {
  AddHolder("ana", "ana");
  Statement pages = db().Query("PRAGMA page_count");
  ASSERT_TRUE(pages.Step());
  ASSERT_TRUE(db().Exec("PRAGMA max_page_count = " + std::to_string(pages.Int(0))).ok());
  const StateSum before = db().state_sum();
  ASSERT_TRUE(db().Begin().ok());
  AddHolder("ben", "ben");
  const absl::Status full = SettingStore(db()).Set("big", std::string(1 << 20, 'v'));
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(full), "DISK_FULL");
  ASSERT_TRUE(db().Rollback().ok());
  EXPECT_EQ(Count(db(), "holder"), 1);
  EXPECT_EQ(db().state_sum(), before);
}

}  // namespace
}  // namespace holdfast::storage
