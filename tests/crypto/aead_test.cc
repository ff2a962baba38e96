#include "vault/crypto/aead.h"

#include <gtest/gtest.h>

#include "tests/crypto/pinned.h"
#include "vault/crypto/init.h"

namespace holdfast::crypto {
namespace {

// draft-irtf-cfrg-xchacha, appendix A.3.1: nonce || ciphertext || tag.
constexpr std::string_view kDraftSealed =
    "404142434445464748494a4b4c4d4e4f5051525354555657bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c"
    "2139"
    "6cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3f"
    "ac2b"
    "c369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49";
constexpr std::string_view kDraftText =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen "
    "would "
    "be it.";
constexpr std::string_view kDraftData = "50515253c0c1c2c3c4c5c6c7";

void ExpectRefused(const absl::StatusOr<Plaintext>& opened) {
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(opened.status()), "CIPHERTEXT_REFUSED");
}

TEST(Aead, OpensTheVectorOfTheDraft) {
  EXPECT_EQ(Text(AeadOpen(Key(0x80), Hex(kDraftSealed), Hex(kDraftData)).value().ExposeSecret()), kDraftText);
}

TEST(Aead, OpensWhatItSealed) {
  for (const std::size_t size : {0, 1, 15, 16, 1000, 70'000}) {
    const Bytes plaintext = RandomBytes(size);
    const Bytes sealed = AeadSeal(Key(1), plaintext, AsBytes("place"));
    EXPECT_EQ(sealed.size(), size + kAeadOverhead);
    EXPECT_EQ(ToBytes(AeadOpen(Key(1), sealed, AsBytes("place")).value().ExposeSecret()), plaintext);
  }
}

TEST(Aead, SealsTheSameTextDifferentlyEachTime) {
  const Bytes one = AeadSeal(Key(1), AsBytes("text"), {});
  const Bytes other = AeadSeal(Key(1), AsBytes("text"), {});
  EXPECT_NE(Bytes(one.begin(), one.begin() + 24), Bytes(other.begin(), other.begin() + 24));
  EXPECT_NE(Bytes(one.begin() + 24, one.end()), Bytes(other.begin() + 24, other.end()));
}

TEST(Aead, RefusesAnyFlippedBit) {
  const Bytes sealed = Hex(kDraftSealed);
  for (std::size_t i = 0; i < sealed.size() * 8; ++i) {
    Bytes flipped = sealed;
    flipped[i / 8] ^= static_cast<std::uint8_t>(1 << i % 8);
    ExpectRefused(AeadOpen(Key(0x80), flipped, Hex(kDraftData)));
  }
}

TEST(Aead, RefusesEveryOtherLength) {
  Bytes sealed = Hex(kDraftSealed);
  for (std::size_t size = 0; size < sealed.size(); ++size)
    ExpectRefused(AeadOpen(Key(0x80), ByteView(sealed).first(size), Hex(kDraftData)));
  sealed.push_back(0);
  ExpectRefused(AeadOpen(Key(0x80), sealed, Hex(kDraftData)));
}

TEST(Aead, RefusesOtherAssociatedData) {
  const Bytes data = Hex(kDraftData);
  for (std::size_t i = 0; i < data.size() * 8; ++i) {
    Bytes flipped = data;
    flipped[i / 8] ^= static_cast<std::uint8_t>(1 << i % 8);
    ExpectRefused(AeadOpen(Key(0x80), Hex(kDraftSealed), flipped));
  }
  ExpectRefused(AeadOpen(Key(0x80), Hex(kDraftSealed), {}));
  ExpectRefused(AeadOpen(Key(0x80), Hex(kDraftSealed), ByteView(data).first(data.size() - 1)));
}

TEST(Aead, RefusesAnotherKey) {
  ExpectRefused(AeadOpen(Key(0x81), Hex(kDraftSealed), Hex(kDraftData)));
  ExpectRefused(AeadOpen(SecretBytes(16), Hex(kDraftSealed), Hex(kDraftData)));
  ExpectRefused(AeadOpen(SecretBytes(), Hex(kDraftSealed), Hex(kDraftData)));
}

TEST(AeadDeathTest, NeverSealsUnderAShortKey) {
  EXPECT_DEATH(AeadSeal(SecretBytes(16), AsBytes("text"), {}), "");
}

}  // namespace
}  // namespace holdfast::crypto
