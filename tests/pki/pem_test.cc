#include "vault/pki/pem.h"

#include <gtest/gtest.h>

namespace holdfast::pki {
namespace {

// RFC 7468's armour around the bytes "holdfast" and around 48 and 49 bytes: a full line, and one more.
TEST(Pem, MatchesThePinnedForm) {
  EXPECT_EQ(EncodePem(AsBytes("holdfast"), kCertificateLabel),
            "-----BEGIN CERTIFICATE-----\naG9sZGZhc3Q=\n-----END CERTIFICATE-----\n");
  const std::string full(64, 'A');
  EXPECT_EQ(EncodePem(Bytes(48), kRequestLabel),
            "-----BEGIN CERTIFICATE REQUEST-----\n" + full + "\n-----END CERTIFICATE REQUEST-----\n");
  EXPECT_EQ(EncodePem(Bytes(49), kRequestLabel),
            "-----BEGIN CERTIFICATE REQUEST-----\n" + full + "\nAA==\n-----END CERTIFICATE REQUEST-----\n");
}

TEST(Pem, DecodesWhatItEncodesAtEverySize) {
  for (std::size_t size = 1; size < 200; ++size) {
    const Bytes der(size, static_cast<std::uint8_t>(size));
    EXPECT_EQ(DecodePem(EncodePem(der, kCertificateLabel), kCertificateLabel), der) << size;
  }
}

TEST(Pem, TakesBlocksOneByOne) {
  const std::string text =
      EncodePem(AsBytes("a"), kCertificateLabel) + EncodePem(AsBytes("b"), kCertificateLabel);
  std::string_view rest = text;
  EXPECT_EQ(TakePemBlock(rest, kCertificateLabel), ToBytes(AsBytes("a")));
  EXPECT_EQ(TakePemBlock(rest, kCertificateLabel), ToBytes(AsBytes("b")));
  EXPECT_EQ(rest, "");
  EXPECT_EQ(TakePemBlock(rest, kCertificateLabel), std::nullopt);
}

TEST(Pem, AcceptsCarriageReturnsAndNoFinalLineEnd) {
  const Bytes expected = ToBytes(AsBytes("holdfast"));
  EXPECT_EQ(DecodePem("-----BEGIN CERTIFICATE-----\r\naG9sZGZhc3Q=\r\n-----END CERTIFICATE-----\r\n",
                      kCertificateLabel),
            expected);
  EXPECT_EQ(
      DecodePem("-----BEGIN CERTIFICATE-----\naG9sZGZhc3Q=\n-----END CERTIFICATE-----", kCertificateLabel),
      expected);
}

TEST(Pem, RefusesEverythingElse) {
  for (const std::string_view text : {
           "",
           "-----BEGIN CERTIFICATE-----",
           "-----BEGIN CERTIFICATE-----\n",
           "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
           "-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n",
           "-----BEGIN CERTIFICATE-----aG9sZGZhc3Q=\n-----END CERTIFICATE-----\n",
           "-----BEGIN CERTIFICATE-----\naG9sZGZhc3Q=-----END CERTIFICATE-----\n",
           "-----BEGIN CERTIFICATE-----\naG9sZGZhc3Q\n-----END CERTIFICATE-----\n",
           "-----BEGIN CERTIFICATE-----\naG9s ZGZhc3Q=\n-----END CERTIFICATE-----\n",
           "-----BEGIN CERTIFICATE-----\nname: value\n\naG9sZGZhc3Q=\n-----END CERTIFICATE-----\n",
           "-----BEGIN CERTIFICATE-----\naG9sZGZhc3Q=\n-----END PRIVATE KEY-----\n",
           "-----BEGIN PRIVATE KEY-----\naG9sZGZhc3Q=\n-----END PRIVATE KEY-----\n",
           "-----BEGIN CERTIFICATE-----\naG9sZGZhc3Q=\n-----END CERTIFICATE-----\n\n",
           " -----BEGIN CERTIFICATE-----\naG9sZGZhc3Q=\n-----END CERTIFICATE-----\n",
       })
    EXPECT_EQ(DecodePem(text, kCertificateLabel), std::nullopt) << text;
}

}  // namespace
}  // namespace holdfast::pki
