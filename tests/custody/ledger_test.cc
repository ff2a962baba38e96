#include "vault/custody/ledger.h"

#include <future>
#include <latch>
#include <thread>

#include "tests/custody/fixture.h"
#include "vault/custody/paths.h"
#include "vault/storage/grant_store.h"

namespace holdfast::custody {
namespace {

class LedgerTest : public CustodyTest {
 protected:
  ~LedgerTest() override { ledger_.reset(); }

  void Start(std::size_t max_queue = 100) {
    auto started =
        Ledger::Start(vault().TakeCommitter(), vault().keys(), vault().policies(),
                      [this] { return vault().OpenReader(); },
                      {.readers = 2, .max_queue = max_queue, .fatal = [](const absl::Status& status) {
                         FAIL() << status;
                       }});
    ASSERT_TRUE(started.ok()) << started.status();
    ledger_ = *std::move(started);
  }
  void Stop() { ledger_.reset(); }
  Ledger& ledger() { return *ledger_; }

  std::future<absl::Status> Submit(Work work, Abandoned abandoned = nullptr) {
    auto promise = std::make_shared<std::promise<absl::Status>>();
    ledger_->Submit(std::move(work), std::move(abandoned),
                    [promise](const absl::Status& status) { promise->set_value(status); });
    return promise->get_future();
  }
  absl::Status Read(Query query) {
    std::promise<absl::Status> promise;
    ledger_->Read(std::move(query), nullptr, [&](const absl::Status& status) { promise.set_value(status); });
    return promise.get_future().get();
  }

 private:
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(LedgerTest, AnswersOnlyWhatIsDurableSignedAndAnchored) {
  Start();
  for (int i = 0; i < 5; ++i) {
    std::promise<std::int64_t> anchored;
    std::int64_t position = 0;
    ledger().Submit(
        [&](WriteTx& tx) -> absl::Status {
          HF_ASSIGN_OR_RETURN(position, storage::EventStore(tx.db()).Size());
          return AddAccount(tx, fmt::format("x-{}", i));
        },
        nullptr,
        [&](const absl::Status& status) {
          EXPECT_TRUE(status.ok()) << status;
          auto anchor = audit::Anchor::Open(AnchorPath(data_dir()));
          anchored.set_value(anchor->Latest(vault().keys().checkpoint_verifier)->size);
        });
    const std::int64_t size = anchored.get_future().get();
    EXPECT_GT(size, position);
    EXPECT_NE(ledger().signed_checkpoint().find(fmt::format("\n{}\n", size)), std::string::npos);
  }
}

TEST_F(LedgerTest, RefusesAtOnceWhatItsQueueHasNoPlaceFor) {
  Start(/*max_queue=*/2);
  std::latch taken(1), go(1);
  auto first = Submit([&](WriteTx& tx) {
    taken.count_down();
    go.wait();
    return AddAccount(tx, "first");
  });
  taken.wait();
  auto second = Submit([&](WriteTx& tx) { return AddAccount(tx, "second"); });
  auto third = Submit([&](WriteTx& tx) { return AddAccount(tx, "third"); });
  auto fourth = Submit([&](WriteTx& tx) { return AddAccount(tx, "fourth"); });
  const absl::Status refused = fourth.get();  // while the first is still at work
  EXPECT_EQ(ReasonOf(refused), "OVERLOADED");
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  go.count_down();
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(second.get().ok());
  EXPECT_TRUE(third.get().ok());
  EXPECT_TRUE(Submit([&](WriteTx& tx) {
                EXPECT_FALSE(Has(tx, "fourth"));
                return absl::OkStatus();
              })
                  .get()
                  .ok());
}

TEST_F(LedgerTest, DoesNothingForACallThatNobodyWaitsForAnyMore) {
  Start();
  EXPECT_EQ(ReasonOf(Submit([&](WriteTx& tx) { return AddAccount(tx, "late"); }, [] { return true; }).get()),
            "LATE");
  EXPECT_TRUE(Submit([&](WriteTx& tx) {
                EXPECT_FALSE(Has(tx, "late"));
                return absl::OkStatus();
              })
                  .get()
                  .ok());
}

TEST_F(LedgerTest, RecordsARefusalMetWhileReading) {
  Start();
  const std::string before = ledger().signed_checkpoint();
  const absl::Status denied =
      Read([&](ReadTx& tx) { return Authorize(tx, As(tx, "bob"), policy::Action::kAuditRead, {}).status(); });
  EXPECT_EQ(ReasonOf(denied), "DENIED");
  EXPECT_NE(ledger().signed_checkpoint(), before);
}

TEST_F(LedgerTest, AnswersAllThatItTookBeforeItStops) {
  Start();
  std::vector<std::future<absl::Status>> answers;
  for (int i = 0; i < 50; ++i)
    answers.push_back(Submit([this, i](WriteTx& tx) { return AddAccount(tx, fmt::format("x-{}", i)); }));
  Stop();
  for (auto& answer : answers) EXPECT_TRUE(answer.get().ok());
  Close();
  Open();
  EXPECT_TRUE(Has("x-49"));
}

// Whoever read the account before the other's change does not overwrite it; and at no time has it two owners
// or none.
TEST_F(LedgerTest, LetsOneOfTwoConcurrentOwnerChangesWin) {
  Start();
  ASSERT_TRUE(Submit([&](WriteTx& tx) { return AddAccount(tx, "x-acme", "alice"); }).get().ok());
  for (int round = 1; round <= 20; ++round) {
    std::latch both(2);
    std::atomic<int> won = 0, stale = 0;
    std::string winner;
    const auto change = [&](const std::string& owner) {
      both.arrive_and_wait();
      const absl::Status status =
          Submit([&](WriteTx& tx) {
            return UpdateAccount(tx, As(tx, "alice"), Ask(), "x-acme",
                                 {.purpose = fmt::format("round {}", round), .owner = owner}, EtagOf(round))
                .status();
          }).get();
      if (status.ok()) winner = owner;
      ++(status.ok() ? won : stale);
      EXPECT_EQ(ReasonOf(status), status.ok() ? "" : "ETAG_MISMATCH") << status;
    };
    {
      std::jthread one([&] { change("bob"); });
      std::jthread other([&] { change("carol"); });
    }
    EXPECT_EQ(won, 1);
    EXPECT_EQ(stale, 1);
    ASSERT_TRUE(Read([&](ReadTx& tx) -> absl::Status {
                  const auto account = storage::AccountStore(tx.db()).ByName("x-acme");
                  HF_RETURN_IF_ERROR(account.status());
                  HF_ASSIGN_OR_RETURN(const auto grants,
                                      storage::GrantStore(tx.db()).LiveByAccount((*account)->id, tx.now()));
                  int owners = 0;
                  for (const storage::Grant& grant : grants) {
                    if (grant.relation != Relation::kOwner) continue;
                    ++owners;
                    EXPECT_EQ(grant.holder_id, As(tx, winner).holder.id);
                  }
                  EXPECT_EQ(owners, 1);
                  EXPECT_EQ((*account)->revision, round + 1);
                  return absl::OkStatus();
                }).ok());
  }
}

}  // namespace
}  // namespace holdfast::custody
