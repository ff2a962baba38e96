// A real holdfastd under attack, and somebody who works with it meanwhile.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/harness/api_client.h"
#include "tests/harness/vault_fixture.h"

namespace holdfast::testing {

// Resident memory of a process in KiB.
long ResidentKib(pid_t pid);

// Calls the vault again and again from its making to its end, on one connection and on new ones, and watches how much
// memory the server takes.
class Bystander {
 public:
  Bystander(VaultFixture& vault, const std::string& holder);
  ~Bystander() { End(); }

  // Stops, and prints what the calls took.
  void End();
  long most_above_rest_kib() const { return most_kib_ - rest_kib_; }
  int failures() const { return failures_; }  // of calls on the connection that stood before
  std::size_t calls() const { return millis_.size(); }
  std::size_t newcomers() const { return newcomer_millis_.size(); }

 private:
  void Run();
  void Call(const ApiClient& client, std::vector<double>& millis, int& failures);

  VaultFixture& vault_;
  const std::string home_;
  const pid_t server_;
  ApiClient client_;
  const long rest_kib_;
  long most_kib_;
  int failures_ = 0;
  int newcomer_failures_ = 0;
  std::vector<double> millis_;
  std::vector<double> newcomer_millis_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

// Runs `attack` on so many threads, again and again, for that long.
void Attack(int threads, std::chrono::milliseconds length, const std::function<void()>& attack);

}  // namespace holdfast::testing
