#include "vault/pki/chain.h"

#include <gtest/gtest.h>

#include "tests/pki/pki_fixture.h"

namespace holdfast::pki {
namespace {

std::string Reason(std::string_view chain, const Bytes& pin, std::string_view dns = "", Micros now = kNow) {
  const auto verified = VerifyPinnedChain(chain, pin, dns, now);
  return verified.ok() ? "OK" : ReasonOf(verified.status());
}

TEST(PinnedChain, YieldsTheCaThatThePinNames) {
  const TestVault vault;
  const auto ca = VerifyPinnedChain(vault.server + vault.ca, vault.ca_sha256, ServerDnsName(kVault), kNow);
  ASSERT_TRUE(ca.ok()) << ca.status();
  EXPECT_EQ(*ca, vault.ca);
  EXPECT_EQ(Reason(vault.server + vault.ca, vault.ca_sha256), "OK");
}

TEST(PinnedChain, OfAnotherVaultIsRefused) {
  const TestVault vault;
  const TestVault other;
  EXPECT_EQ(Reason(other.server + other.ca, vault.ca_sha256), "CA_PIN_MISMATCH");
  EXPECT_EQ(Reason(vault.server, vault.ca_sha256), "CA_PIN_MISMATCH");
}

// The right CA is public: standing in the chain proves nothing, the leaf must be signed by it.
TEST(PinnedChain, WithTheRightCaBesideAForeignServerIsRefused) {
  const TestVault vault;
  const TestVault attacker;
  EXPECT_EQ(Reason(attacker.server + vault.ca, vault.ca_sha256), "CERTIFICATE_UNTRUSTED");
  EXPECT_EQ(Reason(attacker.server + attacker.ca + vault.ca, vault.ca_sha256), "CERTIFICATE_UNTRUSTED");
}

// Any holder has a certificate of the right CA: it must not pass for the server's.
TEST(PinnedChain, LedByAHoldersCertificateIsRefused) {
  const TestVault vault;
  EXPECT_EQ(Reason(vault.Issue(FreshCsr())->pem + vault.ca, vault.ca_sha256), "CERTIFICATE_UNTRUSTED");
}

TEST(PinnedChain, WhosePinNamesNoCaOrTheLeafIsRefused) {
  const TestVault vault;
  EXPECT_EQ(Reason(vault.server + vault.ca, CertificateSha256(vault.server).value()),
            "CERTIFICATE_UNTRUSTED");
  EXPECT_EQ(Reason(vault.ca, vault.ca_sha256), "CERTIFICATE_UNTRUSTED");
  EXPECT_EQ(Reason(vault.ca + vault.ca, vault.ca_sha256), "CERTIFICATE_UNTRUSTED");
}

TEST(PinnedChain, OutsideItsDatesIsRefused) {
  const TestVault vault;
  const std::string chain = vault.server + vault.ca;
  EXPECT_EQ(Reason(chain, vault.ca_sha256, "", kNow - 6 * kMinute), "CERTIFICATE_DATES");
  EXPECT_EQ(Reason(chain, vault.ca_sha256, "", kNow - 4 * kMinute), "OK");
  EXPECT_EQ(Reason(chain, vault.ca_sha256, "", kNow + kServerLifetime - kMinute), "OK");
  EXPECT_EQ(Reason(chain, vault.ca_sha256, "", kNow + kServerLifetime + kMinute), "CERTIFICATE_DATES");
  EXPECT_EQ(Reason(chain, vault.ca_sha256, "", kNow + kCaLifetime + kMinute), "CERTIFICATE_DATES");
}

TEST(PinnedChain, OfAnotherNameIsRefused) {
  const TestVault vault;
  EXPECT_EQ(Reason(vault.server + vault.ca, vault.ca_sha256, "ffff.holdfast.internal"), "CERTIFICATE_NAME");
}

TEST(PinnedChain, WithAnyFlippedByteInTheLeafIsRefused) {
  const TestVault vault;
  const Bytes der = DecodePem(vault.server, kCertificateLabel).value();
  for (std::size_t i = 0; i < der.size(); ++i) {
    Bytes flipped = der;
    flipped[i] ^= 4;
    EXPECT_NE(Reason(EncodePem(flipped, kCertificateLabel) + vault.ca, vault.ca_sha256), "OK") << i;
  }
}

TEST(PinnedChain, ThatCannotBeReadNamesTheField) {
  const TestVault vault;
  const auto field = [&](std::string_view chain, const Bytes& pin) {
    return FieldOf(VerifyPinnedChain(chain, pin, "", kNow).status());
  };
  EXPECT_EQ(field("", vault.ca_sha256), "chain");
  EXPECT_EQ(field("x", vault.ca_sha256), "chain");
  EXPECT_EQ(field(vault.server + "x" + vault.ca, vault.ca_sha256), "chain");
  EXPECT_EQ(field(EncodePem(AsBytes("garbage"), kCertificateLabel) + vault.ca, vault.ca_sha256), "chain");
  EXPECT_EQ(field(std::string(65 * 1024, 'A'), vault.ca_sha256), "chain");
  std::string long_chain;
  for (int i = 0; i < 9; ++i) long_chain += vault.ca;
  EXPECT_EQ(field(long_chain, vault.ca_sha256), "chain");
  EXPECT_EQ(field(vault.server + vault.ca, Bytes(31)), "ca_sha256");
}

}  // namespace
}  // namespace holdfast::pki
