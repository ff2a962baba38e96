#include "vault/base/clock.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

constexpr Micros kExample = 1795315747'123456;  // 2026-11-22T02:49:07.123456Z

TEST(Time, FormatsWithSixFractionDigits) {
  EXPECT_EQ(FormatTime(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(FormatTime(kExample), "2026-11-22T02:49:07.123456Z");
  EXPECT_EQ(FormatTime(951'782'400 * kSecond), "2000-02-29T00:00:00.000000Z");
}

TEST(Time, ParsesWhatItFormats) {
  for (const Micros time : {Micros{0}, Micros{1}, kExample, WallNow(), 253'402'300'799'999'999})
    EXPECT_EQ(ParseTime(FormatTime(time)), time);
}

TEST(Time, TakesUpToNineFractionDigitsAndCutsThem) {
  EXPECT_EQ(ParseTime("2026-11-22T02:49:07Z"), kExample / kSecond * kSecond);
  EXPECT_EQ(ParseTime("2026-11-22T02:49:07.1Z"), kExample / kSecond * kSecond + 100'000);
  EXPECT_EQ(ParseTime("2026-11-22T02:49:07.123456999Z"), kExample);
  EXPECT_FALSE(ParseTime("2026-11-22T02:49:07.1234567891Z").has_value());
  EXPECT_FALSE(ParseTime("2026-11-22T02:49:07.Z").has_value());
}

TEST(Time, TakesNumericOffsets) {
  EXPECT_EQ(ParseTime("2026-11-22T04:49:07.123456+02:00"), kExample);
  EXPECT_EQ(ParseTime("2026-11-21T21:19:07.123456-05:30"), kExample);
  EXPECT_EQ(ParseTime("2026-11-22T02:49:07.123456-00:00"), kExample);
}

TEST(Time, RefusesWhatIsNotRfc3339) {
  for (const std::string_view bad : {"",
                                     "2026-11-22",
                                     "2026-11-22 02:49:07Z",
                                     "2026-11-22T02:49:07",
                                     "2026-11-22t02:49:07Z",
                                     "2026-11-22T02:49:07z",
                                     "2026-11-22T02:49Z",
                                     "2026-13-01T00:00:00Z",
                                     "2026-00-01T00:00:00Z",
                                     "2026-02-29T00:00:00Z",
                                     "2026-11-31T00:00:00Z",
                                     "2026-11-22T24:00:00Z",
                                     "2026-11-22T02:60:00Z",
                                     "2026-11-22T02:49:60Z",
                                     "2026-11-22T02:49:07Z ",
                                     " 2026-11-22T02:49:07Z",
                                     "2026-11-22T02:49:07+0200",
                                     "2026-11-22T02:49:07+24:00",
                                     "2026-11-22T02:49:07+02:60",
                                     "26-11-22T02:49:07Z",
                                     "+026-11-22T02:49:07Z",
                                     "2026-11-22T02:49:07,5Z",
                                     "2026-11-22T-2:49:07Z",
                                     "02026-11-22T02:49:07Z"})
    EXPECT_FALSE(ParseTime(bad).has_value()) << bad;
}

TEST(Time, RefusesYearsOutside1970To9999) {
  EXPECT_FALSE(ParseTime("1969-12-31T23:59:59.999999Z").has_value());
  EXPECT_FALSE(ParseTime("1970-01-01T00:00:00+00:01").has_value());
  EXPECT_FALSE(ParseTime("9999-12-31T23:59:59-00:01").has_value());
  EXPECT_TRUE(ParseTime("9999-12-31T23:59:59.999999Z").has_value());
}

}  // namespace
}  // namespace holdfast
