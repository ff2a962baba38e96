#include "vault/policy/duration.h"

#include <gtest/gtest.h>

namespace holdfast::policy {
namespace {

TEST(Duration, IsAWholeNumberAndOneUnit) {
  EXPECT_EQ(ParseDuration("1s"), kSecond);
  EXPECT_EQ(ParseDuration("10m"), 10 * kMinute);
  EXPECT_EQ(ParseDuration("4h"), 4 * kHour);
  EXPECT_EQ(ParseDuration("90d"), 90 * kDay);
  EXPECT_EQ(ParseDuration("86400s"), kDay);
}

TEST(Duration, GoesUpToTenYears) {
  EXPECT_EQ(ParseDuration("3650d"), kMaxDuration);
  EXPECT_EQ(ParseDuration("87600h"), kMaxDuration);
  for (const char* text : {"3651d", "87601h", "5256001m", "315360001s", "9223372036854775807s",
                           "18446744073709551617d", "99999999999999999999999d"})
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
}

TEST(Duration, IsNothingElse) {
  for (const char* text : {"", "d", "7", "0s", "07d", "-7d", "+7d", " 7d", "7d ", "7 d", "1.5h", "7D", "7w",
                           "7ms", "1h30m", "7dd", "0x7d",
                           "\xd9\xa7"
                           "d"})
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
}

TEST(Duration, IsWrittenInTheLargestUnitThatDividesIt) {
  EXPECT_EQ(FormatDuration(kDay), "1d");
  EXPECT_EQ(FormatDuration(36 * kHour), "36h");
  EXPECT_EQ(FormatDuration(90 * kSecond), "90s");
  EXPECT_EQ(FormatDuration(120 * kSecond), "2m");
}

TEST(Duration, IsReadAsItIsWritten) {
  for (const char* text : {"1s", "59s", "1m", "61m", "23h", "25h", "1d", "3650d"})
    EXPECT_EQ(FormatDuration(ParseDuration(text).value_or(0)), text);
}

}  // namespace
}  // namespace holdfast::policy
