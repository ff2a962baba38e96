#include "vault/crypto/signing.h"

#include <gtest/gtest.h>

#include <utility>

#include "tests/crypto/pinned.h"

namespace holdfast::crypto {
namespace {

struct Vector {
  std::string_view seed, key, message, signature;
};

// RFC 8032, section 7.1, tests 1 to 3.
constexpr Vector kRfc8032[] = {{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a3"
                                "3bacc61e39701cf9b46bd25bf5f0595bbe24"
                                "655141438e7a100b"},
                               {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15"
                                "996e458f3613d0f11d8c387b2eaeb4302aee"
                                "b00d291612bb0c00"},
                               {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16"
                                "f290ae67f760984dc6594a7c15e9716ed28d"
                                "c027beceea1ec40a"}};

Signer SignerOf(std::string_view seed) { return Signer::FromSeed(SecretBytes::CopyOf(Hex(seed))).value(); }

TEST(Signing, MatchesRfc8032) {
  for (const Vector& v : kRfc8032) {
    const Signer signer = SignerOf(v.seed);
    EXPECT_EQ(HexEncode(signer.public_key()), v.key);
    EXPECT_EQ(HexEncode(signer.Sign(Hex(v.message))), v.signature);
    EXPECT_TRUE(Verify(signer.public_key(), Hex(v.message), Hex(v.signature)));
  }
}

TEST(Signing, RefusesSeedsOfAnotherSize) {
  for (const std::size_t size : {0, 31, 33, 64}) {
    const auto signer = Signer::FromSeed(SecretBytes(size));
    EXPECT_EQ(signer.status().code(), absl::StatusCode::kInternal) << size;
  }
}

TEST(Signing, RefusesAnyFlippedBitOfTheSignature) {
  const Vector& v = kRfc8032[2];
  const PublicKey key = SignerOf(v.seed).public_key();
  for (int i = 0; i < 64 * 8; ++i) {
    Bytes flipped = Hex(v.signature);
    flipped[i / 8] ^= static_cast<std::uint8_t>(1 << i % 8);
    EXPECT_FALSE(Verify(key, Hex(v.message), flipped)) << i;
  }
}

TEST(Signing, RefusesAnotherMessageKeyOrLength) {
  const Vector& v = kRfc8032[2];
  const PublicKey key = SignerOf(v.seed).public_key();
  Bytes signature = Hex(v.signature);
  EXPECT_FALSE(Verify(key, Hex("af83"), signature));
  EXPECT_FALSE(Verify(key, Hex("af"), signature));
  EXPECT_FALSE(Verify(SignerOf(kRfc8032[0].seed).public_key(), Hex(v.message), signature));
  EXPECT_FALSE(Verify(PublicKey{}, Hex(v.message), signature));
  for (std::size_t size = 0; size < signature.size(); ++size)
    EXPECT_FALSE(Verify(key, Hex(v.message), ByteView(signature).first(size)));
  signature.push_back(0);
  EXPECT_FALSE(Verify(key, Hex(v.message), signature));
}

TEST(SigningDeathTest, NeverSignsWithoutAKey) {
  Signer signer = SignerOf(kRfc8032[0].seed);
  const Signer moved = std::move(signer);
  EXPECT_DEATH(signer.Sign({}), "");
}

}  // namespace
}  // namespace holdfast::crypto
