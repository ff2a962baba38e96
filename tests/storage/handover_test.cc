#include "tests/storage/fixture.h"
#include "vault/storage/handover_store.h"

namespace holdfast::storage {
namespace {

class HandoverTest : public StorageTest {
 protected:
  HandoverTest() : lea_(AddHolder("lea", "lea").id), ana_(AddHolder("ana", "ana").id) {}

  Handover New(std::int64_t serial) {
    return {.pseudonym = Pseudonym(1000 + serial),
            .kind = HandoverKind::kDeparture,
            .leaver_id = lea_,
            .reason = "left",
            .needs_approval = true,
            .started_by = ana_,
            .started_at = 5};
  }
  HandoverStore handovers() { return HandoverStore(db()); }

  std::int64_t lea_;
  std::int64_t ana_;
};

TEST_F(HandoverTest, NamesItselfByNumberAndIsFoundAgain) {
  Handover first = New(1);
  ASSERT_TRUE(handovers().Insert(first).ok());
  EXPECT_EQ(first.name, "1");
  first.state = HandoverState::kClosed;
  first.closed_by = ana_;
  first.closed_at = 9;
  first.revision = 2;
  ASSERT_TRUE(handovers().Update(first).ok());
  Handover second = New(2);
  ASSERT_TRUE(handovers().Insert(second).ok());
  EXPECT_EQ(second.name, "2");
  const auto found = handovers().ByName("1");
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->state, HandoverState::kClosed);
  EXPECT_EQ((*found)->closed_by, ana_);
  EXPECT_TRUE((*found)->needs_approval);
  EXPECT_EQ((*found)->revision, 2);
  EXPECT_EQ(handovers().List(0, 10)->size(), 2u);
  EXPECT_EQ(handovers().List(1, 10)->front().id, second.id);
}

TEST_F(HandoverTest, KeepsOneOpenCasePerLeaver) {
  Handover first = New(1);
  ASSERT_TRUE(handovers().Insert(first).ok());
  Handover second = New(2);
  const absl::Status refused = handovers().Insert(second);
  EXPECT_EQ(refused.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(refused), "CONSTRAINT");
  first.state = HandoverState::kCut;
  ASSERT_TRUE(handovers().Update(first).ok());
  EXPECT_FALSE(handovers().Insert(second).ok());
  first.state = HandoverState::kClosed;
  ASSERT_TRUE(handovers().Update(first).ok());
  EXPECT_TRUE(handovers().Insert(second).ok());
}

TEST_F(HandoverTest, KeepsAccountsAndTasksOnce) {
  Handover handover = New(1);
  ASSERT_TRUE(handovers().Insert(handover).ok());
  const std::int64_t account = AddAccount("acct").id;
  const std::int64_t secret = AddSecret(account, "password").id;
  const HandoverAccount moved{.handover_id = handover.id,
                              .account_id = account,
                              .from_relation = Relation::kOwner,
                              .successor_id = ana_,
                              .chosen_by = ChosenBy::kBackup};
  ASSERT_TRUE(handovers().AddAccount(moved).ok());
  EXPECT_EQ(ReasonOf(handovers().AddAccount(moved)), "CONSTRAINT");
  const auto accounts = handovers().Accounts(handover.id);
  ASSERT_TRUE(accounts.ok());
  ASSERT_EQ(accounts->size(), 1u);
  EXPECT_EQ(accounts->front().successor_id, ana_);
  EXPECT_EQ(accounts->front().chosen_by, ChosenBy::kBackup);
  ASSERT_TRUE(handovers().AddTask(handover.id, secret).ok());
  EXPECT_EQ(ReasonOf(handovers().AddTask(handover.id, secret)), "CONSTRAINT");
  ASSERT_EQ(handovers().Tasks(handover.id)->size(), 1u);
  EXPECT_EQ(handovers().Tasks(handover.id)->front().settled_as, SettledAs::kNot);
  const HandoverTask settled{.handover_id = handover.id,
                             .secret_id = secret,
                             .settled_as = SettledAs::kClosed,
                             .settled_version = 2,
                             .settled_by = ana_,
                             .settled_at = 7,
                             .evidence = "seen"};
  ASSERT_TRUE(handovers().Settle(settled).ok());
  ASSERT_EQ(handovers().Tasks(handover.id)->size(), 1u);
  const HandoverTask task = handovers().Tasks(handover.id)->front();
  EXPECT_EQ(task.secret_id, secret);
  EXPECT_EQ(task.settled_as, SettledAs::kClosed);
  EXPECT_EQ(task.settled_version, 2);
  EXPECT_EQ(task.settled_by, ana_);
  EXPECT_EQ(task.evidence, "seen");
}

}  // namespace
}  // namespace holdfast::storage
