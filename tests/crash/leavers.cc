#include "tests/crash/leavers.h"

#include <gtest/gtest.h>

#include "fmt/format.h"
#include "holdfast/v1/access_service.grpc.pb.h"
#include "holdfast/v1/account_service.grpc.pb.h"
#include "holdfast/v1/handover_service.grpc.pb.h"
#include "holdfast/v1/holder_service.grpc.pb.h"
#include "vault/base/ids.h"

namespace holdfast::crash {
namespace {

using testing::ApiClient;
using Access = v1::AccessService;
using Accounts = v1::AccountService;
using Handovers = v1::HandoverService;
using Holders = v1::HolderService;

v1::HolderStatus StatusOf(const ApiClient& officer, const std::string& holder) {
  v1::GetHolderRequest request;
  request.set_name(HolderName(holder));
  const auto found = officer.Call<Holders>(&Holders::StubInterface::GetHolder, request);
  EXPECT_TRUE(found.ok()) << holder << ": " << found.status();
  return found.ok() ? found->status() : v1::HOLDER_STATUS_UNSPECIFIED;
}

int GrantsOf(const ApiClient& officer, const std::string& holder) {
  v1::ListGrantsRequest request;
  request.set_holder(HolderName(holder));
  const auto found = officer.Call<Access>(&Access::StubInterface::ListGrants, request);
  EXPECT_TRUE(found.ok()) << holder << ": " << found.status();
  return found.ok() ? found->grants_size() : -1;
}

}  // namespace

std::string Leavers::Name(int leaver) const { return fmt::format("leaver-{}-{}", round_, leaver); }
std::string Leavers::AccountOf(int leaver, int number) const {
  return fmt::format("{}-{}", Name(leaver), number);
}
std::string Leavers::RequestId(int leaver) const { return fmt::format("start-{}-{}", round_, leaver); }

void Leavers::Prepare(const ApiClient& officer) {
  for (int leaver = 0; leaver < kCount; ++leaver) {
    v1::CreateHolderRequest holder;
    holder.set_holder_id(Name(leaver));
    holder.mutable_holder()->add_roles(v1::ROLE_MEMBER);
    holder.set_request_id(Name(leaver));
    const auto made = officer.Call<Holders>(&Holders::StubInterface::CreateHolder, holder);
    ASSERT_TRUE(made.ok()) << made.status();
    for (int number = 0; number < kAccountsEach; ++number) {
      v1::CreateAccountRequest account;
      account.set_account_id(AccountOf(leaver, number));
      account.mutable_account()->set_platform("x");
      account.mutable_account()->set_owner(HolderName(Name(leaver)));
      account.set_request_id(AccountOf(leaver, number));
      const auto added = officer.Call<Accounts>(&Accounts::StubInterface::CreateAccount, account);
      ASSERT_TRUE(added.ok()) << added.status();
    }
  }
}

absl::Status Leavers::Start(const ApiClient& officer, int leaver) const {
  v1::StartHandoverRequest request;
  request.set_leaver(HolderName(Name(leaver)));
  request.set_to(HolderName(successor_));
  request.set_reason(RequestId(leaver));
  request.set_request_id(RequestId(leaver));
  const auto started = officer.Call<Handovers>(&Handovers::StubInterface::StartHandover, request);
  if (!started.ok()) return started.status();
  EXPECT_EQ(started->state(), v1::HANDOVER_STATE_CUT) << Name(leaver);
  return absl::OkStatus();
}

void Leavers::HandOverUntilDead(const ApiClient& officer, std::atomic<int>& started) {
  for (; acknowledged_ < kCount; ++acknowledged_) {
    ++started;
    started.notify_all();
    const absl::Status status = Start(officer, acknowledged_);
    if (status.ok()) continue;
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    under_way_ = true;
    break;
  }
  started = kCount + 1;  // whoever waits for a call that will not come goes on
  started.notify_all();
}

std::multimap<std::string, std::string> Leavers::Cases(const ApiClient& officer) {
  std::multimap<std::string, std::string> cases;
  v1::ListHandoversRequest request;
  request.set_page_size(200);
  do {
    const auto page = officer.Call<Handovers>(&Handovers::StubInterface::ListHandovers, request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return cases;
    for (const v1::Handover& found : page->handovers()) cases.emplace(found.leaver(), found.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return cases;
}

void Leavers::ExpectOwners(const ApiClient& officer, int leaver, const std::string& owner) const {
  for (int number = 0; number < kAccountsEach; ++number) {
    v1::GetAccountRequest request;
    request.set_name(AccountName(AccountOf(leaver, number)));
    const auto account = officer.Call<Accounts>(&Accounts::StubInterface::GetAccount, request);
    ASSERT_TRUE(account.ok()) << request.name() << ": " << account.status();
    EXPECT_EQ(account->owner(), HolderName(owner)) << request.name();
  }
}

void Leavers::ExpectUntouched(const ApiClient& officer, int leaver) const {
  EXPECT_EQ(StatusOf(officer, Name(leaver)), v1::HOLDER_STATUS_ACTIVE) << Name(leaver);
  EXPECT_EQ(GrantsOf(officer, Name(leaver)), kAccountsEach) << Name(leaver);
  ExpectOwners(officer, leaver, Name(leaver));
}

void Leavers::ExpectCut(const ApiClient& officer, int leaver, const std::string& name) const {
  v1::GetHandoverRequest request;
  request.set_name(name);
  const auto whole = officer.Call<Handovers>(&Handovers::StubInterface::GetHandover, request);
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(whole->state(), v1::HANDOVER_STATE_CUT) << Name(leaver);
  EXPECT_EQ(whole->accounts_size(), kAccountsEach) << Name(leaver);
  EXPECT_EQ(StatusOf(officer, Name(leaver)), v1::HOLDER_STATUS_LEAVING) << Name(leaver);
  EXPECT_EQ(GrantsOf(officer, Name(leaver)), 0) << Name(leaver);
  ExpectOwners(officer, leaver, successor_);
}

void Leavers::Check(const ApiClient& officer) {
  const auto cases = Cases(officer);
  for (int leaver = 0; leaver < kCount; ++leaver) {
    const auto found = cases.find(HolderName(Name(leaver)));
    const bool is_cut = found != cases.end();
    const bool is_under_way = leaver == acknowledged_ && under_way_;
    EXPECT_LE(cases.count(HolderName(Name(leaver))), 1u) << Name(leaver);
    EXPECT_TRUE(leaver >= acknowledged_ || is_cut) << Name(leaver) << ": an acknowledged handover was lost";
    EXPECT_TRUE(leaver < acknowledged_ || is_under_way || !is_cut)
        << Name(leaver) << ": nobody started a handover";
    if (is_cut) {
      ExpectCut(officer, leaver, found->second);
    } else {
      ExpectUntouched(officer, leaver);
    }
    if (is_under_way) found_whole_ = is_cut;
  }
  if (!under_way_) return;
  const absl::Status again = Start(officer, acknowledged_);
  EXPECT_TRUE(again.ok()) << again;
  const auto now = Cases(officer);
  ASSERT_EQ(now.count(HolderName(Name(acknowledged_))), 1u) << Name(acknowledged_);
  ExpectCut(officer, acknowledged_, now.find(HolderName(Name(acknowledged_)))->second);
}

}  // namespace holdfast::crash
