#include "vault/crypto/value_forms.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

namespace holdfast::crypto {
namespace {

using Forms = std::set<std::pair<ValueForm, std::string>>;

Forms Of(std::string value, bool is_seed = false) {
  Forms forms;
  for (const FormOfValue& form : FormsOf(Plaintext::TakeFrom(value), is_seed))
    forms.emplace(form.form, std::string(AsChars(form.bytes.ExposeSecret())));
  return forms;
}

bool Equal(const std::string& a, const std::string& b, bool is_seed = false) {
  const Forms of_a = Of(a, is_seed);
  const Forms of_b = Of(b, is_seed);
  return std::any_of(of_a.begin(), of_a.end(), [&](const auto& form) { return of_b.contains(form); });
}

TEST(ValueForms, TakeOneTextInOtherSpellingsForTheSame) {
  const std::string plain = "Gr\u00fcn und blau";
  for (const char* other :
       {"Gru\u0308n und blau", " Gr\u00fcn und blau", "Gr\u00fcn und blau\n", "Gr\u00fcn und blau\r\n",
        "\tGr\u00fcn und blau \u00a0", "Gr\u00fcn\u200b und blau", "\ufeffGr\u00fcn und blau"})
    EXPECT_TRUE(Equal(plain, other)) << other;
  for (const char* other : {"gr\u00fcn und blau", "Gr\u00fcn  und blau", "Grun und blau", "Gr\u00fcn und blau!"})
    EXPECT_FALSE(Equal(plain, other)) << other;
}

TEST(ValueForms, TakeANoteWithOtherLineEndsForTheSame) {
  const std::string note = "first: 1\nsecond: 2\n\nlast";
  for (const char* other : {"first: 1\r\nsecond: 2\r\n\r\nlast\r\n", "first: 1\rsecond: 2\r\rlast",
                            "first: 1  \nsecond: 2\t\n\nlast\n\n\n"})
    EXPECT_TRUE(Equal(note, other)) << other;
  EXPECT_FALSE(Equal(note, "first: 1\nsecond: 2\nlast"));
}

TEST(ValueForms, TakeASeedInAnySpellingForTheSame) {
  const std::string seed = "JBSWY3DPEHPK3PXP";
  for (const char* other :
       {"jbswy3dpehpk3pxp", "JBSW Y3DP EHPK 3PXP", "jbsw-y3dp-ehpk-3pxp", "JBSWY3DPEHPK3PXP======",
        " JBSWY3DPEHPK3PXP\n",
        "otpauth://totp/acme?secret=JBSWY3DPEHPK3PXP&issuer=acme",
        "otpauth://totp/acme?secret=jbswy3dpehpk3pxp&digits=8&period=60",
        "otpauth://totp/acme?secret=JBSWY3DPEHPK3PXP&algorithm=SHA256"})
    EXPECT_TRUE(Equal(seed, other)) << other;
  EXPECT_FALSE(Equal(seed, "JBSWY3DPEHPK3PXQ"));
  EXPECT_FALSE(Equal(seed, "otpauth://totp/acme?secret=GEZDGNBVGY3TQOJQ"));
}

TEST(ValueForms, TakeShortWordsForSeedsOnlyWhereTheyAreKeptAsOnes) {
  EXPECT_TRUE(Equal("JBSWY3DP", "jbsw-y3dp", /*is_seed=*/true));
  EXPECT_FALSE(Equal("fixture-news-2", "fixture-news-3"));
  EXPECT_FALSE(Equal("blue moon", "Blue Moon"));
  EXPECT_TRUE(Equal("otpauth://totp/a?secret=JBSWY3DP", "OTPAUTH://totp/b?secret=jbswy3dp"));
}

// HMAC pads short keys with zeros: the longer seed makes the very same codes.
TEST(ValueForms, TakeASeedWithZerosBehindItForTheSame) {
  EXPECT_TRUE(Equal("JBSWY3DPEHPK3PXP", "JBSWY3DPEHPK3PXPAAAAAAAA"));
  EXPECT_TRUE(Equal("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP&algorithm=SHA512",
                    "otpauth://totp/a?secret=JBSWY3DPEHPK3PXPAAAAAAAA&algorithm=SHA512"));
}

TEST(ValueForms, FindOneCodeOfASetAgain) {
  const std::string set = "1. 1234-5678\n2. abcd-ef12\n3. 9999 0000\n";
  EXPECT_TRUE(Equal(set, "4455 6677\nABCDEF12\n"));
  EXPECT_TRUE(Equal(set, "12345678, 11112222"));
  EXPECT_FALSE(Equal(set, "4455 6677\n8899 0011\n"));
  EXPECT_FALSE(Equal(set, "a note that says 1234-5678\nand more\n")) << "a text is no set";
  EXPECT_FALSE(Equal("1234\n5678\n", "1234\n9012\n")) << "too short to be told apart";
}

TEST(ValueForms, TakeBytesThatAreNoTextAsTheyAre) {
  EXPECT_TRUE(Equal(std::string("\xff\x00\x01", 3), std::string("\xff\x00\x01", 3)));
  EXPECT_FALSE(Equal(std::string("\xff\x00\x01", 3), std::string("\xff\x00\x02", 3)));
  EXPECT_FALSE(Equal("  ", "   ")) << "nothing is left of either";
}

TEST(ValueForms, BoundWhatASetCosts) {
  std::string set;
  for (int i = 0; i < 10'000; ++i) set += std::to_string(10'000'000 + i) + "\n";
  EXPECT_LE(Of(set).size(), kMaxCodes + 1);
}

}  // namespace
}  // namespace holdfast::crypto
