// How fast real logins come out: reveals through mTLS against a real holdfastd, each durable in the log
// before its answer, beside a bare server in the same run: same listener, same keys, same messages, no work.
// Prints figures and judges none.
//
//   reveal_bench [SECONDS]     for each measurement; 5 when not given
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "client/channel.h"
#include "holdfast/v1/account_service.grpc.pb.h"
#include "tests/bench/decision_cost.h"
#include "tests/bench/echo_server.h"
#include "tests/harness/api_client.h"
#include "tests/harness/vault_fixture.h"
#include "vault/base/ids.h"

namespace holdfast::bench {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kConcurrent = 64;
constexpr int kConnections = 8;
constexpr milliseconds kSparse(250);

void Require(bool ok, const std::string& what) {
  if (ok) return;
  fmt::print(stderr, "reveal_bench: {}\n", what);
  std::exit(1);
}

std::string AccountId(int i) { return fmt::format("x-bench-{}", i); }

// One client: asks again as soon as it was answered, or `gap` after it asked.
class Caller {
 public:
  Caller(std::shared_ptr<grpc::Channel> channel, int number)
      : stub_(v1::SecretService::NewStub(std::move(channel))), number_(number) {}

  void Run(steady_clock::time_point until, milliseconds gap, std::latch& over) {
    until_ = until;
    gap_ = gap;
    over_ = &over;
    Next();
  }
  const std::vector<double>& millis() const { return millis_; }
  std::size_t box_size() const { return response_.value().box().size(); }

 private:
  void Next() {
    context_ = std::make_unique<grpc::ClientContext>();
    request_.set_name(SecretResource(AccountId(number_), "password"));
    request_.set_request_id(fmt::format("bench-{}-{}", number_, serial_++));
    request_.set_reason("bench");
    asked_ = steady_clock::now();
    stub_->async()->RevealSecretVersion(context_.get(), &request_, &response_,
                                        [this](const grpc::Status& status) { Answered(status); });
  }

  void Answered(const grpc::Status& status) {
    Require(status.ok(), "a reveal failed: " + status.error_message());
    millis_.push_back(duration<double, std::milli>(steady_clock::now() - asked_).count());
    if (gap_.count() > 0) std::this_thread::sleep_until(asked_ + gap_);
    if (steady_clock::now() < until_) return Next();
    over_->count_down();
  }

  std::unique_ptr<v1::SecretService::Stub> stub_;
  const int number_;
  static inline std::atomic<int> serial_ = 0;  // request ids are never used twice
  std::unique_ptr<grpc::ClientContext> context_;
  v1::RevealSecretVersionRequest request_;
  v1::RevealSecretVersionResponse response_;
  steady_clock::time_point asked_;
  steady_clock::time_point until_;
  milliseconds gap_{};
  std::latch* over_ = nullptr;
  std::vector<double> millis_;
};

struct Figures {
  double per_second = 0;
  double p50 = 0;
  double p99 = 0;
  double max = 0;
  std::size_t box_size = 0;
};

class Bench {
 public:
  Bench(std::string address, const client::Identity& identity) {
    for (int i = 0; i < kConnections; ++i) channels_.push_back(client::ApiChannel(address, identity));
    Measure(kConnections, milliseconds(200), {});  // connects
  }

  Figures Measure(int clients, milliseconds length, milliseconds gap) {
    std::vector<std::unique_ptr<Caller>> callers;
    for (int i = 0; i < clients; ++i)
      callers.push_back(std::make_unique<Caller>(channels_[static_cast<std::size_t>(i % kConnections)], i));
    std::latch over(clients);
    const auto begin = steady_clock::now();
    for (const auto& caller : callers) caller->Run(begin + length, gap, over);
    over.wait();
    const double seconds = duration<double>(steady_clock::now() - begin).count();
    std::vector<double> millis;
    for (const auto& caller : callers)
      millis.insert(millis.end(), caller->millis().begin(), caller->millis().end());
    std::sort(millis.begin(), millis.end());
    const auto at = [&](double share) {
      return millis[static_cast<std::size_t>(share * (millis.size() - 1))];
    };
    return {.per_second = millis.size() / seconds,
            .p50 = at(0.50),
            .p99 = at(0.99),
            .max = millis.back(),
            .box_size = callers[0]->box_size()};
  }

 private:
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
};

struct Results {
  Figures busy;
  Figures alone;
  Figures sparse;
};

Results MeasureAll(const std::string& address, const client::Identity& identity, milliseconds length) {
  Bench bench(address, identity);
  Results results;
  results.busy = bench.Measure(kConcurrent, length, {});
  results.alone = bench.Measure(1, length, {});
  results.sparse = bench.Measure(1, length, kSparse);
  return results;
}

void FillVault(testing::VaultFixture& vault) {
  vault.EnrollOfficer();
  testing::ApiClient alice(vault.home("alice"));
  Require(alice.Connect(vault.api()).ok(), "cannot connect");
  for (int i = 0; i < kConcurrent; ++i) {
    v1::CreateAccountRequest account;
    account.set_account_id(AccountId(i));
    account.mutable_account()->set_platform("x");
    account.mutable_account()->set_owner(HolderName("alice"));
    account.set_request_id(AccountId(i));
    const auto added =
        alice.Call<v1::AccountService>(&v1::AccountService::StubInterface::CreateAccount, account);
    Require(added.ok(), std::string(MessageOf(added.status())));
    const auto put = alice.Put(AccountId(i), "password", fmt::format("correct horse {}", i), AccountId(i));
    Require(put.ok(), std::string(MessageOf(put.status())));
  }
}

void Print(const char* name, const Figures& reveal, const Figures& bare) {
  const char* line = "{:<24}{:<8}{:>10.0f}{:>10.2f}{:>10.2f}{:>10.2f}\n";
  fmt::print(fmt::runtime(line), name, "reveal", reveal.per_second, reveal.p50, reveal.p99, reveal.max);
  fmt::print(fmt::runtime(line), "", "bare", bare.per_second, bare.p50, bare.p99, bare.max);
}

// Against the time that one reveal of many at once takes of the server.
void PrintShare(const char* name, const DecisionCost& cost, const Figures& reveal) {
  const double reveal_nanos = 1e9 / reveal.per_second;
  fmt::print("a decision by {} ({} rules, {} of them on reveals): {:.0f} ns, {:.2f} % of a reveal\n", name,
             cost.rules, cost.asked, cost.nanos, 100 * cost.nanos / reveal_nanos);
}

int Main(int argc, char** argv) {
  if (argc > 1 && std::string(argv[1]) == "--echo") return RunEchoServer(argc - 2, argv + 2);
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 5;
  Require(seconds > 0, "usage: reveal_bench [SECONDS]");
  const milliseconds length(1000 * seconds);

  testing::VaultFixture vault;
  Require(vault.Start(), "holdfastd does not start: " + vault.server_log());
  FillVault(vault);
  const testing::ApiClient alice(vault.home("alice"));
  const Results reveal = MeasureAll(vault.api(), alice.identity(), length);
  vault.Stop(SIGTERM);

  EchoProcess echo(argv[0], vault.data_dir(), vault.dir() / "echo", reveal.busy.box_size);
  const Results bare = MeasureAll(echo.address(), alice.identity(), length);

  fmt::print("{:<32}{:>10}{:>10}{:>10}{:>10}\n", "", "calls/s", "p50 ms", "p99 ms", "max ms");
  Print(fmt::format("{} at once", kConcurrent).c_str(), reveal.busy, bare.busy);
  Print("1, without pause", reveal.alone, bare.alone);
  Print(fmt::format("1, every {} ms", kSparse.count()).c_str(), reveal.sparse, bare.sparse);
  fmt::print("a reveal, recorded and durable, costs {:.1f} bare calls\n",
             bare.busy.per_second / reveal.busy.per_second);
  PrintShare("the shipped policy", ShippedPolicyCost(), reveal.busy);
  PrintShare("a policy of 1,000 rules", ThousandRulesCost(), reveal.busy);
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

int main(int argc, char** argv) { return holdfast::bench::Main(argc, argv); }
