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
            .started_at = 5,
            .asked_by = ana_,
            .asker_person = "ana",
            .asker_roles = 4};
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
  EXPECT_EQ((*found)->asked_by, ana_);
  EXPECT_EQ((*found)->asker_person, "ana");
  EXPECT_EQ((*found)->asker_roles, 4);
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

TEST_F(HandoverTest, ACancelledCaseIsOver) {
  Handover first = New(1);
  ASSERT_TRUE(handovers().Insert(first).ok());
  EXPECT_EQ(handovers().HolderIsLeaving(lea_).value(), true);
  first.state = HandoverState::kCancelled;
  ASSERT_TRUE(handovers().Update(first).ok());
  EXPECT_EQ(handovers().HolderIsLeaving(lea_).value(), false);
  EXPECT_TRUE(handovers().Open()->empty());
  Handover second = New(2);
  EXPECT_TRUE(handovers().Insert(second).ok());
}

TEST_F(HandoverTest, KeepsEachStatusBeforeAFreezeUntilItIsLifted) {
  Handover handover = New(1);
  ASSERT_TRUE(handovers().Insert(handover).ok());
  const HandoverFreeze freeze{
      .handover_id = handover.id, .holder_id = lea_, .status_before = HolderStatus::kSuspended};
  ASSERT_TRUE(handovers().AddFreeze(freeze).ok());
  EXPECT_EQ(ReasonOf(handovers().AddFreeze(freeze)), "CONSTRAINT");
  ASSERT_TRUE(handovers().AddFreeze({.handover_id = handover.id, .holder_id = ana_}).ok());
  ASSERT_TRUE(handovers().LiftFreezes(ana_, 8).ok());
  ASSERT_TRUE(handovers().LiftFreezes(ana_, 9).ok());
  const auto freezes = handovers().Freezes(handover.id);
  ASSERT_TRUE(freezes.ok());
  ASSERT_EQ(freezes->size(), 2u);
  EXPECT_EQ(freezes->at(0).status_before, HolderStatus::kSuspended);
  EXPECT_FALSE(freezes->at(0).lifted_at.has_value());
  EXPECT_EQ(freezes->at(1).lifted_at, 8);
}

TEST_F(HandoverTest, KeepsWhatWasChosenAndWhatWasAskedFor) {
  Handover handover = New(1);
  ASSERT_TRUE(handovers().Insert(handover).ok());
  const std::int64_t account = AddAccount("acct").id;
  const HandoverChoice choice{.handover_id = handover.id, .account_id = account, .successor_id = ana_};
  ASSERT_TRUE(handovers().AddChoice(choice).ok());
  EXPECT_EQ(ReasonOf(handovers().AddChoice(choice)), "CONSTRAINT");
  EXPECT_EQ(handovers().Choices(handover.id)->at(0).successor_id, ana_);
  ASSERT_TRUE(handovers().ForgetChoices(handover.id).ok());
  EXPECT_TRUE(handovers().Choices(handover.id)->empty());
  const auto plan = [&](int tier) {
    return std::vector<HandoverLine>{
        {.handover_id = handover.id, .account_id = account, .successor_id = ana_, .tier = tier, .vetted = true}};
  };
  ASSERT_TRUE(handovers().ReplacePlan(handover.id, plan(1)).ok());
  ASSERT_TRUE(handovers().ReplacePlan(handover.id, plan(2)).ok());
  const auto lines = handovers().Plan(handover.id);
  ASSERT_TRUE(lines.ok());
  ASSERT_EQ(lines->size(), 1u);
  EXPECT_EQ(lines->at(0).tier, 2);
  EXPECT_TRUE(lines->at(0).vetted);
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
  ASSERT_TRUE(handovers().AddTask(handover.id, secret).ok());
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

TEST_F(HandoverTest, NumbersTheTasksOfEachCaseFromOne) {
  Handover first = New(1);
  ASSERT_TRUE(handovers().Insert(first).ok());
  Handover second = New(2);
  second.leaver_id = ana_;
  ASSERT_TRUE(handovers().Insert(second).ok());
  const std::int64_t account = AddAccount("acct").id;
  const std::int64_t a = AddSecret(account, "a").id;
  const std::int64_t b = AddSecret(account, "b").id;
  for (const std::int64_t secret : {b, a, b}) ASSERT_TRUE(handovers().AddTask(first.id, secret).ok());
  ASSERT_TRUE(handovers().AddTask(second.id, a).ok());
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(handovers().AddOwnersTask(second.id, account).ok());
  ASSERT_TRUE(handovers().AddTask(second.id, b).ok());
  EXPECT_EQ(handovers().Tasks(second.id)->size(), 3u);
  EXPECT_EQ(handovers().Tasks(second.id)->at(1).account_id, account);
  EXPECT_EQ(handovers().Tasks(second.id)->at(1).secret_id, 0);
  EXPECT_EQ(handovers().Tasks(second.id)->at(2).number, 3);
  const auto tasks = handovers().Tasks(first.id);
  ASSERT_TRUE(tasks.ok());
  ASSERT_EQ(tasks->size(), 2u);
  EXPECT_EQ(tasks->at(0).secret_id, b);
  EXPECT_EQ(tasks->at(0).number, 1);
  EXPECT_EQ(tasks->at(1).number, 2);
  EXPECT_EQ(handovers().Tasks(second.id)->at(0).number, 1);
}

}  // namespace
}  // namespace holdfast::storage
