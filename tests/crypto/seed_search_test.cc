#include "vault/crypto/seed_search.h"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::crypto {
namespace {

bool Seed(std::string_view name, std::string value) { return IsSeed(name, Plaintext::TakeFrom(value)); }

std::string Found(std::string_view text, std::size_t from = 0) {
  const auto range = FindSeedUri(text, from);
  return range.has_value() ? std::string(text.substr(range->begin, range->size)) : "";
}

TEST(SeedSearch, KnowsTheNamesOfSeeds) {
  for (const char* name : {"otp", "OTP", "totp", "TOTP Seed", "totpSecret", "2fa", "2FA-key", "my_otp", "MFA",
                           "field-otp", "Google Authenticator"})
    EXPECT_TRUE(NamesSeed(name)) << name;
  for (const char* name :
       {"", "password", "laptop", "OTPbank", "2FA backup codes", "TOTP recovery", "pin", "seed"})
    EXPECT_FALSE(NamesSeed(name)) << name;
}

TEST(SeedSearch, ASeedIsAUriAnywhereAndBase32UnderItsName) {
  EXPECT_TRUE(Seed("password", "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP"));
  EXPECT_TRUE(Seed("password", "OTPAUTH://hotp/x"));
  EXPECT_TRUE(Seed("pin", " Steam://JBSWY3DPEHPK3PXP\n"));
  EXPECT_TRUE(Seed("otp", "jbsw y3dp ehpk 3pxp"));
  EXPECT_TRUE(Seed("TOTP seed", "JBSWY3DPEHPK3PXP\r\n"));
  EXPECT_FALSE(Seed("password", "JBSWY3DPEHPK3PXP"));  // many passwords are letters alone
  EXPECT_FALSE(Seed("otp", "0189"));
  EXPECT_FALSE(Seed("otp", "abcdefgh\nabcdefgh"));
  EXPECT_FALSE(Seed("2fa backup codes", "abcdefgh"));
}

TEST(SeedSearch, FindsUrisInsideOfText) {
  const std::string uri = "otpauth://totp/Acme:press?secret=JBSWY3DPEHPK3PXP&issuer=Acme";
  EXPECT_EQ(Found("seed: " + uri + " (phone)"), uri);
  EXPECT_EQ(Found("<" + uri + ">"), uri);
  EXPECT_EQ(Found("a\nOTPAUTH://totp/x\nb"), "OTPAUTH://totp/x");
  EXPECT_EQ(Found("a STEAM://jbswy3dpehpk3pxp"), "STEAM://jbswy3dpehpk3pxp");
  EXPECT_EQ(Found("otpauth-migration://offline?data=x"), "otpauth-migration://offline?data=x");
  EXPECT_EQ(Found(uri + " " + uri, 10), uri);
  EXPECT_EQ(Found("steam://run/440"), "");
  EXPECT_EQ(Found("see myotpauth://x"), "");
  EXPECT_EQ(Found(""), "");
  EXPECT_EQ(Found("otpauth", 3), "");
}

}  // namespace
}  // namespace holdfast::crypto
