#include "client/options.h"

#include <set>

#include "gtest/gtest.h"
#include "vault/crypto/init.h"

namespace holdfast::client {
namespace {

TEST(Names, MayBeBareOrFull) {
  EXPECT_EQ(*HolderArg("ID", "alice"), "holders/alice");
  EXPECT_EQ(*HolderArg("ID", "holders/alice"), "holders/alice");
  EXPECT_EQ(*AccountArg("ID", "x-acme"), "accounts/x-acme");
  EXPECT_EQ(*HandoverArg("CASE", "7"), "handovers/7");
  EXPECT_EQ(*ApprovalArg("ID", "7"), "approvals/7");
  EXPECT_EQ(*NewIdArg("holders", "ID", "holders/alice"), "alice");
  EXPECT_EQ(*OptionalHolderArg("--owner", ""), "");
  EXPECT_EQ(*SecretArg("x", "password"), "accounts/x/secrets/password");
  EXPECT_EQ(*SecretArg("accounts/x", "accounts/x/secrets/password"), "accounts/x/secrets/password");
  EXPECT_EQ(*VersionArg("x", "password", 3), "accounts/x/secrets/password/versions/3");
}

TEST(Names, OfOtherCollectionsOrShapesAreRefusedByOption) {
  for (const char* bad :
       {"", "Alice", "al ice", "accounts/alice", "holders/", "holders/a/b", "-a", "\xff", "alicе"}) {
    const auto name = HolderArg("--owner", bad);
    ASSERT_FALSE(name.ok()) << bad;
    EXPECT_EQ(FieldOf(name.status()), "--owner");
  }
  EXPECT_EQ(FieldOf(SecretArg("x", "accounts/y/secrets/password").status()), "SECRET");
  EXPECT_EQ(FieldOf(SecretArg("X", "password").status()), "ACCOUNT");
  EXPECT_EQ(FieldOf(VersionArg("x", "password", 0).status()), "VERSION");
}

TEST(Durations, CountInOneUnit) {
  EXPECT_EQ(ParseDuration("90s"), 90 * kSecond);
  EXPECT_EQ(ParseDuration("30m"), 30 * kMinute);
  EXPECT_EQ(ParseDuration("8h"), 8 * kHour);
  EXPECT_EQ(ParseDuration("2d"), 2 * kDay);
  EXPECT_EQ(ParseDuration("1w"), 7 * kDay);
}

TEST(Durations, OfOtherShapesAreRefused) {
  for (const char* bad :
       {"", "8", "h", "0h", "-1h", "+1h", "1.5h", "1h30m", "1 h", "8H", "99999999999999999999h", "9999999w"})
    EXPECT_FALSE(ParseDuration(bad).has_value()) << bad;
}

TEST(Times, CountBackOrAheadFromNow) {
  const Micros now = *ParseTime("2026-11-22T12:00:00Z");
  EXPECT_EQ(*TimeArg("--since", "8h", now, Direction::kPast), now - 8 * kHour);
  EXPECT_EQ(*TimeArg("--expires", "8h", now, Direction::kFuture), now + 8 * kHour);
  EXPECT_EQ(*TimeArg("--since", "2026-11-22T12:00:00Z", now, Direction::kPast), now);
  EXPECT_EQ(*TimeArg("--since", "2026-11-22", now, Direction::kPast), now - 12 * kHour);
}

TEST(Times, OfOtherShapesNameTheOption) {
  for (const char* bad : {"", "yesterday", "2026-13-01", "22.11.2026", "12:00"})
    EXPECT_EQ(FieldOf(TimeArg("--since", bad, 0, Direction::kPast).status()), "--since") << bad;
}

TEST(RequestIds, AreRandomUuids) {
  ASSERT_TRUE(crypto::Init().ok());
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string id = NewRequestId();
    EXPECT_EQ(id.size(), 36u);
    EXPECT_EQ(id[14], '4');
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
    EXPECT_TRUE(seen.insert(id).second);
  }
}

}  // namespace
}  // namespace holdfast::client
