// A case by itself: who gets what, which tasks there are, and what lets it close.
#include "gmock/gmock.h"
#include "tests/custody/policies.h"
#include "tests/handover/fixture.h"
#include "vault/custody/knowledge.h"

namespace holdfast::handover {
namespace {

using storage::ChosenBy;
using storage::HandoverState;

TEST_F(HandoverTest, GivesAccountsToTheBackupOwnerElseToTheCustodian) {
  AddAccount("with-backup", "bob", {"carol"});
  AddAccount("without", "bob");
  AddAccount("shared", "carol");
  Must([&](WriteTx& tx) {
    return custody::CreateGrant(tx, As(tx, "carol"), Ask(), {.account = "shared", .holder = "bob"}).status();
  });
  const auto view = Start("alice", "bob");
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->row.state, HandoverState::kCut);
  EXPECT_EQ(view->accounts.size(), 3u);
  EXPECT_EQ(OwnerOf("with-backup"), "carol");
  EXPECT_EQ(OwnerOf("without"), "alice");
  EXPECT_EQ(OwnerOf("shared"), "carol");
  EXPECT_EQ(LiveGrantsOf("bob"), 0);
  EXPECT_EQ(StatusOf("bob"), HolderStatus::kLeaving);
}

TEST_F(HandoverTest, RevokesTheLeaversKeysWithTheCut) {
  Must([&](WriteTx& tx) {
    storage::DeviceKey key{.holder_id = As(tx, "bob").holder.id,
                           .cert_sha256 = Bytes(32, 1),
                           .box_public = Bytes(32, 2),
                           .state = KeyState::kConfirmed,
                           .not_after = tx.now() + kDay};
    return storage::KeyStore(tx.db()).Insert(key);
  });
  ASSERT_TRUE(Start("alice", "bob").ok());
  Must([&](WriteTx& tx) -> absl::Status {
    const auto keys = storage::KeyStore(tx.db()).ByHolder(As(tx, "bob").holder.id);
    HF_RETURN_IF_ERROR(keys.status());
    EXPECT_EQ(keys->front().state, KeyState::kRevoked);
    return absl::OkStatus();
  });
}

TEST_F(HandoverTest, NeverChoosesTheLeaverByAnyName) {
  AddHolder("bob-too", Role::kMember, "bob");  // another identity of the same person
  AddAccount("x-acme", "bob", {"bob-too"});
  for (const char* self : {"bob", "bob-too"})
    EXPECT_EQ(FieldOf(Start("alice", "bob", self).status()), "to");
  const auto view = Start("alice", "bob");
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(OwnerOf("x-acme"), "alice");
  EXPECT_FALSE(view->warnings.empty());
}

TEST_F(HandoverTest, ChangesNothingWhenItIsOnlyPlanned) {
  AddAccount("x-acme", "bob", {"carol"});
  const std::int64_t log = LogSize();
  const auto plan = Start("alice", "bob", "", /*dry_run=*/true);
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->accounts.size(), 1u);
  EXPECT_EQ(plan->accounts[0].successor, "carol");
  EXPECT_EQ(plan->accounts[0].chosen_by, ChosenBy::kBackup);
  EXPECT_EQ(OwnerOf("x-acme"), "bob");
  EXPECT_EQ(StatusOf("bob"), HolderStatus::kActive);
  EXPECT_EQ(LogSize(), log);
}

TEST_F(HandoverTest, WaitsForSecurityWhenOffboardingPicksAnOwner) {
  AddHolder("hr", Role::kOffboarding);
  AddAccount("x-acme", "bob");
  const auto waiting = Start("hr", "bob", "carol");
  ASSERT_TRUE(waiting.ok()) << waiting.status();
  EXPECT_EQ(waiting->row.state, HandoverState::kFrozen);
  EXPECT_EQ(StatusOf("bob"), HolderStatus::kLeaving);  // frozen all the same
  EXPECT_EQ(OwnerOf("x-acme"), "bob");
  EXPECT_EQ(ReasonOf(Approve("hr", waiting->row.name)), "DENIED");
  EXPECT_EQ(ReasonOf(Approve("carol", waiting->row.name)), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Close(waiting->row.name)), "HANDOVER_STATE");
  ASSERT_TRUE(Approve("alice", waiting->row.name).ok());
  EXPECT_EQ(OwnerOf("x-acme"), "carol");
}

TEST_F(HandoverTest, GoesThroughWhenOffboardingNamesABackupOwner) {
  AddHolder("hr", Role::kOffboarding);
  AddAccount("x-acme", "bob", {"carol"});
  const auto view = Start("hr", "bob", "carol");
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->row.state, HandoverState::kCut);
  EXPECT_EQ(OwnerOf("x-acme"), "carol");
}

TEST_F(HandoverTest, HasATaskForEachSecretThatTheLeaverSawAndNoOthers) {
  for (const char* account : {"made", "shown", "unseen", "dead"}) AddAccount(account, "bob");
  Put("bob", "made");
  for (const char* account : {"shown", "unseen"}) Put("alice", account);
  Put("bob", "dead");
  Put("alice", "dead");
  Attest("dead", 1);
  Must([&](WriteTx& tx) {
    return custody::Reveal(tx, As(tx, "bob"), Ask(), {.account = "shown", .secret = "password"}).status();
  });
  const auto view = Start("alice", "bob");
  ASSERT_TRUE(view.ok()) << view.status();
  std::vector<std::string> tasks;
  for (const TaskView& task : view->tasks) tasks.push_back(task.account);
  EXPECT_THAT(tasks, ::testing::UnorderedElementsAre("made", "shown"));
}

TEST_F(HandoverTest, ClosesOnlyWithANewerUnseenVersionAndTheSeenOnesAttested) {
  AddAccount("x-acme", "bob");
  Put("bob", "x-acme");
  Put("bob", "x-acme");  // a rotation by the leaver ends nothing
  const auto view = Start("alice", "bob");
  ASSERT_TRUE(view.ok()) << view.status();
  const std::string name = view->row.name;
  EXPECT_EQ(view->tasks.at(0).state.open_versions, (std::vector<std::int64_t>{1, 2}));
  const auto refused = [&] {
    const absl::Status status = Close(name);
    EXPECT_EQ(DetailsOf(status)["task1"], "accounts/x-acme/secrets/password") << status;
    return ReasonOf(status);
  };
  EXPECT_EQ(refused(), "TASKS_OPEN");
  Attest("x-acme", 1);
  Attest("x-acme", 2);
  EXPECT_EQ(refused(), "TASKS_OPEN") << "nothing has replaced what is dead";
  Put("alice", "x-acme");
  EXPECT_TRUE(Close(name).ok());
  EXPECT_EQ(StatusOf("bob"), HolderStatus::kLeft);
  EXPECT_EQ(ReasonOf(Close(name)), "HANDOVER_STATE");
}

TEST_F(HandoverTest, StaysOpenWhileASeenVersionStillWorks) {
  AddAccount("x-acme", "bob");
  Put("bob", "x-acme");
  const auto view = Start("alice", "bob");
  ASSERT_TRUE(view.ok()) << view.status();
  Put("alice", "x-acme");
  EXPECT_EQ(ReasonOf(Close(view->row.name)), "TASKS_OPEN");
  Attest("x-acme", 1);
  EXPECT_TRUE(Close(view->row.name).ok());
}

TEST_F(HandoverTest, TakesTheOldValuePutInAgainForNoRotation) {
  AddAccount("x-acme", "bob");
  Put("bob", "x-acme", "the old value");
  const auto view = Start("alice", "bob");
  ASSERT_TRUE(view.ok()) << view.status();
  Attest("x-acme", 1);
  for (const char* respelled : {"the old value", " the old value\n", "the old value\u200b"})
    EXPECT_EQ(ReasonOf(Do([&](WriteTx& tx) {
                return CustodyTest::Put(tx, "alice", "x-acme", respelled, Ask()).status();
              })),
              "VALUE_KNOWN");
  EXPECT_EQ(ReasonOf(Close(view->row.name)), "TASKS_OPEN");
  Put("alice", "x-acme", "a new value");
  EXPECT_TRUE(Close(view->row.name).ok());
}

TEST_F(HandoverTest, StaysOpenWhileAnAccountHasTooFewOwners) {
  AddHolder("dave", Role::kMember);
  Must([](WriteTx& tx) {
    return custody::PutInForce(
        tx, custody::ShippedWith("[tiers.2]\nmin_owners = 1\n", "[tiers.2]\nmin_owners = 2\n"));
  });
  AddAccount("x-acme", "bob", {"carol"});
  const auto view = Start("alice", "bob");
  ASSERT_TRUE(view.ok()) << "a cut is never held up: " << view.status();
  ASSERT_EQ(view->tasks.size(), 1u) << "and no surprise at the end";
  EXPECT_EQ(view->tasks[0].secret, "");
  EXPECT_EQ(view->tasks[0].account, "x-acme");
  EXPECT_EQ(view->tasks[0].assignee, "carol");
  const absl::Status refused = Close(view->row.name);
  EXPECT_EQ(ReasonOf(refused), "TASKS_OPEN");
  EXPECT_EQ(DetailsOf(refused)["task1"], "accounts/x-acme (owners)");
  EXPECT_EQ(StatusOf("bob"), HolderStatus::kLeaving);
  Must([&](WriteTx& tx) {
    return custody::UpdateAccount(tx, As(tx, "alice"), Ask(), "x-acme",
                                  {.backups = std::vector<std::string>{"dave"}}, "")
        .status();
  });
  EXPECT_TRUE(Close(view->row.name).ok());
}

TEST_F(HandoverTest, GivesEachAccountToWhomTheMapNamesElseToTheOneNamedForAll) {
  AddHolder("dave", Role::kMember);
  for (const char* account : {"a", "b", "c"}) AddAccount(account, "bob", {"dave"});
  const auto view = Start("alice", "bob", "carol", /*dry_run=*/false, {{"b", "dave"}});
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(OwnerOf("a"), "carol");
  EXPECT_EQ(OwnerOf("b"), "dave");
  EXPECT_EQ(OwnerOf("c"), "carol");
  EXPECT_EQ(view->accounts[1].chosen_by, ChosenBy::kMap);
}

TEST_F(HandoverTest, NamesTheRowAndFieldOfAMapThatCannotBe) {
  AddHolder("bob-too", Role::kMember, "bob");
  AddHolder("ada", Role::kAuditor);
  AddAccount("mine", "bob-too");
  AddAccount("other", "carol");
  const auto field = [&](const std::vector<AccountSuccessor>& lines) {
    return FieldOf(Start("alice", "bob", "", /*dry_run=*/false, lines).status());
  };
  EXPECT_EQ(field({{"mine", "carol"}, {"none", "carol"}}), "successors[1].account");
  EXPECT_EQ(field({{"other", "carol"}}), "successors[0].account");
  EXPECT_EQ(field({{"mine", "carol"}, {"mine", "alice"}}), "successors[1].account");
  for (const char* successor : {"nobody", "ada", "bob", "bob-too"})
    EXPECT_EQ(field({{"mine", successor}}), "successors[0].successor") << successor;
  EXPECT_EQ(StatusOf("bob"), HolderStatus::kActive);
  EXPECT_EQ(OwnerOf("mine"), "bob-too");
  ASSERT_TRUE(Start("alice", "bob", "", /*dry_run=*/false, {{"mine", "carol"}}).ok());
  EXPECT_EQ(OwnerOf("mine"), "carol");
}

TEST_F(HandoverTest, AMapTakesNobodyByThemselvesIntoWhatTheyDoNotBackUp) {
  AddHolder("hr", Role::kOffboarding);
  AddHolder("dave", Role::kMember);
  AddAccount("a", "bob", {"carol"});
  AddAccount("b", "bob", {"carol"});
  const auto waiting = Start("hr", "bob", "", /*dry_run=*/false, {{"a", "carol"}, {"b", "dave"}});
  ASSERT_TRUE(waiting.ok()) << waiting.status();
  EXPECT_EQ(waiting->row.state, HandoverState::kFrozen);
  Must([&](WriteTx& tx) { return custody::SuspendHolder(tx, As(tx, "alice"), Ask(), "dave", "").status(); });
  ASSERT_EQ(Approve("alice", waiting->row.name), absl::OkStatus());
  EXPECT_THAT(blocked, ::testing::HasSubstr("dave cannot take over"));
  EXPECT_EQ(OwnerOf("b"), "bob");
  EXPECT_EQ(ReasonOf(RepeatCut("alice", waiting->row.name)), "SUCCESSOR_INACTIVE");
  Must([&](WriteTx& tx) { return custody::ResumeHolder(tx, As(tx, "alice"), Ask(), "dave", "").status(); });
  ASSERT_EQ(RepeatCut("hr", waiting->row.name), absl::OkStatus()) << "the yes was kept";
  EXPECT_EQ(OwnerOf("a"), "carol");
  EXPECT_EQ(OwnerOf("b"), "dave");
}

TEST_F(HandoverTest, NumbersTasksFromOneInEachCaseAndForGood) {
  for (const char* account : {"zebra", "ant"}) {
    AddAccount(account, "bob");
    Put("bob", account, fmt::format("value of {}", account));
  }
  AddAccount("later", "carol");
  Put("carol", "later", "what carol knows");
  const auto numbers = [&](const std::string& name) {
    std::vector<std::string> shown;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto row, FindCase(tx, name));
      HF_ASSIGN_OR_RETURN(const auto tasks, TasksOf(tx, row));
      for (const TaskView& task : tasks) shown.push_back(fmt::format("{} {}", task.id, task.account));
      return absl::OkStatus();
    });
    return shown;
  };
  ASSERT_TRUE(Start("alice", "bob").ok());
  EXPECT_THAT(numbers("1"), ::testing::ElementsAre("1 ant", "2 zebra"));
  // Bob is said to have known another one, and one that he knew comes in somewhere else.
  Must([&](WriteTx& tx) {
    return custody::DeclareKnown(tx, As(tx, "alice"), Ask(),
                                 {.account = "later", .secret = "password", .holder = "bob"})
        .status();
  });
  AddAccount("again", "carol");
  Put("carol", "again", "value of zebra");
  EXPECT_THAT(numbers("1"), ::testing::ElementsAre("1 ant", "2 zebra", "3 later", "4 again"));
  ASSERT_TRUE(Start("alice", "carol").ok());
  EXPECT_THAT(numbers("2"), ::testing::ElementsAre("1 again", "2 later", "3 zebra")) << "carol put zebra's value in";
}

TEST_F(HandoverTest, PlanAndCaseForeseeWhichAccountsWillHaveTooFewOwners) {
  AddHolder("dave", Role::kMember);
  AddHolder("hr", Role::kOffboarding);
  Must([](WriteTx& tx) {
    return custody::PutInForce(
        tx, custody::ShippedWith("[tiers.2]\nmin_owners = 1\n", "[tiers.2]\nmin_owners = 2\n"));
  });
  AddAccount("few", "bob", {"carol"});
  AddAccount("enough", "bob", {"carol", "alice"});
  AddAccount("joined", "bob", {"alice"});
  const auto few = [](const std::vector<TaskView>& tasks) {
    std::vector<std::string> shown;
    for (const TaskView& task : tasks)
      if (task.secret.empty()) shown.push_back(fmt::format("{} {} {}", task.account, task.assignee, task.done()));
    return shown;
  };
  const std::vector<AccountSuccessor> lines{{"joined", "dave"}};  // no backup owner: one more by that
  const auto plan = Start("hr", "bob", "", /*dry_run=*/true, lines);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(few(plan->tasks), ::testing::ElementsAre("few carol false"));
  const auto waiting = Start("hr", "bob", "", /*dry_run=*/false, lines);
  ASSERT_TRUE(waiting.ok()) << waiting.status();
  ASSERT_EQ(waiting->row.state, HandoverState::kFrozen);
  EXPECT_EQ(few(waiting->tasks), few(plan->tasks));
  ASSERT_EQ(Approve("alice", waiting->row.name), absl::OkStatus());
  const auto cut = [&] {
    std::vector<std::string> shown;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto row, FindCase(tx, waiting->row.name));
      HF_ASSIGN_OR_RETURN(const auto tasks, TasksOf(tx, row));
      shown = few(tasks);
      return absl::OkStatus();
    });
    return shown;
  };
  EXPECT_EQ(cut(), few(plan->tasks));
  Must([&](WriteTx& tx) {
    return custody::UpdateAccount(tx, As(tx, "alice"), Ask(), "few",
                                  {.backups = std::vector<std::string>{"dave"}}, "")
        .status();
  });
  EXPECT_THAT(cut(), ::testing::ElementsAre("few carol true"));
  EXPECT_TRUE(Close(waiting->row.name).ok());
}

TEST_F(HandoverTest, ShowsTheTasksThatAreOnesOwnToWhoeverTookOver) {
  for (const char* account : {"a", "b", "c"}) {
    AddAccount(account, "bob", {std::string(account) == "c" ? "alice" : "carol"});
    Put("bob", account);
  }
  ASSERT_TRUE(Start("alice", "bob").ok());
  const auto own = [&](const std::string& who) {
    std::vector<std::string> shown;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto tasks, TasksOfActor(tx, As(tx, who)));
      for (const OwnTask& one : tasks) {
        shown.push_back(one.task.account);
        EXPECT_EQ(one.task.due, *one.row.cut_at + 7 * kDay);
      }
      return absl::OkStatus();
    });
    return shown;
  };
  EXPECT_THAT(own("carol"), ::testing::ElementsAre("a", "b"));
  EXPECT_THAT(own("alice"), ::testing::ElementsAre("c"));
  EXPECT_THAT(own("bob"), ::testing::IsEmpty());
  // Carol is away: her tasks are security's until somebody owns the accounts.
  Must([&](WriteTx& tx) { return custody::SuspendHolder(tx, As(tx, "alice"), Ask(), "carol", "").status(); });
  EXPECT_THAT(own("alice"), ::testing::ElementsAre("a", "b", "c"));
}

TEST_F(HandoverTest, IsStartedOnceForALeaver) {
  ASSERT_TRUE(Start("alice", "bob").ok());
  const absl::Status again = Start("alice", "bob").status();
  EXPECT_EQ(ReasonOf(again), "HANDOVER_OPEN");
  EXPECT_EQ(DetailsOf(again)["handover"], "handovers/1");
  EXPECT_EQ(ReasonOf(Start("bob", "carol").status()), "DENIED");
  EXPECT_EQ(ReasonOf(Start("alice", "alice").status()), "DENIED");
}

}  // namespace
}  // namespace holdfast::handover
