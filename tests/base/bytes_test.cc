#include "vault/base/bytes.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(Hex, EncodesLowerCase) { EXPECT_EQ(HexEncode(Bytes{0x00, 0x0f, 0xa5, 0xff}), "000fa5ff"); }

TEST(Hex, DecodesWhatItEncoded) {
  Bytes all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::uint8_t>(i));
  EXPECT_EQ(HexDecode(HexEncode(all)), all);
  EXPECT_EQ(HexDecode(""), Bytes{});
}

TEST(Hex, RefusesOddLengthUpperCaseAndOtherCharacters) {
  for (const std::string_view bad : {"0", "abc", "AB", "aB", "0g", " 0", "0x", "0\n"})
    EXPECT_FALSE(HexDecode(bad).has_value()) << bad;
}

struct Pair {
  std::string_view plain;
  std::string_view encoded;
};

// RFC 4648, section 10.
constexpr Pair kRfc4648[] = {{"", ""},
                             {"f", "Zg=="},
                             {"fo", "Zm8="},
                             {"foo", "Zm9v"},
                             {"foob", "Zm9vYg=="},
                             {"fooba", "Zm9vYmE="},
                             {"foobar", "Zm9vYmFy"}};

TEST(Base64, MatchesRfc4648) {
  for (const auto& [plain, encoded] : kRfc4648) {
    EXPECT_EQ(Base64Encode(AsBytes(plain)), encoded);
    EXPECT_EQ(Base64Decode(encoded), ToBytes(AsBytes(plain)));
  }
}

TEST(Base64, UrlFormHasItsOwnAlphabetAndNoPadding) {
  const Bytes bytes = {0xfb, 0xff, 0xfe, 0x01};
  EXPECT_EQ(Base64Encode(bytes), "+//+AQ==");
  EXPECT_EQ(Base64UrlEncode(bytes), "-__-AQ");
  EXPECT_EQ(Base64UrlDecode("-__-AQ"), bytes);
  EXPECT_FALSE(Base64UrlDecode("-__-AQ==").has_value());
  EXPECT_FALSE(Base64UrlDecode("+//+").has_value());
  EXPECT_FALSE(Base64Decode("-__-").has_value());
}

TEST(Base64, RefusesASecondSpellingOfTheSameBytes) {
  for (const std::string_view bad : {"Zh==", "Zm9=", "Zg", "Zg=", "Z===", "====", "=",
                                     "Zg==Zg==", "Zg= =", "Zm9v\n", " Zm9", "Zm=v", "Zm9vZ"})
    EXPECT_FALSE(Base64Decode(bad).has_value()) << bad;
  for (const std::string_view bad : {"Zh", "Zm9vZ", "Z"})
    EXPECT_FALSE(Base64UrlDecode(bad).has_value()) << bad;
}

TEST(Fields, AreBigEndianAndLengthPrefixed) {
  Bytes out;
  AppendU32(out, 0x01020304);
  AppendU64(out, 0x05060708090a0b0c);
  AppendField(out, AsBytes("hi"));
  AppendField(out, {});
  EXPECT_EQ(HexEncode(out), "0102030405060708090a0b0c00000002686900000000");
}

TEST(Fields, DifferForListsWhoseConcatenationIsEqual) {
  Bytes one, other;
  AppendField(one, AsBytes("ab"));
  AppendField(one, AsBytes("c"));
  AppendField(other, AsBytes("a"));
  AppendField(other, AsBytes("bc"));
  EXPECT_NE(one, other);
}

}  // namespace
}  // namespace holdfast
