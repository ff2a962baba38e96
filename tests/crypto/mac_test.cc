#include "vault/crypto/mac.h"

#include <gtest/gtest.h>

#include "tests/crypto/pinned.h"

namespace holdfast::crypto {
namespace {

TEST(Mac, MatchesItsPinnedVector) {
  EXPECT_EQ(HexEncode(Mac(Key(0), {AsBytes("a"), AsBytes("bc")})),
            "292ccbaf15ff939906f09a723c7052fb527da88b7e8227bf169f94f233da14b5");
}

TEST(Mac, TellsListsOfPartsApart) {
  const Digest mac = Mac(Key(0), {AsBytes("a"), AsBytes("bc")});
  EXPECT_NE(mac, Mac(Key(0), {AsBytes("ab"), AsBytes("c")}));
  EXPECT_NE(mac, Mac(Key(0), {AsBytes("abc")}));
  EXPECT_NE(mac, Mac(Key(0), {AsBytes("a"), AsBytes("bc"), ByteView()}));
  EXPECT_NE(mac, Mac(Key(0), {AsBytes("bc"), AsBytes("a")}));
  EXPECT_NE(mac, Mac(Key(1), {AsBytes("a"), AsBytes("bc")}));
}

TEST(MacDeathTest, NeverRunsUnderAShortKey) { EXPECT_DEATH(Mac(SecretBytes(), {AsBytes("a")}), ""); }

TEST(EqualConstantTime, ComparesContentAndLength) {
  EXPECT_TRUE(EqualConstantTime(AsBytes("abc"), AsBytes("abc")));
  EXPECT_TRUE(EqualConstantTime({}, {}));
  EXPECT_FALSE(EqualConstantTime(AsBytes("abc"), AsBytes("abd")));
  EXPECT_FALSE(EqualConstantTime(AsBytes("abc"), AsBytes("ab")));
  EXPECT_FALSE(EqualConstantTime({}, AsBytes("a")));
}

}  // namespace
}  // namespace holdfast::crypto
