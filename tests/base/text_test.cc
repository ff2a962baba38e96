#include "vault/base/text.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(Utf8, TakesTheEdgesOfEachLength) {
  for (const std::string_view good :
       {"", "\x01\x7f", "\xc2\x80\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "gr\xc3\xbc\xc3\x9f"})
    EXPECT_TRUE(IsUtf8(good)) << good;
  EXPECT_TRUE(IsUtf8(std::string_view("a\0b", 3)));
}

TEST(Utf8, RefusesMalformedForms) {
  for (const std::string_view bad :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xe0\xa0",
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xf0\x90\x80", "\xfe", "\xff", "ok\xe2\x28\xa1", "\xf8\x88\x80\x80\x80"})
    EXPECT_FALSE(IsUtf8(bad)) << bad;
}

TEST(Lines, MayBeAsLongAsTheirLimit) {
  EXPECT_TRUE(CheckLine("reason", "zw\xc3\xb6lf Boxk\xc3\xa4mpfer", 100, /*required=*/true).ok());
  EXPECT_TRUE(CheckLine("reason", "", 100, /*required=*/false).ok());
  EXPECT_TRUE(CheckLine("reason", "abcd", 4, /*required=*/true).ok());
}

struct Bad {
  std::string_view text;
  std::string_view message;
};

TEST(Lines, AreRefusedWithTheFieldAndTheCause) {
  for (const auto& [text, message] :
       {Bad{"", "reason: is required"}, Bad{"abcdefghi", "reason: is longer than 8 bytes"},
        Bad{"a\xff", "reason: is not UTF-8"},
        Bad{"a\nb", "reason: holds a control character or a line break"}}) {
    const absl::Status status = CheckLine("reason", text, 8, /*required=*/true);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(FieldOf(status), "reason");
    EXPECT_EQ(MessageOf(status), message);
  }
}

TEST(Lines, HoldNoControlsOfAnyKind) {
  for (const std::string_view bad :
       {"a\tb", "a\rb", "\x1b[2J", "\x7f", "\xc2\x85", "\xc2\x9b", "\xe2\x80\xa8", "\xe2\x80\xa9",
        "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9"})
    EXPECT_FALSE(CheckLine("reason", bad, 100, /*required=*/true).ok()) << bad;
  EXPECT_FALSE(CheckLine("reason", std::string_view("a\0b", 3), 100, /*required=*/true).ok());
}

}  // namespace
}  // namespace holdfast
