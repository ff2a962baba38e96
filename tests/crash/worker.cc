#include "tests/crash/worker.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fmt/format.h"
#include "holdfast/v1/account_service.grpc.pb.h"
#include "vault/base/ids.h"

namespace holdfast::crash {
namespace {

using Accounts = v1::AccountService;
using Secrets = v1::SecretService;

constexpr std::size_t kRecent = 8;
constexpr std::size_t kMostPuts = 10;  // of one secret: more are refused within a minute
constexpr char kSecret[] = "password";

// What a killed server looks like from the client's side.
bool IsGone(const absl::Status& status) { return absl::IsUnavailable(status); }

}  // namespace

Worker::Worker(const std::string& home, std::string holder, std::uint64_t seed)
    : client_(home), holder_(std::move(holder)), random_(seed) {}

std::string Worker::NewRequestId() { return fmt::format("crash-{}-{}", holder_, ++serial_); }

Worker::Step Worker::Next() {
  Step step{.kind = Kind::kCreate, .account = {}, .value = {}, .request_id = NewRequestId(), .version = 0};
  const auto roll = random_() % 10;
  if (recent_.empty() || roll < 2) {
    step.account = fmt::format("{}-{}", holder_, serial_);
    return step;
  }
  step.account = recent_[random_() % recent_.size()];
  const std::vector<std::string>& values = accounts_[step.account];
  step.version = static_cast<std::int64_t>(values.size());
  const bool put = values.empty() || (roll < 6 && values.size() < kMostPuts);
  step.kind = put ? Kind::kPut : Kind::kReveal;
  step.value = step.kind == Kind::kPut ? fmt::format("value {} of {}", serial_, holder_) : values.back();
  return step;
}

absl::Status Worker::Send(const Step& step) {
  switch (step.kind) {
    case Kind::kCreate: {
      v1::CreateAccountRequest request;
      request.set_account_id(step.account);
      request.mutable_account()->set_platform("x");
      request.mutable_account()->set_handle(step.request_id);
      request.mutable_account()->set_owner(HolderName(holder_));
      request.set_request_id(step.request_id);
      request.set_reason(step.request_id);
      return client_.Call<Accounts>(&Accounts::StubInterface::CreateAccount, request).status();
    }
    case Kind::kPut: {
      HF_ASSIGN_OR_RETURN(const auto put, client_.Put(step.account, kSecret, step.value, step.request_id));
      EXPECT_EQ(put.version(), step.version + 1) << step.request_id;
      return absl::OkStatus();
    }
    case Kind::kReveal: {
      HF_ASSIGN_OR_RETURN(const auto value,
                          client_.Reveal(step.account, kSecret, step.version, step.request_id));
      EXPECT_EQ(value, step.value) << step.request_id;
      return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

void Worker::Acknowledge(const Step& step) {
  done_.push_back(step.request_id);
  if (step.kind == Kind::kPut) accounts_[step.account].push_back(step.value);
  if (step.kind == Kind::kCreate) {
    accounts_[step.account];
    recent_.push_back(step.account);
    if (recent_.size() > kRecent) recent_.erase(recent_.begin());
  }
  if (step.kind != Kind::kReveal) touched_.push_back(step.account);
  last_ = step;
}

void Worker::LoadUntilDead(const std::function<absl::Status()>& between) {
  while (true) {
    const absl::Status watched = between();
    if (IsGone(watched)) return;
    ASSERT_TRUE(watched.ok()) << watched;
    const Step step = Next();
    const absl::Status sent = Send(step);
    if (sent.ok()) {
      Acknowledge(step);
      continue;
    }
    EXPECT_TRUE(IsGone(sent)) << sent;
    under_way_ = step;
    return;
  }
}

std::int64_t Worker::CountVersions(const std::string& account) {
  v1::ListSecretsRequest request;
  request.set_parent(AccountName(account));
  const auto listed = client_.Call<Secrets>(&Secrets::StubInterface::ListSecrets, request);
  EXPECT_TRUE(listed.ok()) << account << ": " << listed.status();
  if (!listed.ok() || listed->secrets().empty()) return 0;
  return listed->secrets(0).current_version();
}

void Worker::CheckAcknowledged() {
  std::sort(touched_.begin(), touched_.end());
  touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
  for (const std::string& account : touched_) {
    const auto acknowledged = static_cast<std::int64_t>(accounts_[account].size());
    const bool one_more = under_way_ && under_way_->kind == Kind::kPut && under_way_->account == account;
    const std::int64_t found = CountVersions(account);
    EXPECT_GE(found, acknowledged) << account << ": an acknowledged version was lost";
    EXPECT_LE(found, acknowledged + (one_more ? 1 : 0)) << account << ": a version that nobody put";
  }
  touched_.clear();
}

void Worker::RepeatAndCheck() {
  was_interrupted_ = under_way_.has_value();
  if (last_.has_value()) {
    const absl::Status sent = Send(*last_);
    EXPECT_TRUE(sent.ok()) << "repeat of " << last_->request_id << ": " << sent;
  }
  if (under_way_.has_value()) {
    const absl::Status sent = Send(*under_way_);
    EXPECT_TRUE(sent.ok()) << "repeat of " << under_way_->request_id << ": " << sent;
    if (sent.ok()) Acknowledge(*under_way_);
    under_way_.reset();
  }
  for (const std::string& account : touched_)
    EXPECT_EQ(CountVersions(account), std::ssize(accounts_[account]))
        << account << ": a repeat took effect twice";
  if (!last_.has_value() || accounts_[last_->account].empty()) return;
  const std::vector<std::string>& values = accounts_[last_->account];
  const Step reveal{.kind = Kind::kReveal,
                    .account = last_->account,
                    .value = values.back(),
                    .request_id = NewRequestId(),
                    .version = std::ssize(values)};
  EXPECT_TRUE(Send(reveal).ok()) << reveal.account;
  done_.push_back(reveal.request_id);
}

void Worker::CheckAll() {
  for (const auto& [account, values] : accounts_) {
    EXPECT_EQ(CountVersions(account), std::ssize(values)) << account;
    if (values.empty()) continue;
    const auto version = 1 + static_cast<std::int64_t>(random_() % values.size());
    for (const std::int64_t number : {version, std::int64_t{std::ssize(values)}}) {
      const auto value = client_.Reveal(account, kSecret, number, NewRequestId());
      ASSERT_TRUE(value.ok()) << account << ": " << value.status();
      EXPECT_EQ(*value, values[static_cast<std::size_t>(number - 1)]) << account;
    }
  }
}

}  // namespace holdfast::crash
