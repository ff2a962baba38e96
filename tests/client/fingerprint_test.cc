#include "vault/crypto/fingerprint.h"

#include "gtest/gtest.h"
#include "vault/crypto/init.h"

namespace holdfast::crypto {
namespace {

// SHA-256 over the length-prefixed parts, computed elsewhere.
TEST(Fingerprint, IsPinned) {
  ASSERT_TRUE(Init().ok());
  EXPECT_EQ(KeyFingerprint(Bytes(32, 1), Bytes(32, 2)), "3919-9298-8aaf-c31e-86ce-4ef5-9090-3dfe");
}

TEST(Fingerprint, CoversBothPartsAndTheirBorder) {
  const std::string whole = KeyFingerprint(Bytes(32, 1), Bytes(32, 2));
  EXPECT_NE(KeyFingerprint(Bytes(32, 3), Bytes(32, 2)), whole);
  EXPECT_NE(KeyFingerprint(Bytes(32, 1), Bytes(32, 3)), whole);
  EXPECT_NE(KeyFingerprint(Bytes(3, 1), Bytes(1, 1)), KeyFingerprint(Bytes(2, 1), Bytes(2, 1)));
}

TEST(Fingerprint, IsReadHoweverItIsTyped) {
  const std::string normal = "0123-4567-89ab-cdef-0123-4567-89ab-cdef";
  for (const char* typed :
       {"0123-4567-89ab-cdef-0123-4567-89ab-cdef", "0123456789ABCDEF0123456789abcdef",
        " 0123 4567 89AB CDEF 0123 4567 89AB CDEF ", "01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef"})
    EXPECT_EQ(NormalizeFingerprint(typed), normal) << typed;
}

TEST(Fingerprint, OfAnotherLengthOrAlphabetIsNone) {
  for (const char* typed :
       {"", "-", "0123", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0",
        "0123456789abcdef0123456789abcdeg", "0123456789abcdef0123456789abcde\n"})
    EXPECT_EQ(NormalizeFingerprint(typed), "") << typed;
}

}  // namespace
}  // namespace holdfast::crypto
