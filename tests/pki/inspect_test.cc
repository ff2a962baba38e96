#include "vault/pki/inspect.h"

#include <gtest/gtest.h>

#include "tests/pki/pki_fixture.h"

namespace holdfast::pki {
namespace {

TEST(CertificateSha256, IsTheHashOfTheFirstCertificate) {
  const TestVault vault;
  const X509Ptr server = ParseCertificatePem(vault.server, "").value();
  const Bytes expected = Sha256Of(CertificateDer(server.get()).value());
  EXPECT_EQ(CertificateSha256(vault.server).value(), expected);
  EXPECT_EQ(CertificateSha256(vault.server + vault.ca).value(), expected);
  EXPECT_EQ(CertificateSha256(vault.server + "anything").value(), expected);
}

TEST(CertificateSha256, MatchesAPinnedVector) {
  // SHA-256("abc"), FIPS 180-2.
  EXPECT_EQ(
      HexEncode(CertificateSha256("-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n").value()),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(CertificateSha256, RefusesWhatIsNoCertificate) {
  const TestVault vault;
  for (const std::string& text : {std::string(), std::string("x"), FreshCsr(), "\n" + vault.ca,
                                  vault.ca.substr(0, vault.ca.size() / 2), std::string(65 * 1024, 'A')})
    EXPECT_EQ(FieldOf(CertificateSha256(text).status()), "certificate");
}

TEST(InspectCertificate, RefusesGarbageTruncationAndASecondCertificate) {
  const TestVault vault;
  EXPECT_EQ(FieldOf(InspectCertificate(vault.ca + vault.server).status()), "certificate");
  EXPECT_EQ(FieldOf(InspectCertificate(std::string(17 * 1024, 'A')).status()), "certificate");
  const Bytes der = DecodePem(vault.server, kCertificateLabel).value();
  for (std::size_t size = 1; size < der.size(); ++size) {
    const Bytes cut(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(FieldOf(InspectCertificate(EncodePem(cut, kCertificateLabel)).status()), "certificate") << size;
  }
}

}  // namespace
}  // namespace holdfast::pki
