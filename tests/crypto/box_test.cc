#include "vault/crypto/box.h"

#include <gtest/gtest.h>

#include "tests/crypto/pinned.h"

namespace holdfast::crypto {
namespace {

constexpr Micros kExpiry = 1'700'000'000 * kSecond;

// Sender's secret key 01..20, recipient's 21..40, nonce 60..77, Header(), kExpiry, value "correct horse".
constexpr std::string_view kSealed =
    "606162636465666768696a6b6c6d6e6f70717273747576776a0dcf72832ed3cbd3a7d4af3ae7f1c458c5af94e711e0d5b31fed20"
    "49949a1e"
    "ab134b249587c5813717275890330fdb3ed2697a1eb73a3da71e2cdd581acab49948ac0aa2ebd48c5fa649bb823b7cf7e35fa7a1"
    "b31e37ec"
    "dcccdba1502bc5acf2556d92f9f655870abd22e0a933c7764fb5f8";
constexpr std::string_view kSenderPublic = "07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c";
constexpr std::string_view kRecipientPublic =
    "5869aff450549732cbaaed5e5df9b30a6da31cb0e5742bad5ad4a1a768f1a67b";

BoxKeyPair Pair(std::uint8_t first) { return BoxKeyPair::FromSecret(Key(first)).value(); }

BoxHeader Header() {
  return {.purpose = "reveal",
          .request_id = "req-1",
          .account = "x-acme",
          .secret = "login",
          .version = 7,
          .recipient = "maria"};
}

absl::StatusOr<Plaintext> Open(const BoxHeader& expected, ByteView sealed, Micros now = kExpiry - 1) {
  return OpenBox(expected, now, sealed, Pair(1).public_key(), Pair(33));
}

void ExpectRefused(const absl::StatusOr<Plaintext>& opened, std::string_view message) {
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(opened.status()), "BOX_REFUSED");
  EXPECT_EQ(MessageOf(opened.status()), message);
}

TEST(BoxKeys, MatchTheirPinnedVectors) {
  EXPECT_EQ(HexEncode(Pair(1).public_key()), kSenderPublic);
  EXPECT_EQ(HexEncode(Pair(33).public_key()), kRecipientPublic);
  EXPECT_NE(BoxKeyPair::Generate().public_key(), BoxKeyPair::Generate().public_key());
}

TEST(BoxKeys, HaveThirtyTwoBytes) {
  for (const std::size_t size : {0, 31, 33})
    EXPECT_EQ(BoxKeyPair::FromSecret(SecretBytes(size)).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Box, OpensItsPinnedVector) {
  EXPECT_EQ(Text(Open(Header(), Hex(kSealed)).value().ExposeSecret()), "correct horse");
}

TEST(Box, OpensWhatItSealed) {
  const BoxKeyPair server = BoxKeyPair::Generate();
  const BoxKeyPair device = BoxKeyPair::Generate();
  for (const std::size_t size : {0, 1, 65'536}) {
    const Bytes value(size, 0x5a);
    const Bytes sealed = SealBox(Header(), kExpiry, value, device.public_key(), server).value();
    const auto opened = OpenBox(Header(), 0, sealed, server.public_key(), device);
    EXPECT_EQ(ToBytes(opened.value().ExposeSecret()), value);
  }
}

TEST(Box, RefusesEachPartOfAnotherHeaderByName) {
  const auto refused_after = [](auto change, std::string_view message) {
    BoxHeader expected = Header();
    change(expected);
    ExpectRefused(Open(expected, Hex(kSealed)), message);
  };
  refused_after([](BoxHeader& h) { h.purpose = "put"; }, "the box was made for another purpose");
  refused_after([](BoxHeader& h) { h.request_id = "req-2"; }, "the box was made for another request");
  refused_after([](BoxHeader& h) { h.account = "x-acm"; }, "the box was made for another account");
  refused_after([](BoxHeader& h) { h.secret = ""; }, "the box was made for another secret");
  refused_after([](BoxHeader& h) { h.version = 6; }, "the box was made for another version");
  refused_after([](BoxHeader& h) { h.recipient = "mario"; }, "the box was made for another recipient");
}

TEST(Box, IsRefusedFromItsExpiryOn) {
  ExpectRefused(Open(Header(), Hex(kSealed), kExpiry), "the box has expired");
  ExpectRefused(Open(Header(), Hex(kSealed), kExpiry + kDay), "the box has expired");
}

TEST(Box, RefusesAnyFlippedBit) {
  const Bytes sealed = Hex(kSealed);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes flipped = sealed;
    flipped[i] ^= static_cast<std::uint8_t>(1 << i % 8);
    ExpectRefused(Open(Header(), flipped), "the box does not authenticate");
  }
}

TEST(Box, RefusesEveryOtherLength) {
  const Bytes sealed = Hex(kSealed);
  for (std::size_t size = 0; size < 40; ++size)
    ExpectRefused(Open(Header(), ByteView(sealed).first(size)), "not of the size of a box");
  for (std::size_t size = 40; size < sealed.size(); ++size)
    ExpectRefused(Open(Header(), ByteView(sealed).first(size)), "the box does not authenticate");
  ExpectRefused(Open(Header(), Bytes(1024 * 1024)), "not of the size of a box");
}

TEST(Box, RefusesOtherKeys) {
  const Bytes sealed = Hex(kSealed);
  ExpectRefused(OpenBox(Header(), 0, sealed, Pair(2).public_key(), Pair(33)),
                "the box does not authenticate");
  ExpectRefused(OpenBox(Header(), 0, sealed, Pair(1).public_key(), Pair(34)),
                "the box does not authenticate");
  ExpectRefused(OpenBox(Header(), 0, sealed, BoxPublicKey{}, Pair(33)), "the box does not authenticate");
}

TEST(Box, IsNotSealedToAKeyOfLowOrder) {
  const auto sealed = SealBox(Header(), kExpiry, AsBytes("value"), BoxPublicKey{}, Pair(1));
  EXPECT_EQ(ReasonOf(sealed.status()), "BOX_REFUSED");
}

TEST(Box, IsNotSealedLargerThanItWouldOpen) {
  const auto sealed = SealBox(Header(), kExpiry, Bytes(128 * 1024), Pair(33).public_key(), Pair(1));
  EXPECT_EQ(ReasonOf(sealed.status()), "BOX_REFUSED");
}

// Seed 00..1f, vault id 11..11, the sender's public key.
constexpr std::string_view kKeySignature =
    "83384b605018cc18295dce6ea9a5f3590162ef27406427486298bbeb6a8ae621bcdcd8d4a7d5a67b6698116f4b5b14ef2a7148a3"
    "9851740b"
    "f93d349febff8a04";

TEST(BoxKeySignature, MatchesItsPinnedVector) {
  const Signer vault = Signer::FromSeed(Key(0)).value();
  EXPECT_EQ(HexEncode(SignBoxKey(vault, Bytes(16, 0x11), Pair(1).public_key())), kKeySignature);
  EXPECT_TRUE(VerifyBoxKey(vault.public_key(), Bytes(16, 0x11), Pair(1).public_key(), Hex(kKeySignature)));
}

TEST(BoxKeySignature, IsGoodForOneVaultAndOneKey) {
  const Signer vault = Signer::FromSeed(Key(0)).value();
  const PublicKey other = Signer::FromSeed(Key(1)).value().public_key();
  const Bytes id(16, 0x11);
  const BoxPublicKey key = Pair(1).public_key();
  EXPECT_FALSE(VerifyBoxKey(vault.public_key(), Bytes(16, 0x12), key, Hex(kKeySignature)));
  EXPECT_FALSE(VerifyBoxKey(vault.public_key(), id, Pair(2).public_key(), Hex(kKeySignature)));
  EXPECT_FALSE(VerifyBoxKey(other, id, key, Hex(kKeySignature)));
  EXPECT_FALSE(VerifyBoxKey(vault.public_key(), id, key, vault.Sign(key)));
}

}  // namespace
}  // namespace holdfast::crypto
