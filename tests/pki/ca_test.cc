#include "vault/pki/ca.h"

#include <gtest/gtest.h>

#include "tests/pki/pki_fixture.h"

namespace holdfast::pki {
namespace {

Micros Expiry(std::string_view pem) { return InspectCertificate(pem)->not_after; }

TEST(Ca, NamesItsVaultAndLastsTwentyYears) {
  const TestVault vault;
  const CertificateInfo info = InspectCertificate(vault.ca).value();
  EXPECT_EQ(info.spiffe_id, "spiffe://00112233445566778899aabbccddeeff");
  EXPECT_EQ(info.not_before, kNow - 5 * kMinute);
  EXPECT_EQ(info.not_after, kNow + kCaLifetime);
}

TEST(Ca, GivesTheServerItsNames) {
  const CertificateInfo info = InspectCertificate(TestVault().server).value();
  EXPECT_EQ(info.dns_name, "00112233445566778899aabbccddeeff.holdfast.internal");
  EXPECT_EQ(info.spiffe_id, "spiffe://00112233445566778899aabbccddeeff/server");
  EXPECT_EQ(info.not_after, kNow + kServerLifetime);
}

TEST(Ca, GivesAHolderAnIdentityAndReportsWhatItIssued) {
  const auto issued = TestVault().Issue(FreshCsr(), "ana.b-1", 90 * kDay);
  ASSERT_TRUE(issued.ok()) << issued.status();
  const CertificateInfo info = InspectCertificate(issued->pem).value();
  EXPECT_EQ(info.spiffe_id, "spiffe://00112233445566778899aabbccddeeff/holder/ana.b-1");
  EXPECT_EQ(info.dns_name, "");
  EXPECT_EQ(info.not_before, kNow - 5 * kMinute);
  EXPECT_EQ(info.not_after, kNow + 90 * kDay);
  EXPECT_EQ(issued->not_after, info.not_after);
  EXPECT_EQ(issued->der_sha256, CertificateSha256(issued->pem).value());
}

TEST(Ca, PutsItsReportedSerialIntoTheCertificateAndNeverTheSameTwice) {
  const TestVault vault;
  const std::string csr = FreshCsr();
  const IssuedCertificate a = vault.Issue(csr).value();
  const IssuedCertificate b = vault.Issue(csr).value();
  EXPECT_EQ(a.serial.size(), 16u);
  EXPECT_NE(a.serial, b.serial);
  const X509Ptr certificate = ParseCertificatePem(a.pem, "").value();
  const Owned<BIGNUM, BN_free> serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate.get()), nullptr));
  Bytes written(16);
  ASSERT_EQ(BN_bn2binpad(serial.get(), written.data(), 16), 16);
  EXPECT_EQ(written, a.serial);
  EXPECT_EQ(BN_is_negative(serial.get()), 0);
}

TEST(Ca, IgnoresEverythingARequestSaysButItsKey) {
  const PkeyPtr key(EVP_EC_gen("P-256"));
  const auto issued =
      TestVault().Issue(StrangersCsr(key.get(), EVP_sha256(), "spiffe://x/holder/boss"), "ana");
  ASSERT_TRUE(issued.ok()) << issued.status();
  EXPECT_EQ(InspectCertificate(issued->pem)->spiffe_id, HolderSpiffeId(kVault, "ana"));
  const X509Ptr certificate = ParseCertificatePem(issued->pem, "").value();
  EXPECT_EQ(X509_check_ca(certificate.get()), 0);
  EXPECT_EQ(X509_get_ext_count(certificate.get()), 6);
  EXPECT_EQ(EVP_PKEY_eq(X509_get0_pubkey(certificate.get()), key.get()), 1);
  EXPECT_EQ(AsChars(CertificateDer(certificate.get()).value()).find("boss"), std::string_view::npos);
}

TEST(Ca, MakesHoldersClientsAndServersServersOnly) {
  const TestVault vault;
  const X509Ptr holder = ParseCertificatePem(vault.Issue(FreshCsr())->pem, "").value();
  const X509Ptr server = ParseCertificatePem(vault.server, "").value();
  EXPECT_EQ(X509_get_extended_key_usage(holder.get()), static_cast<unsigned>(XKU_SSL_CLIENT));
  EXPECT_EQ(X509_get_extended_key_usage(server.get()), static_cast<unsigned>(XKU_SSL_SERVER));
  EXPECT_EQ(X509_get_key_usage(holder.get()), static_cast<unsigned>(KU_DIGITAL_SIGNATURE));
  EXPECT_EQ(X509_get_key_usage(server.get()), static_cast<unsigned>(KU_DIGITAL_SIGNATURE));
}

TEST(Ca, NeverIssuesBeyondItsOwnEndNorAfterIt) {
  const TestVault old(kVault, kNow - kCaLifetime + 10 * kDay);
  EXPECT_EQ(old.Issue(FreshCsr(), "ana", 90 * kDay)->not_after, Expiry(old.ca));
  const TestVault gone(kVault, kNow - kCaLifetime);
  EXPECT_EQ(ReasonOf(gone.Issue(FreshCsr()).status()), "CA_EXPIRED");
}

TEST(Ca, RefusesToSignWithAnotherKeyThanItsCertificates) {
  const TestVault a;
  const TestVault b;
  const auto mixed = IssueHolderCertificate(a.ca_key, b.ca, FreshCsr(), kVault, "ana", kNow, kDay);
  EXPECT_EQ(ReasonOf(mixed.status()), "CA_MISMATCH");
  const auto leaf_as_ca =
      IssueHolderCertificate(a.server_key, a.server, FreshCsr(), kVault, "ana", kNow, kDay);
  EXPECT_EQ(ReasonOf(leaf_as_ca.status()), "CA_MISMATCH");
}

TEST(Ca, RefusesIdsThatCouldSmuggleAnExtension) {
  const TestVault vault;
  for (const std::string_view id : {"", "Ana", "a,URI:spiffe://x", "a b", "a\n", "../server"})
    EXPECT_EQ(FieldOf(vault.Issue(FreshCsr(), id).status()), "holder") << id;
  for (const std::string_view id :
       {"", "0", "AB", "zz", "00,DNS:x", "0011223344556677889900112233445566778899aabbccddee"})
    EXPECT_EQ(FieldOf(MakeCaCertificate(vault.ca_key, id, kNow).status()), "vault_id") << id;
}

TEST(Ca, BoundsTheLifetime) {
  const TestVault vault;
  for (const Micros lifetime : {Micros{-kDay}, Micros{0}, kSecond - 1, kMaxHolderLifetime + 1, INT64_MAX})
    EXPECT_EQ(FieldOf(vault.Issue(FreshCsr(), "ana", lifetime).status()), "lifetime") << lifetime;
  EXPECT_TRUE(vault.Issue(FreshCsr(), "ana", kMaxHolderLifetime).ok());
}

}  // namespace
}  // namespace holdfast::pki
