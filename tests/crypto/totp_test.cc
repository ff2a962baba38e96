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

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return text;
}

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

// Codes that the mobile app of Steam showed, from the tests of another password manager.
TEST(Totp, MakesTheCodesThatTheAppOfSteamShowed) {
  const std::string seed = "63BEDWCQZKTQWPESARIERL5DTTQFCJTK";
  for (const std::string& text :
       {"steam://" + seed, "STEAM://" + Lower(seed), "otpauth://totp/Steam:press?secret=" + seed + "&issuer=Steam",
        "otpauth://totp/Steam:press?secret=" + seed, "otpauth://steam/press?secret=" + seed,
        "otpauth://totp/press?secret=" + seed + "&issuer=Valve&algorithm=SHA1&digits=5&period=30&encoder=steam"}) {
    const Totp totp = Parse(text);
    EXPECT_EQ(Code(totp, totp.CounterAt(1511200518 * kSecond)), "FR8RV") << text;
    EXPECT_EQ(Code(totp, totp.CounterAt(1511200714 * kSecond)), "9P3VP") << text;
  }
}

TEST(Totp, TakesASeedAsPeopleAndPlatformsWriteIt) {
  for (const char* text :
       {"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "gezd gnbv gy3t qojq gezd-gnbv-gy3t-qojq",
        "\tgezdgnbvgy3tqojq gezdgnbvgy3tqojq\r\n", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ== ==",
        "otpauth://totp/x?secret=gezd%20gnbv+gy3t%2Dqojq-GEZDGNBVGY3TQOJQ%3D%3d=",
        "OTPAUTH://TOTP/x?SECRET=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        "otpauth://Acme:press?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        "otpauth:///Acme?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=",
        "otpauth://totp/?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=&period=&algorithm=&&issuer#x",
        "otpauth://totp/Two words?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=HmacSHA1",
        "otpauth://totp/x?secret=&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=7"}) {
    const Totp totp = Parse(text);
    EXPECT_EQ(Seed(totp), "12345678901234567890") << text;
    EXPECT_EQ(Code(totp, 1), "287082") << text;
  }
  EXPECT_EQ(Seed(Parse("JBSWY3DPEHPK3PXP")), "Hello!\xde\xad\xbe\xef");
  EXPECT_EQ(Seed(Parse("JBSWY3DPEHPK3PXPA===")),
            "Hello!\xde\xad\xbe\xef");  // bits left over make no byte
  EXPECT_EQ(Seed(Parse("JBSWY3DP")), "Hello");
}

TEST(Totp, TakesTheLengthsPeriodsAndHashesOfTheUri) {
  const std::string uri = "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP";
  const Totp plain = Parse(uri + "&image=https://a/b?c=d");
  EXPECT_EQ(plain.length, 6);
  EXPECT_EQ(plain.period, 30);
  EXPECT_EQ(plain.hash, TotpHash::kSha1);
  EXPECT_EQ(Parse(uri + "&period=60").CounterAt(119 * kSecond), 1);
  EXPECT_EQ(Parse(uri + "&period=86400").CounterAt(2 * 86'400 * kSecond), 2);
  EXPECT_EQ(Parse(uri + "&period=1").CounterAt(7 * kSecond), 7);
  for (const char* name : {"SHA256", "sha256", "SHA-256", "HMAC-SHA256", "HmacSHA256", "hmac-sha-256"})
    EXPECT_EQ(Parse(uri + "&algorithm=" + name).hash, TotpHash::kSha256) << name;
  // RFC 4226, appendix D: 1284755224 and 1094287082 are the numbers before they are cut to six digits.
  const Totp ten = Parse(std::string("otpauth://totp/x?digits=10&secret=") + kSeed20);
  EXPECT_EQ(Code(ten, 0), "1284755224");
  EXPECT_EQ(Code(ten, 1), "1094287082");
  EXPECT_EQ(Code(Parse(std::string("otpauth://totp/x?digits=9&secret=") + kSeed20), 1), "094287082");
}

TEST(Totp, RefusesTextThatMakesNoCodesWithoutShowingIt) {
  const std::string uri = "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP";
  const std::string steam = "otpauth://steam/x?secret=JBSWY3DPEHPK3PXP";
  for (const std::string& text :
       {std::string("JBSWY3DPEHPK3PX1"), std::string(), std::string(" \n"), std::string("JBSWY3D"),
        std::string("JBSW=Y3DPEHPK3PXP"), std::string(300, 'A'), std::string(5000, 'A'), std::string("1019"),
        std::string("steam://JBSW/Y3DP"), std::string("steam://"), std::string("https://JBSWY3DP"),
        std::string("otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP&counter=0"),
        std::string("otpauth://x?secret=JBSWY3DPEHPK3PXP&counter=0"),
        std::string("otpauth://YAOTP/x?secret=JBSWY3DPEHPK3PXP"), std::string("otpauth-migration://offline?data=x"),
        std::string("otpauth://totp/x"), std::string("otpauth://totp/x?secret"),
        std::string("otpauth://totp/x?secret="), uri + "&secret=JBSWY3DPEHPK3PXP", uri + "&digits=5",
        uri + "&digits=11", uri + "&digits=6x", uri + "&period=0", uri + "&period=86401", uri + "&period=-30",
        uri + "&algorithm=MD5", uri + "&algorithm=SHA224", uri + "&algorithm=hmac", steam + "&algorithm=SHA256",
        steam + "&period=60"}) {
    const std::string problem = Problem(text);
    EXPECT_FALSE(problem.empty());
    EXPECT_EQ(problem.find("JBSW"), problem.npos) << problem;
  }
}

TEST(Totp, KnowsSeedUrisInAnyCase) {
  for (const char* text : {"otpauth://totp/x?secret=A", "OtpAuth://HOTP/x", " \nOTPAUTH:x", "STEAM://AAAA",
                           "otpauth-migration://offline?data=x"})
    EXPECT_TRUE(IsSeedUri(text)) << text;
  for (const char* text : {"", "otp", "https://otpauth://", "steam:x", "JBSWY3DP", "my otpauth://"})
    EXPECT_FALSE(IsSeedUri(text)) << text;
}

}  // namespace
}  // namespace holdfast::crypto
