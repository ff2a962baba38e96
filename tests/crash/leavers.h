// Handovers that a crash may cut short: afterwards each leaver has no case at all, or a whole cut.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <string>

#include "tests/harness/api_client.h"

namespace holdfast::crash {

// The leavers of one round. `officer` is the device of a security holder.
class Leavers {
 public:
  static constexpr int kCount = 6;
  static constexpr int kAccountsEach = 3;

  Leavers(int round, std::string successor) : round_(round), successor_(std::move(successor)) {}

  // Registers the leavers, and accounts that they own.
  void Prepare(const testing::ApiClient& officer);
  // Starts handovers one by one until the server is gone. `started` counts the calls, before each is sent.
  void HandOverUntilDead(const testing::ApiClient& officer, std::atomic<int>& started);

  // After the restart: none or whole; acknowledged ones are there. Then the one under way is sent again, and
  // there is one case for it.
  void Check(const testing::ApiClient& officer);

  // How the call under way at the crash was found: nothing when none was under way.
  std::optional<bool> found_whole() const { return found_whole_; }

 private:
  std::string Name(int leaver) const;
  std::string AccountOf(int leaver, int number) const;
  std::string RequestId(int leaver) const;
  absl::Status Start(const testing::ApiClient& officer, int leaver) const;
  // All cases of the vault, by the leaver's resource name.
  static std::multimap<std::string, std::string> Cases(const testing::ApiClient& officer);
  void ExpectUntouched(const testing::ApiClient& officer, int leaver) const;
  void ExpectCut(const testing::ApiClient& officer, int leaver, const std::string& name) const;
  void ExpectOwners(const testing::ApiClient& officer, int leaver, const std::string& owner) const;

  const int round_;
  const std::string successor_;
  int acknowledged_ = 0;    // leavers 0 .. acknowledged_ - 1
  bool under_way_ = false;  // leaver acknowledged_
  std::optional<bool> found_whole_;
};

}  // namespace holdfast::crash
