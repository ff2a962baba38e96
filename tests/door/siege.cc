#include "tests/door/siege.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "holdfast/v1/vault_service.grpc.pb.h"

namespace holdfast::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPause(20);
constexpr int kCallsANewcomer = 10;

void Print(const char* who, std::vector<double> millis, int failures) {
  std::sort(millis.begin(), millis.end());
  const auto at = [&](double share) {
    return millis.empty() ? 0 : millis[static_cast<std::size_t>(share * static_cast<double>(millis.size() - 1))];
  };
  fmt::print("  {}: {} calls, p50 {:.1f} ms, p99 {:.1f} ms, max {:.1f} ms, {} failed\n", who, millis.size(), at(0.5),
             at(0.99), at(1), failures);
}

}  // namespace

long ResidentKib(pid_t pid) {
  std::istringstream status(ReadFile(fmt::format("/proc/{}/status", pid)));
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  return 0;
}

Bystander::Bystander(VaultFixture& vault, const std::string& holder)
    : vault_(vault),
      home_(vault.home(holder)),
      server_(vault.server_pid()),
      client_(home_),
      rest_kib_((static_cast<void>(client_.Connect(vault.api())), ResidentKib(server_))),
      most_kib_(rest_kib_),
      thread_([this] { Run(); }) {}

void Bystander::Call(const ApiClient& client, std::vector<double>& millis, int& failures) {
  const auto begin = steady_clock::now();
  const auto answer = client.Call<v1::VaultService>(&v1::VaultService::StubInterface::GetVault, {});
  if (!answer.ok()) {
    ++failures;
    fmt::print("  a call failed: {}\n", MessageOf(answer.status()));
  }
  millis.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count());
}

void Bystander::Run() {
  for (int i = 0; !ending_; ++i) {
    Call(client_, millis_, failures_);
    if (i % kCallsANewcomer == 0) {
      ApiClient newcomer(home_);
      const auto begin = steady_clock::now();
      if (!newcomer.Connect(vault_.api()).ok()) ++newcomer_failures_;
      newcomer_millis_.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count());
    }
    most_kib_ = std::max(most_kib_, ResidentKib(server_));
    std::this_thread::sleep_for(kPause);
  }
}

void Bystander::End() {
  if (ending_.exchange(true)) return;
  thread_.join();
  most_kib_ = std::max(most_kib_, ResidentKib(server_));  // what was freed is not given back
  fmt::print("  memory: {} MiB at rest, {} MiB above that at most\n", rest_kib_ / 1024, most_above_rest_kib() / 1024);
  Print("on a connection from before", millis_, failures_);
  Print("on new connections", newcomer_millis_, newcomer_failures_);
}

void Attack(int threads, milliseconds length, const std::function<void()>& attack) {
  const auto until = steady_clock::now() + length;
  std::vector<std::thread> attackers;
  for (int i = 0; i < threads; ++i)
    attackers.emplace_back([&] {
      while (steady_clock::now() < until) attack();
    });
  for (std::thread& attacker : attackers) attacker.join();
}

}  // namespace holdfast::testing
