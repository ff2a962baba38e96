#include "vault/base/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

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

// The code points of tests/base/invisible.txt, which Unicode's data made.
std::vector<std::pair<std::uint32_t, std::uint32_t>> InvisibleRanges() {
  std::ifstream file(HF_SOURCE_DIR "/tests/base/invisible.txt");
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
  for (std::string line; std::getline(file, line);) {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    if (line.starts_with('#')) continue;
    EXPECT_TRUE(std::istringstream(line) >> std::hex >> first >> last) << line;
    ranges.emplace_back(first, last);
  }
  return ranges;
}

std::string Utf8(std::uint32_t point) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | (point >> shift & 0x3f)); };
  if (point < 0x80) return {static_cast<char>(point)};
  if (point < 0x800) return {static_cast<char>(0xc0 | point >> 6), tail(0)};
  if (point < 0x10000) return {static_cast<char>(0xe0 | point >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xf0 | point >> 18), tail(12), tail(6), tail(0)};
}

TEST(Lines, TakeEachVisibleCodePointAndNoInvisibleOne) {
  const auto ranges = InvisibleRanges();
  ASSERT_GT(ranges.size(), 25U);
  for (std::uint32_t point = 0; point <= 0x10ffff; ++point) {
    if (point >= 0xd800 && point < 0xe000) continue;  // no code points of a text
    const bool hidden = std::ranges::any_of(
        ranges, [&](const auto& range) { return point >= range.first && point <= range.second; });
    const std::string text = "ad" + Utf8(point) + "min";
    ASSERT_EQ(CheckLine("name", text, 20, /*required=*/true).ok(), !hidden) << std::hex << point;
    ASSERT_EQ(WithoutInvisible(text), hidden ? "admin" : text) << std::hex << point;
  }
}

TEST(Lines, SayWhichInvisibleCharacterTheyHold) {
  EXPECT_EQ(std::string(MessageOf(CheckLine("name", "ad\u200bmin", 20, /*required=*/true))),
            "name: holds an invisible character, U+200B");
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
