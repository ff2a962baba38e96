// Changes that are fine one by one and not together, at the same moment, against a real server: an account
// never has fewer owners than its tier needs.
#include <gtest/gtest.h>

#include <barrier>
#include <csignal>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "fmt/format.h"
#include "holdfast/v1/access_service.grpc.pb.h"
#include "holdfast/v1/account_service.grpc.pb.h"
#include "tests/harness/api_client.h"
#include "tests/harness/vault_fixture.h"

namespace holdfast::testing {
namespace {

using Access = v1::AccessService;
using Accounts = v1::AccountService;
using Change = std::function<absl::Status(const std::string& request_id)>;

constexpr int kBackups = 6;
constexpr int kRounds = 25;

class OwnersRace : public ::testing::Test {
 protected:
  OwnersRace() {
    if (!vault_.Start()) std::abort();
    vault_.EnrollOfficer();
    officer_ = Connect("alice");
    EXPECT_EQ(vault_.Cli("alice", {"holder", "add", "mia", "--role", "member"}).exit_code, 0);
    vault_.AddHolder("omar", "security", /*confirmer=*/"alice");
    // A connection each: nothing puts the calls in an order but the vault.
    for (int i = 0; i < kBackups; ++i) {
      vault_.AddHolder(Backup(i), "member", /*confirmer=*/"omar");
      backups_.push_back(Connect(Backup(i)));
    }
  }
  ~OwnersRace() override { EXPECT_EQ(vault_.Stop(SIGTERM), 0) << vault_.server_log(); }

  static std::string Backup(int i) { return fmt::format("backup-{}", i); }

  // Owned by mia and so many backup owners.
  void AddAccount(const std::string& account, int tier, int backups) {
    v1::CreateAccountRequest request;
    request.set_account_id(account);
    request.mutable_account()->set_platform("x");
    request.mutable_account()->set_tier(tier);
    request.mutable_account()->set_owner("holders/mia");
    for (int i = 0; i < backups; ++i) request.mutable_account()->add_backups("holders/" + Backup(i));
    request.set_request_id("add-" + account);
    const auto made = officer_->Call<Accounts>(&Accounts::StubInterface::CreateAccount, request);
    ASSERT_TRUE(made.ok()) << made.status();
  }
  v1::Account Get(const std::string& account) {
    v1::GetAccountRequest request;
    request.set_name("accounts/" + account);
    return officer_->Call<Accounts>(&Accounts::StubInterface::GetAccount, request).value();
  }
  // A backup owner gives up what is their own, which needs nobody's yes.
  Change GiveUp(const std::string& account, int backup) const {
    return [this, account, backup](const std::string& request_id) {
      v1::RevokeGrantRequest request;
      request.set_name(fmt::format("accounts/{}/grants/{}", account, Backup(backup)));
      request.set_request_id(request_id);
      return backups_[static_cast<std::size_t>(backup)]
          ->Call<Access>(&Access::StubInterface::RevokeGrant, request)
          .status();
    };
  }
  Change RaiseTier(const std::string& account) const {
    return [this, account](const std::string& request_id) {
      v1::UpdateAccountRequest request;
      request.mutable_account()->set_name("accounts/" + account);
      request.mutable_account()->set_tier(1);
      request.mutable_update_mask()->add_paths("tier");
      request.set_request_id(request_id);
      request.set_reason("more people read it now");
      return officer_->Call<Accounts>(&Accounts::StubInterface::UpdateAccount, request).status();
    };
  }
  // All at once, each by a thread and a connection of its own. How many went well; the others must have been
  // refused for the owners' sake.
  int Winners(const std::vector<Change>& changes) {
    std::barrier start(std::ssize(changes));
    std::vector<absl::Status> results(changes.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      threads.emplace_back([&, i, request_id = fmt::format("race-{}", ++serial_)] {
        start.arrive_and_wait();
        results[i] = changes[i](request_id);
      });
    }
    for (std::thread& thread : threads) thread.join();
    int winners = 0;
    for (const absl::Status& result : results) {
      if (result.ok()) ++winners;
      EXPECT_TRUE(result.ok() || ReasonOf(result) == "MIN_OWNERS") << result;
    }
    return winners;
  }

 private:
  std::unique_ptr<ApiClient> Connect(const std::string& holder) const {
    auto client = std::make_unique<ApiClient>(vault_.home(holder));
    EXPECT_TRUE(client->Connect(vault_.api()).ok());
    return client;
  }

  VaultFixture vault_;
  std::unique_ptr<ApiClient> officer_;
  std::vector<std::unique_ptr<ApiClient>> backups_;
  int serial_ = 0;
};

TEST_F(OwnersRace, OfTwoRemovalsAtOnceOneWins) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string account = fmt::format("two-{}", round);
    AddAccount(account, /*tier=*/1, /*backups=*/2);
    EXPECT_EQ(Winners({GiveUp(account, 0), GiveUp(account, 1)}), 1) << account;
    EXPECT_EQ(Get(account).backups_size(), 1) << account;
  }
}

TEST_F(OwnersRace, OfManyRemovalsAtOnceAsManyWinAsThereAreToSpare) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string account = fmt::format("many-{}", round);
    AddAccount(account, /*tier=*/1, kBackups);
    std::vector<Change> changes;
    for (int i = 0; i < kBackups; ++i) changes.push_back(GiveUp(account, i));
    EXPECT_EQ(Winners(changes), kBackups - 1) << account;
    EXPECT_EQ(Get(account).backups_size(), 1) << account;
  }
}

TEST_F(OwnersRace, OfARaisedTierAndARemovalAtOnceOneWins) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string account = fmt::format("tier-{}", round);
    AddAccount(account, /*tier=*/2, /*backups=*/1);
    // In turns, so that neither has the better place each time.
    std::vector<Change> changes = {RaiseTier(account), GiveUp(account, 0)};
    if (round % 2 == 1) std::swap(changes[0], changes[1]);
    EXPECT_EQ(Winners(changes), 1) << account;
    const v1::Account after = Get(account);
    EXPECT_EQ(after.tier(), after.backups_size() == 1 ? 1 : 2) << account;
  }
}

}  // namespace
}  // namespace holdfast::testing
