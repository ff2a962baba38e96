#include "vault/crypto/totp.h"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::crypto {
namespace {

Totp Parse(std::string text) {
  auto totp = ParseTotp(Plaintext::TakeFrom(text));
  EXPECT_TRUE(totp.ok()) << totp.status();
  return totp.ok() ? *std::move(totp) : Totp();
}

std::string Problem(std::string text) {
  const auto totp = ParseTotp(Plaintext::TakeFrom(text));
  EXPECT_EQ(ReasonOf(totp.status()), "BAD_SEED");
  return std::string(MessageOf(totp.status()));
}

std::string Code(const Totp& totp, std::int64_t counter) {
  const auto code = TotpCode(totp, counter);
  EXPECT_TRUE(code.ok()) << code.status();
  return std::string(AsChars(code->ExposeSecret()));
}

std::string Seed(const Totp& totp) { return std::string(AsChars(totp.seed.ExposeSecret())); }

// "12345678901234567890" and its longer forms.
constexpr char kSeed20[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
constexpr char kSeed32[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA====";
constexpr char kSeed64[] =
    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA"
    "=";

TEST(Totp, MakesTheCodesOfRfc4226) {
  const Totp totp = Parse(kSeed20);
  const char* const codes[] = {"755224", "287082", "359152", "969429", "338314",
                               "254676", "287922", "162583", "399871", "520489"};
  for (std::int64_t counter = 0; counter < 10; ++counter) EXPECT_EQ(Code(totp, counter), codes[counter]);
}

TEST(Totp, MakesTheCodesOfRfc6238) {
  const auto uri = [](const std::string& seed, const std::string& hash) {
    return Parse("otpauth://totp/Acme:news?secret=" + seed + "&issuer=Acme&algorithm=" + hash + "&digits=8");
  };
  const Totp sha1 = uri(kSeed20, "SHA1");
  const Totp sha256 = uri(std::string(kSeed32).substr(0, 52) + "%3D%3D%3D%3D", "SHA256");
  const Totp sha512 = uri(kSeed64, "SHA512");
  EXPECT_EQ(Seed(sha256), "12345678901234567890123456789012");
  EXPECT_EQ(Seed(sha512), "1234567890123456789012345678901234567890123456789012345678901234");
  struct Vector {
    std::int64_t seconds;
    const char* sha1;
    const char* sha256;
    const char* sha512;
  };
  const Vector vectors[] = {
      {59, "94287082", "46119246", "90693936"},         {1111111109, "07081804", "68084774", "25091201"},
      {1111111111, "14050471", "67062674", "99943326"}, {1234567890, "89005924", "91819424", "93441116"},
      {2000000000, "69279037", "90698825", "38618901"}, {20000000000, "65353130", "77737706", "47863826"}};
  for (const Vector& vector : vectors) {
    const std::int64_t counter = sha1.CounterAt(vector.seconds * kSecond);
    EXPECT_EQ(Code(sha1, counter), vector.sha1);
    EXPECT_EQ(Code(sha256, counter), vector.sha256);
    EXPECT_EQ(Code(sha512, counter), vector.sha512);
  }
}

TEST(Totp, TakesASeedAsPeopleWriteIt) {
  EXPECT_EQ(Seed(Parse("gezd gnbv gy3t qojq gezd-gnbv-gy3t-qojq")), "12345678901234567890");
  EXPECT_EQ(Seed(Parse("JBSWY3DPEHPK3PXP")), "Hello!\xde\xad\xbe\xef");
  EXPECT_EQ(Seed(Parse("JBSWY3DPEHPK3PXPA===")),
            "Hello!\xde\xad\xbe\xef");  // what is left over makes no byte
  const Totp totp = Parse("otpauth://totp/x?period=60&secret=JBSWY3DPEHPK3PXP&image=https://a/b?c=d");
  EXPECT_EQ(totp.period, 60);
  EXPECT_EQ(totp.digits, 6);
  EXPECT_EQ(totp.hash, TotpHash::kSha1);
  EXPECT_EQ(totp.CounterAt(119 * kSecond), 1);
}

TEST(Totp, RefusesWhatMakesNoCodesWithoutShowingIt) {
  const std::string uri = "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP";
  for (const std::string& text :
       {std::string("JBSWY3DPEHPK3PX1"), std::string(), std::string("JBSWY3DP"), std::string(300, 'A'),
        std::string(5000, 'A'), std::string("steam://JBSWY3DP"),
        std::string("otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP"), std::string("otpauth://totp/x"),
        std::string("otpauth://totp/x?secret"), uri + "&secret=JBSWY3DPEHPK3PXP", uri + "&digits=5",
        uri + "&digits=9", uri + "&digits=6x", uri + "&digits=", uri + "&period=0", uri + "&period=121",
        uri + "&period=-30", uri + "&algorithm=MD5"}) {
    const std::string problem = Problem(text);
    EXPECT_FALSE(problem.empty());
    EXPECT_EQ(problem.find("JBSWY3DP"), problem.npos) << problem;
  }
}

}  // namespace
}  // namespace holdfast::crypto
