// With real threads: the policy changes while others call, and every event carries what decided it.
#include <future>
#include <latch>
#include <thread>

#include "tests/custody/policy_office.h"
#include "vault/custody/ledger.h"

namespace holdfast::custody {
namespace {

class PolicyRaceTest : public PolicyOffice {
 protected:
  ~PolicyRaceTest() override { ledger_.reset(); }

  void Start() {
    auto started = Ledger::Start(
        vault().TakeCommitter(), vault().keys(), vault().policies(), [this] { return vault().OpenReader(); },
        {.readers = 2, .fatal = [](const absl::Status& status) { FAIL() << status; }});
    ASSERT_TRUE(started.ok()) << started.status();
    ledger_ = *std::move(started);
  }
  absl::Status Submit(const Work& work) {
    std::promise<absl::Status> promise;
    ledger_->Submit(work, nullptr, [&](const absl::Status& status) { promise.set_value(status); });
    return promise.get_future().get();
  }
  absl::Status Read(const Query& query) {
    std::promise<absl::Status> promise;
    ledger_->Read(query, nullptr, [&](const absl::Status& status) { promise.set_value(status); });
    return promise.get_future().get();
  }
  std::int64_t StageNow(const ReviewedPolicy& policy) {
    std::int64_t id = 0;
    const absl::Status staged = Submit([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(id, Stage(tx, policy));
      return absl::OkStatus();
    });
    EXPECT_TRUE(staged.ok()) << staged;
    return id;
  }
  // Stages, asks, has it approved, activates. False when another policy came in between.
  bool Change(const ReviewedPolicy& policy) {
    const std::int64_t id = StageNow(policy);
    const absl::Status asked = Submit(Activating(id, policy, AskFor(id)));
    if (ReasonOf(asked) != "APPROVAL_REQUIRED") return asked.ok();
    if (!Submit(Approving(DetailsOf(asked)["approval"])).ok()) return false;
    return Submit(Activating(id, policy, AskFor(id))).ok();
  }
  std::vector<Recorded> ReadEvents() {
    std::vector<Recorded> events;
    EXPECT_TRUE(Read([&](ReadTx& tx) {
                  events = AllEvents(tx);
                  return absl::OkStatus();
                }).ok());
    return events;
  }

 private:
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(PolicyRaceTest, EveryEventCarriesThePolicyThatDecidedIt) {
  constexpr int kChanges = 20;
  constexpr int kReaders = 3;
  const std::string first_hash = Events().front().policy;
  // Policies that tell by the rule which of them has decided.
  const ReviewedPolicy policies[] = {
      Reviewed(Variant("even", {{R"(id = "reveal.tier-2")", R"(id = "reveal.even")"}})),
      Reviewed(Variant("odd", {{R"(id = "reveal.tier-2")", R"(id = "reveal.odd")"}}))};
  const std::map<std::string, std::string> rules = {{first_hash, "reveal.tier-2"},
                                                    {HexEncode(policies[0].sha256()), "reveal.even"},
                                                    {HexEncode(policies[1].sha256()), "reveal.odd"}};
  ASSERT_TRUE(Do([&](WriteTx& tx) { return AddAccount(tx, "x-news", "bob"); }).ok());
  ASSERT_TRUE(Do([&](WriteTx& tx) { return Put(tx, "bob", "x-news", "fixture", Ask()).status(); }).ok());
  Start();

  std::atomic<bool> stop = false;
  std::atomic<int> reveals = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kReaders; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        std::string by_rule;
        std::string by_policy;
        const absl::Status status = Submit([&](WriteTx& tx) -> absl::Status {
          const Request request = Ask();
          HF_ASSIGN_OR_RETURN(const auto revealed, Reveal(tx, Asking(tx, "bob", request), request,
                                                          {.account = "x-news", .secret = "password"}));
          by_rule = revealed.rule;
          by_policy = HexEncode(tx.policy().sha256);
          return absl::OkStatus();
        });
        EXPECT_TRUE(status.ok()) << status;
        EXPECT_EQ(by_rule, rules.at(by_policy));
        ++reveals;
      }
    });
  }
  for (int i = 0; i < kChanges; ++i) {
    const int seen = reveals;
    EXPECT_TRUE(Change(policies[i % 2]));
    while (reveals == seen) std::this_thread::yield();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();

  // One after the other: each event was decided by what the last activation before it put in force.
  std::string in_force = first_hash;
  int changes = 0;
  for (const Recorded& event : ReadEvents()) {
    ASSERT_EQ(event.policy, in_force) << event.type;
    if (event.type == "secret.reveal") {
      EXPECT_EQ(event.rule, rules.at(event.policy));
    }
    if (event.type != "policy.activate" || event.outcome != "allowed") continue;
    in_force = event.sha256;
    ++changes;
  }
  EXPECT_EQ(changes, kChanges);
  EXPECT_GE(reveals, kChanges);
}

TEST_F(PolicyRaceTest, OfTwoActivationsAtOnceOneWinsAndTheOthersApprovalIsVoid) {
  constexpr int kRounds = 10;
  const ReviewedPolicy policies[] = {Reviewed(Variant("one")), Reviewed(Variant("two")),
                                     Reviewed(Variant("rest"))};
  Start();
  for (int round = 0; round < kRounds; ++round) {
    const std::int64_t ids[] = {StageNow(policies[0]), StageNow(policies[1])};
    for (int i = 0; i < 2; ++i) {
      const absl::Status asked = Submit(Activating(ids[i], policies[i], AskFor(ids[i])));
      ASSERT_EQ(ReasonOf(asked), "APPROVAL_REQUIRED") << asked;
      ASSERT_TRUE(Submit(Approving(DetailsOf(asked)["approval"])).ok());
    }
    std::latch both(2);
    absl::Status results[2];
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&, i] {
        const Work work = Activating(ids[i], policies[i], AskFor(ids[i]));
        both.arrive_and_wait();
        results[i] = Submit(work);
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_NE(results[0].ok(), results[1].ok()) << results[0] << results[1];
    EXPECT_EQ(ReasonOf(results[0].ok() ? results[1] : results[0]), "APPROVAL_REQUIRED");
    std::int64_t in_force = 0;
    ASSERT_TRUE(Read([&](ReadTx& tx) {
                  in_force = tx.policy().id;
                  return absl::OkStatus();
                }).ok());
    EXPECT_EQ(in_force, ids[results[0].ok() ? 0 : 1]);
    ASSERT_TRUE(Change(policies[2]));  // so that both can be staged again
  }
}

}  // namespace
}  // namespace holdfast::custody
