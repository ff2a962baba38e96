#include "vault/pki/key.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "vault/pki/openssl.h"
#include "vault/pki/pem.h"

namespace holdfast::pki {
namespace {

// P-256 key of `openssl genpkey`; pinned so that keys stored today open tomorrow.
constexpr std::string_view kPinned =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgz62zmXerJl7n1coW\n"
    "sWVVtevghw5olpeJS2BwDnRh/LGhRANCAASdmpbDb8xr05ygo4RWSO8zRzor3ycU\n"
    "S3erX9nIZDExewXrs57bi512HRLiXjYiDAjkSrHhWBs9M7kN4p4bk8gf\n"
    "-----END PRIVATE KEY-----\n";

Plaintext Text(std::string_view text) { return Plaintext::CopyOf(AsBytes(text)); }

std::string PemOf(EVP_PKEY* key) {
  const SecretBytes der = WritePrivateKey(key).value();
  return EncodePem(der.ExposeSecret(), kPrivateKeyLabel);
}

TEST(PrivateKey, ReadsAndWritesThePinnedKeyUnchanged) {
  const auto key = PrivateKeyFromPem(Text(kPinned));
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(AsChars(PrivateKeyToPem(*key)->ExposeSecret()), kPinned);
}

TEST(PrivateKey, GeneratedKeysDifferAndSurviveThePemForm) {
  const SecretBytes a = GenerateP256Key().value();
  const SecretBytes b = GenerateP256Key().value();
  EXPECT_FALSE(a.EqualsConstantTime(b));
  EXPECT_TRUE(PrivateKeyFromPem(PrivateKeyToPem(a).value())->EqualsConstantTime(a));
}

TEST(PrivateKey, RefusesOtherKindsOfKeys) {
  const PkeyPtr p384(EVP_EC_gen("P-384"));
  const PkeyPtr ed25519(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const PkeyPtr rsa(EVP_RSA_gen(2048));
  for (EVP_PKEY* key : {p384.get(), ed25519.get(), rsa.get()}) {
    const auto read = PrivateKeyFromPem(Text(PemOf(key)));
    EXPECT_EQ(FieldOf(read.status()), "private_key");
  }
}

TEST(PrivateKey, RefusesAnyTruncation) {
  for (std::size_t size = 0; size + 1 < kPinned.size(); ++size)
    EXPECT_EQ(FieldOf(PrivateKeyFromPem(Text(kPinned.substr(0, size))).status()), "private_key") << size;
  const SecretBytes key = PrivateKeyFromPem(Text(kPinned)).value();
  for (std::size_t size = 0; size < key.size(); ++size) {
    const SecretBytes cut = SecretBytes::CopyOf(key.ExposeSecret().first(size));
    EXPECT_FALSE(PrivateKeyToPem(cut).ok()) << size;
  }
}

TEST(PrivateKey, RefusesTextAroundTheBlockAndTooMuchOfIt) {
  EXPECT_FALSE(PrivateKeyFromPem(Text("x\n" + std::string(kPinned))).ok());
  EXPECT_FALSE(PrivateKeyFromPem(Text(std::string(kPinned) + "x")).ok());
  EXPECT_FALSE(PrivateKeyFromPem(Text(std::string(kPinned) + std::string(kPinned))).ok());
  EXPECT_EQ(MessageOf(PrivateKeyFromPem(Plaintext(5000)).status()), "private_key: is larger than 4 KiB");
}

TEST(PrivateKey, LeavesNoErrorBehindForTheNextCallerOfTheThread) {
  EXPECT_FALSE(PrivateKeyToPem(SecretBytes::CopyOf(AsBytes("no key at all"))).ok());
  EXPECT_EQ(ERR_peek_error(), 0u);
}

}  // namespace
}  // namespace holdfast::pki
