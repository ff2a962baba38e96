// kill -9 at random moments under load: whatever was acknowledged is there after the restart, whatever was
// not is there as a whole or not at all, and the log extends all that anybody saw of it.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <latch>
#include <memory>
#include <thread>

#include "fmt/format.h"
#include "tests/crash/leavers.h"
#include "tests/crash/log_watch.h"
#include "tests/crash/worker.h"
#include "tests/harness/vault_fixture.h"

namespace holdfast::crash {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr int kDefaultRounds = 200;
constexpr int kRoundsPerHandover = 8;
constexpr int kRoundsPerRecompute = 20;

std::uint64_t NumberFrom(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class Crash : public ::testing::Test {
 protected:
  Crash() : seed_(NumberFrom("HOLDFAST_CRASH_SEED", std::random_device()())), random_(seed_) {
    fmt::print("HOLDFAST_CRASH_SEED={}\n", seed_);
    EXPECT_TRUE(vault_.Start());
    vault_.EnrollOfficer();
    for (const char* member : {"bob", "carol", "dave"}) vault_.AddHolder(member, "member", /*confirmer=*/"");
    for (const char* holder : {"alice", "bob", "carol", "dave"})
      workers_.push_back(std::make_unique<Worker>(vault_.home(holder), holder, random_()));
    Connect();
  }

  Worker& alice() { return *workers_.front(); }
  const testing::ApiClient& officer() { return alice().client(); }

  void Connect() {
    ForEachWorker([&](Worker& worker) {
      const absl::Status connected = worker.Connect(vault_.api());
      ASSERT_TRUE(connected.ok()) << connected;
    });
    const absl::Status extends = log_.Advance(officer());
    ASSERT_TRUE(extends.ok()) << extends;
  }

  template <typename Do>
  void ForEachWorker(Do work) {
    std::vector<std::jthread> threads;
    for (const auto& worker : workers_) threads.emplace_back([&work, &worker] { work(*worker); });
  }

  // Load from four clients, and `also` from a fifth thread; the server dies when `moment` returns.
  void KillUnderLoad(const std::function<void()>& also, const std::function<void()>& moment) {
    std::latch begun(static_cast<std::ptrdiff_t>(workers_.size()) + 1);
    std::vector<std::jthread> threads;
    for (const auto& worker : workers_) {
      threads.emplace_back([&, this] {
        // One of the clients watches the log while it grows.
        const bool watches = worker.get() == &alice();
        int calls = 0;
        begun.count_down();
        worker->LoadUntilDead(
            [&] { return watches && ++calls % 4 == 0 ? log_.Advance(worker->client()) : absl::OkStatus(); });
      });
    }
    threads.emplace_back(also);
    begun.arrive_and_wait();
    moment();
    vault_.Stop(SIGKILL);
  }

  void Pause(int from_micros, int to_micros) {
    std::uniform_int_distribution<int> distribution(from_micros, to_micros);
    std::this_thread::sleep_for(microseconds(distribution(random_)));
  }

  void Restart() {
    const auto before = steady_clock::now();
    ASSERT_TRUE(vault_.Start()) << vault_.server_log();
    starting_ += steady_clock::now() - before;
    Connect();
  }

  void CheckWorkers() {
    ForEachWorker([](Worker& worker) { worker.CheckAcknowledged(); });
    ForEachWorker([](Worker& worker) { worker.RepeatAndCheck(); });
  }

  void PlainRound() {
    KillUnderLoad([] {}, [&] { Pause(5'000, 60'000); });
    ASSERT_NO_FATAL_FAILURE(Restart());
    CheckWorkers();
  }

  void HandoverRound(int round) {
    Leavers leavers(round, "bob");
    ASSERT_NO_FATAL_FAILURE(leavers.Prepare(officer()));
    std::atomic<int> started = 0;
    KillUnderLoad([&] { leavers.HandOverUntilDead(officer(), started); },
                  [&] {
                    const int which = static_cast<int>(random_() % Leavers::kCount);
                    for (int now = started; now <= which; now = started) started.wait(now);
                    Pause(0, 10'000);
                  });
    ASSERT_NO_FATAL_FAILURE(Restart());
    leavers.Check(officer());
    CheckWorkers();
    if (leavers.found_whole().has_value()) ++(*leavers.found_whole() ? whole_ : absent_);
  }

  // The whole log anew: each request that took effect is in it once, however often it was sent.
  void Recompute() {
    const auto counts = log_.Recompute(officer());
    ASSERT_TRUE(counts.ok()) << counts.status();
    for (const auto& worker : workers_) {
      for (const std::string& id : worker->done()) {
        const auto found = counts->find(id);
        ASSERT_NE(found, counts->end()) << id << " is not in the log";
        EXPECT_EQ(found->second, 1) << id << " is in the log more than once";
      }
    }
  }

  void Print(int rounds) const {
    std::size_t acknowledged = 0;
    for (const auto& worker : workers_) acknowledged += worker->done().size();
    fmt::print("{} kills, {} requests took effect, {} calls under way at a kill, {} log entries\n", rounds,
               acknowledged, interrupted_, log_.size());
    fmt::print("handovers under way at a kill: {} found whole, {} absent\n", whole_, absent_);
    fmt::print("starting the server took {} ms a round\n",
               std::chrono::duration_cast<std::chrono::milliseconds>(starting_).count() / rounds);
  }

  const std::uint64_t seed_;
  std::mt19937_64 random_;
  testing::VaultFixture vault_;
  std::vector<std::unique_ptr<Worker>> workers_;
  LogWatch log_;
  steady_clock::duration starting_{};
  int interrupted_ = 0;
  int whole_ = 0;
  int absent_ = 0;
};

TEST_F(Crash, LosesNothingAcknowledgedAndKeepsTheLogWhole) {
  const int rounds = static_cast<int>(NumberFrom("HOLDFAST_CRASH_ROUNDS", kDefaultRounds));
  for (int round = 1; round <= rounds; ++round) {
    SCOPED_TRACE(fmt::format("round {}", round));
    if (round % kRoundsPerHandover == 0) {
      HandoverRound(round);
    } else {
      PlainRound();
    }
    for (const auto& worker : workers_) interrupted_ += worker->was_interrupted() ? 1 : 0;
    if (round % kRoundsPerRecompute == 0) Recompute();
    if (HasFailure()) return;
  }
  ForEachWorker([](Worker& worker) { worker.CheckAll(); });
  Recompute();
  Print(rounds);
}

}  // namespace
}  // namespace holdfast::crash
