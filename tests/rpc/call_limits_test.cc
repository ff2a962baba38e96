// A device that has too much under way is told when there is room at the latest.
#include "vault/rpc/call_limits.h"

#include <gtest/gtest.h>

#include "vault/base/retry.h"

namespace holdfast::rpc {
namespace {

TEST(CallLimits, ACallTooManyIsToldTheDeadlineOfTheFirstUnderWay) {
  constexpr std::chrono::seconds kDeadline{600};
  CallLimits limits({.calls = 1, .unread_bytes = 1, .deadline = kDeadline});
  const grpc::CallbackServerContext context;
  const Bytes device(32, 1);
  auto first = limits.Enter(context, device);
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status refused = limits.Enter(context, device).status();
  EXPECT_EQ(ReasonOf(refused), "TOO_MANY_CALLS");
  const std::int64_t wait = RetryAfterMillis(refused).value_or(0);
  EXPECT_GT(wait, 300'000);
  EXPECT_LE(wait, 601'000);
  EXPECT_TRUE(limits.Enter(context, Bytes(32, 2)).ok()) << "another device has its own room";
  first->reset();
  EXPECT_TRUE(limits.Enter(context, device).ok());
}

}  // namespace
}  // namespace holdfast::rpc
