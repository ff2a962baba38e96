#include "vault/pki/csr.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>

#include "tests/pki/pki_fixture.h"

namespace holdfast::pki {
namespace {

TEST(Csr, MustBeSignedByTheKeyItHolds) {
  const TestVault vault;
  const Bytes der = DecodePem(FreshCsr(), kRequestLabel).value();
  // Every byte: the signed part, its signature, and the framing of both.
  for (std::size_t i = 0; i < der.size(); ++i) {
    Bytes tampered = der;
    tampered[i] ^= 1;
    const auto issued = vault.Issue(EncodePem(tampered, kRequestLabel));
    EXPECT_EQ(FieldOf(issued.status()), "csr") << i;
  }
}

TEST(Csr, WithAnotherKeyThanP256IsRefused) {
  const TestVault vault;
  const PkeyPtr rsa(EVP_RSA_gen(2048));
  const PkeyPtr p384(EVP_EC_gen("P-384"));
  const PkeyPtr ed25519(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  for (const std::string& csr :
       {StrangersCsr(rsa.get(), EVP_sha256(), "a:b"), StrangersCsr(p384.get(), EVP_sha256(), "a:b"),
        StrangersCsr(ed25519.get(), nullptr, "a:b")}) {
    const auto issued = vault.Issue(csr);
    EXPECT_EQ(MessageOf(issued.status()), "csr: does not hold a P-256 public key");
  }
}

TEST(Csr, WithItsCurveWrittenOutIsRefused) {
  const PkeyPtr key(EVP_EC_gen("P-256"));
  ASSERT_EQ(EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_ENCODING, "explicit"), 1);
  const auto issued = TestVault().Issue(StrangersCsr(key.get(), EVP_sha256(), "a:b"));
  EXPECT_EQ(FieldOf(issued.status()), "csr");
}

TEST(Csr, LargerThanItsBoundIsRefusedUnread) {
  const auto issued = TestVault().Issue(std::string(kMaxCsrSize + 1, 'A'));
  EXPECT_EQ(MessageOf(issued.status()), "csr: is larger than 8 KiB");
}

TEST(Csr, OfGarbageOfAnySizeIsRefused) {
  const TestVault vault;
  std::uint32_t state = 1;
  for (std::size_t size = 1; size < 4000; size = size * 3 / 2 + 1) {
    Bytes garbage(size);
    for (std::uint8_t& byte : garbage)
      byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
    EXPECT_EQ(FieldOf(vault.Issue(EncodePem(garbage, kRequestLabel)).status()), "csr") << size;
    garbage[0] = 0x30;  // begins like DER
    EXPECT_EQ(FieldOf(vault.Issue(EncodePem(garbage, kRequestLabel)).status()), "csr") << size;
    EXPECT_EQ(FieldOf(vault.Issue(AsChars(garbage)).status()), "csr") << size;
  }
}

TEST(Csr, CutShortOrFollowedByMoreIsRefused) {
  const TestVault vault;
  Bytes der = DecodePem(FreshCsr(), kRequestLabel).value();
  for (std::size_t size = 1; size < der.size(); ++size) {
    const Bytes cut(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(FieldOf(vault.Issue(EncodePem(cut, kRequestLabel)).status()), "csr") << size;
  }
  der.push_back(0);
  EXPECT_EQ(FieldOf(vault.Issue(EncodePem(der, kRequestLabel)).status()), "csr");
}

}  // namespace
}  // namespace holdfast::pki
