// A case by itself: who gets what, which tasks there are, and what lets it close.
#include "tests/custody/fixture.h"
#include "tests/custody/policies.h"
#include "vault/handover/case.h"
#include "vault/storage/grant_store.h"

namespace holdfast::handover {
namespace {

using custody::CustodyTest;
using custody::WriteTx;
using storage::ChosenBy;
using storage::HandoverState;

class HandoverTest : public CustodyTest {
 protected:
  // Runs `work` as one command and expects it to succeed.
  void Must(const custody::Work& work) {
    const absl::Status status = Do(work);
    ASSERT_TRUE(status.ok()) << status;
  }
  void AddHolder(const std::string& name, Role role, const std::string& person = "") {
    Must([&](WriteTx& tx) {
      return custody::CreateHolder(tx, As(tx, "alice"), Ask(),
                                   {.name = name, .person = person, .roles = static_cast<std::int64_t>(role)})
          .status();
    });
  }
  void AddAccount(const std::string& name, const std::string& owner,
                  const std::vector<std::string>& backups = {}) {
    Must([&](WriteTx& tx) {
      return custody::CreateAccount(tx, As(tx, "alice"), Ask(),
                                    {.name = name, .platform = "x", .owner = owner, .backups = backups})
          .status();
    });
  }
  void Put(const std::string& by, const std::string& account) {
    Put(by, account, fmt::format("value {}", ++values_));
  }
  void Put(const std::string& by, const std::string& account, const std::string& value) {
    Must([&](WriteTx& tx) { return CustodyTest::Put(tx, by, account, value, Ask()).status(); });
  }
  void Attest(const std::string& account, std::int64_t version) {
    Must([&](WriteTx& tx) {
      return custody::Attest(tx, As(tx, "alice"), Ask(),
                             {.account = account,
                              .secret = "password",
                              .version = version,
                              .current = true,
                              .evidence = "login failed"})
          .status();
    });
  }
  absl::StatusOr<CaseView> Start(const std::string& by, const std::string& leaver,
                                 const std::string& successor = "", bool dry_run = false) {
    absl::StatusOr<CaseView> view = absl::InternalError("not run");
    const absl::Status status = Do([&](WriteTx& tx) {
      tx.set_dry_run(dry_run);
      view = handover::Start(tx, As(tx, by), Ask(), {.leaver = leaver, .successor = successor});
      return view.status();
    });
    if (!status.ok()) return status;
    return view;
  }
  absl::Status Approve(const std::string& by, const std::string& name) {
    return Do([&](WriteTx& tx) { return handover::Approve(tx, As(tx, by), Ask(), name).status(); });
  }
  absl::Status Close(const std::string& name) {
    return Do([&](WriteTx& tx) { return handover::Close(tx, As(tx, "alice"), Ask(), name, "").status(); });
  }
  std::string OwnerOf(const std::string& account) {
    std::string owner;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto row, storage::AccountStore(tx.db()).ByName(account));
      HF_ASSIGN_OR_RETURN(const auto grants, storage::GrantStore(tx.db()).LiveByAccount(row->id, tx.now()));
      for (const storage::Grant& grant : grants) {
        if (grant.relation != Relation::kOwner) continue;
        HF_ASSIGN_OR_RETURN(const auto holder, storage::HolderStore(tx.db()).ById(grant.holder_id));
        owner = holder->name;
      }
      return absl::OkStatus();
    });
    return owner;
  }
  HolderStatus StatusOf(const std::string& holder) {
    HolderStatus status{};
    Must([&](WriteTx& tx) {
      status = As(tx, holder).holder.status;
      return absl::OkStatus();
    });
    return status;
  }
  std::int64_t LiveGrantsOf(const std::string& holder) {
    std::int64_t count = -1;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto grants,
                          storage::GrantStore(tx.db()).LiveByHolder(As(tx, holder).holder.id, tx.now()));
      count = std::ssize(grants);
      return absl::OkStatus();
    });
    return count;
  }

 private:
  int values_ = 0;
};

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
    EXPECT_EQ(FieldOf(Start("alice", "bob", self).status()), "successor");
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
  EXPECT_EQ(ReasonOf(Approve("carol", waiting->row.name)), "DENIED");
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
  const absl::Status refused = Close(view->row.name);
  EXPECT_EQ(ReasonOf(refused), "MIN_OWNERS");
  EXPECT_EQ(DetailsOf(refused)["rule"], "tiers.2.min_owners");
  EXPECT_EQ(StatusOf("bob"), HolderStatus::kLeaving);
  Must([&](WriteTx& tx) {
    return custody::UpdateAccount(tx, As(tx, "alice"), Ask(), "x-acme",
                                  {.backups = std::vector<std::string>{"dave"}}, "")
        .status();
  });
  EXPECT_TRUE(Close(view->row.name).ok());
}

TEST_F(HandoverTest, IsStartedOnceForALeaver) {
  ASSERT_TRUE(Start("alice", "bob").ok());
  EXPECT_EQ(ReasonOf(Start("alice", "bob").status()), "HOLDER_STATUS");
  EXPECT_EQ(ReasonOf(Start("bob", "carol").status()), "DENIED");
  EXPECT_EQ(ReasonOf(Start("alice", "alice").status()), "DENIED");
}

}  // namespace
}  // namespace holdfast::handover
