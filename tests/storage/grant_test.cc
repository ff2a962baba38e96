#include "tests/storage/fixture.h"
#include "vault/storage/grant_store.h"

namespace holdfast::storage {
namespace {

class GrantTest : public StorageTest {
 protected:
  GrantTest()
      : ana_(AddHolder("ana", "ana").id), ben_(AddHolder("ben", "ben").id), account_(AddAccount("acct").id) {}

  absl::StatusOr<std::int64_t> Add(std::int64_t holder, Relation relation,
                                   std::optional<Micros> expires_at = {}) {
    Grant grant{.account_id = account_,
                .holder_id = holder,
                .relation = relation,
                .reason = "r",
                .granted_by = ben_,
                .created_at = 1,
                .expires_at = expires_at};
    HF_RETURN_IF_ERROR(grants().Insert(grant));
    return grant.id;
  }
  GrantStore grants() { return GrantStore(db()); }

  std::int64_t ana_;
  std::int64_t ben_;
  std::int64_t account_;
};

TEST_F(GrantTest, KeepsOneUnendedGrantPerHolderAndAccount) {
  const auto first = Add(ana_, Relation::kGrantee);
  ASSERT_TRUE(first.ok());
  const auto second = Add(ana_, Relation::kBackup);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(second.status()), "CONSTRAINT");
  ASSERT_TRUE(grants().End(*first, 5, ben_).ok());
  EXPECT_TRUE(Add(ana_, Relation::kBackup).ok());
}

TEST_F(GrantTest, KeepsOneUnendedOwnerPerAccount) {
  const auto owner = Add(ana_, Relation::kOwner);
  ASSERT_TRUE(owner.ok());
  EXPECT_EQ(ReasonOf(Add(ben_, Relation::kOwner).status()), "CONSTRAINT");
  EXPECT_TRUE(Add(ben_, Relation::kBackup).ok());
  ASSERT_TRUE(grants().End(*owner, 5, ben_).ok());
  EXPECT_TRUE(Add(ana_, Relation::kOwner).ok());
}

TEST_F(GrantTest, IsLiveUntilItsExpiry) {
  ASSERT_TRUE(Add(ana_, Relation::kGrantee, 50).ok());
  EXPECT_TRUE(grants().Live(account_, ana_, 49)->has_value());
  EXPECT_FALSE(grants().Live(account_, ana_, 50)->has_value());
  EXPECT_EQ(grants().LiveByAccount(account_, 49)->size(), 1u);
  EXPECT_EQ(grants().LiveByAccount(account_, 50)->size(), 0u);
  EXPECT_EQ(grants().LiveByHolder(ana_, 49)->size(), 1u);
  EXPECT_EQ(grants().LiveByHolder(ana_, 50)->size(), 0u);
}

TEST_F(GrantTest, MakesRoomOnceItRanOut) {
  const auto old = Add(ana_, Relation::kGrantee, 50);
  EXPECT_TRUE(grants().Lapsed(49)->empty());
  EXPECT_FALSE(Add(ana_, Relation::kGrantee).ok());  // not yet
  ASSERT_EQ(grants().Lapsed(60)->size(), 1u);
  ASSERT_TRUE(grants().End(*old, 50, std::nullopt).ok());
  EXPECT_TRUE(grants().Lapsed(60)->empty());
  EXPECT_TRUE(Add(ana_, Relation::kGrantee).ok());
  const auto ended = grants().ById(*old);
  ASSERT_TRUE(ended.ok() && ended->has_value());
  EXPECT_EQ((*ended)->ended_at, 50);
  EXPECT_EQ((*ended)->ended_by, std::nullopt);
}

TEST_F(GrantTest, EndsOnce) {
  const auto grant = Add(ana_, Relation::kBackup);
  ASSERT_TRUE(grants().End(*grant, 5, ben_).ok());
  EXPECT_EQ(ReasonOf(grants().End(*grant, 6, ana_)), "ROW_MISSING");
  const auto row = grants().ById(*grant);
  ASSERT_TRUE(row.ok() && row->has_value());
  EXPECT_EQ((*row)->ended_at, 5);
  EXPECT_EQ((*row)->ended_by, ben_);
  EXPECT_EQ((*row)->relation, Relation::kBackup);
  EXPECT_EQ((*row)->granted_by, ben_);
}

TEST_F(GrantTest, ListsLiveGrantsInPages) {
  const auto first = Add(ana_, Relation::kOwner);
  const auto second = Add(ben_, Relation::kBackup);
  ASSERT_TRUE(second.ok());
  account_ = AddAccount("other").id;
  const auto third = Add(ana_, Relation::kOwner, 50);
  ASSERT_TRUE(third.ok());
  EXPECT_EQ(grants().List({}, 10, 0, 10)->size(), 3u);
  EXPECT_EQ(grants().List({}, 50, 0, 10)->size(), 2u);
  EXPECT_EQ(grants().List({}, 10, 0, 2)->back().id, *second);
  EXPECT_EQ(grants().List({}, 10, *second, 2)->front().id, *third);
  EXPECT_EQ(grants().List({.account_id = account_}, 10, 0, 10)->size(), 1u);
  EXPECT_EQ(grants().List({.holder_id = ana_}, 10, 0, 10)->size(), 2u);
  ASSERT_TRUE(grants().End(*first, 20, ben_).ok());
  EXPECT_EQ(grants().List({.holder_id = ana_}, 10, 0, 10)->size(), 1u);
}

TEST_F(GrantTest, AccountsAreListedWithTheArchivedOnesOrWithout) {
  Account archived = AddAccount("old");
  archived.state = AccountState::kArchived;
  AccountStore accounts(db());
  ASSERT_TRUE(accounts.Update(archived).ok());
  EXPECT_EQ(accounts.List(/*include_archived=*/false, 0, 10)->size(), 1u);
  EXPECT_EQ(accounts.List(/*include_archived=*/true, 0, 10)->size(), 2u);
  EXPECT_EQ(accounts.List(/*include_archived=*/true, 0, 1)->size(), 1u);
}

}  // namespace
}  // namespace holdfast::storage
