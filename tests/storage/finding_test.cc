// Findings over many rows: right, and in one pass.
#include <gmock/gmock.h>

#include <chrono>

#include "tests/storage/fixture.h"
#include "vault/storage/event_store.h"
#include "vault/storage/exposure_store.h"
#include "vault/storage/grant_store.h"
#include "vault/storage/finding_store.h"

namespace holdfast::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr PerTier kOneDay = {kDay, kDay, kDay};

class FindingTest : public StorageTest {
 protected:
  Grant Give(std::int64_t account_id, std::int64_t holder_id, Relation relation,
             std::optional<Micros> expires_at = std::nullopt) {
    Grant grant{.account_id = account_id,
                .holder_id = holder_id,
                .relation = relation,
                .created_at = 1,
                .expires_at = expires_at};
    EXPECT_TRUE(GrantStore(db()).Insert(grant).ok());
    return grant;
  }
  static std::vector<std::int64_t> Ids(const FindingRows& rows) {
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::vector<std::int64_t> ids;
    if (rows.ok())
      for (const FindingRow& row : *rows) ids.push_back(row.row);
    return ids;
  }
  FindingStore store() { return FindingStore(db()); }
};

TEST_F(FindingTest, CountsActivePersonsWhoOwnOrBackUp) {
  const Holder bob = AddHolder("bob", "bob");
  const Holder again = AddHolder("bob-too", "bob");
  Holder carol = AddHolder("carol", "carol");
  const Holder dave = AddHolder("dave", "dave");
  const Account account = AddAccount("news");
  Give(account.id, bob.id, Relation::kOwner);
  Give(account.id, again.id, Relation::kBackup);
  Give(account.id, carol.id, Relation::kBackup);
  Give(account.id, dave.id, Relation::kGrantee);
  EXPECT_EQ(*store().CountActiveOwners(account.id, 2), 2);
  EXPECT_THAT(Ids(store().AccountsWithFewerOwners({2, 2, 2}, 2)), IsEmpty());
  carol.status = HolderStatus::kLeaving;
  carol.updated_at = 77;
  ASSERT_TRUE(HolderStore(db()).Update(carol).ok());
  EXPECT_EQ(*store().CountActiveOwners(account.id, 2), 1);
  const auto few = store().AccountsWithFewerOwners({2, 2, 2}, 2);
  ASSERT_THAT(Ids(few), ElementsAre(account.id));
  EXPECT_EQ(few->front().number, 1);
  EXPECT_EQ(few->front().holder, "bob");
  EXPECT_EQ(few->front().since, 77);
}

TEST_F(FindingTest, GivesEachTierItsOwnLimitAndNoneToATierWithoutOne) {
  Account account = AddAccount("news");
  for (const int tier : {1, 2, 3}) {
    account.tier = tier;
    ASSERT_TRUE(AccountStore(db()).Update(account).ok());
    PerTier limits;
    EXPECT_THAT(Ids(store().AccountsNotReviewed(limits, 10 * kDay)), IsEmpty());
    limits[static_cast<std::size_t>(tier - 1)] = kDay;
    EXPECT_THAT(Ids(store().AccountsNotReviewed(limits, 10 * kDay)), ElementsAre(account.id));
    EXPECT_THAT(Ids(store().AccountsNotReviewed(limits, kDay)), IsEmpty())
        << "on the day itself it is in time";
  }
  account.state = AccountState::kArchived;
  ASSERT_TRUE(AccountStore(db()).Update(account).ok());
  EXPECT_THAT(Ids(store().AccountsNotReviewed(kOneDay, 10 * kDay)), IsEmpty());
}

TEST_F(FindingTest, TakesTheAgeOfTheValueFromItsFirstVersion) {
  const Holder bob = AddHolder("bob", "bob");
  const Account account = AddAccount("news");
  const Secret secret = AddSecret(account.id, "password");
  AddVersion(secret.id, 1, bob.id, /*value=*/5);
  AddVersion(secret.id, 2, bob.id);
  AddVersion(secret.id, 3, bob.id, /*value=*/5);
  const auto old = store().SecretsOlderThan(kOneDay, 10 * kDay);
  ASSERT_THAT(Ids(old), ElementsAre(secret.id));
  EXPECT_EQ(old->front().since, 1);
  Attest(secret.id, 3, bob.id);
  EXPECT_THAT(Ids(store().SecretsOlderThan(kOneDay, 10 * kDay)), IsEmpty());
}

TEST_F(FindingTest, LeavesOutGrantsThatHaveEnded) {
  const Holder bob = AddHolder("bob", "bob");
  const Account account = AddAccount("news");
  Give(account.id, bob.id, Relation::kGrantee, 3 * kDay);
  EXPECT_EQ(Ids(store().GrantsLongerThan(kOneDay, 2 * kDay)).size(), 1u);
  EXPECT_EQ(Ids(store().GrantsUnused(kDay, 2 * kDay)).size(), 1u);
  EXPECT_THAT(Ids(store().GrantsLongerThan(kOneDay, 4 * kDay)), IsEmpty());
  EXPECT_THAT(Ids(store().GrantsUnused(kDay, 4 * kDay)), IsEmpty());
}

// One holder with access to all of ten thousand accounts, and an owner who saw every secret: what is
// quadratic in either takes minutes here.
TEST_F(FindingTest, TakesOnePassOverTenThousandAccounts) {
  constexpr int kAccounts = 10'000;
  Holder bob = AddHolder("bob", "bob");
  const Holder carol = AddHolder("carol", "carol");
  ASSERT_TRUE(db().Begin().ok());
  for (int i = 0; i < kAccounts; ++i) {
    const Account account = AddAccount("a" + std::to_string(i));
    Give(account.id, bob.id, Relation::kOwner);
    Give(account.id, carol.id, Relation::kGrantee);
    const Secret secret = AddSecret(account.id, "password");
    AddVersion(secret.id, 1, bob.id);
    ASSERT_TRUE(ExposureStore(db()).Record(bob.id, secret.id, 1, ExposureHow::kMade, 1).ok());
    ASSERT_TRUE(EventStore(db())
                    .Append({.idx = i,
                             .time = 1,
                             .type = "secret.put",
                             .actor_id = carol.id,
                             .account_id = account.id,
                             .outcome = EventOutcome::kAllowed})
                    .ok());
  }
  bob.status = HolderStatus::kSuspended;
  ASSERT_TRUE(HolderStore(db()).Update(bob).ok());
  ASSERT_TRUE(db().Commit().ok());

  const auto start = std::chrono::steady_clock::now();
  const Micros now = 10 * kDay;
  EXPECT_EQ(Ids(store().AccountsWithFewerOwners({2, 2, 2}, now)).size(), kAccounts);
  EXPECT_EQ(Ids(store().InactiveOwners(now)).size(), kAccounts);
  EXPECT_EQ(Ids(store().SecretsOlderThan(kOneDay, now)).size(), kAccounts);
  EXPECT_EQ(Ids(store().ExposedInactive()).size(), kAccounts);
  EXPECT_EQ(Ids(store().AccountsNotReviewed(kOneDay, now)).size(), kAccounts);
  EXPECT_EQ(Ids(store().GrantsLongerThan(kOneDay, now)).size(), kAccounts);
  EXPECT_EQ(Ids(store().GrantsUnused(kDay, now)).size(), kAccounts);
  EXPECT_EQ(Ids(store().HoldersIdle(kDay, now)).size(), 1u);
  EXPECT_THAT(Ids(store().KeysUnconfirmed(kDay, now)), IsEmpty());
  EXPECT_THAT(Ids(store().KeysEnding(kDay, now)), IsEmpty());
  EXPECT_THAT(Ids(store().HandoversOpen(kDay, now)), IsEmpty());
  const auto took = std::chrono::steady_clock::now() - start;
  RecordProperty("milliseconds", static_cast<int>(took / std::chrono::milliseconds(1)));
  EXPECT_LT(took, std::chrono::seconds(20)) << "a sanitized build on a busy machine needs a tenth of that";
}

}  // namespace
}  // namespace holdfast::storage
