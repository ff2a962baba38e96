#include "vault/crypto/value.h"

#include <gtest/gtest.h>

#include "tests/crypto/pinned.h"
#include "vault/crypto/aead.h"
#include "vault/crypto/init.h"

namespace holdfast::crypto {
namespace {

ValuePlace Place() {
  return {.vault_id = Bytes(16, 0x11),
          .account_pseudonym = Bytes(16, 0x22),
          .secret_pseudonym = Bytes(16, 0x33),
          .kind = "password",
          .version = 7,
          .epoch = 3};
}

// Key 00..1f, nonce 60..77, at Place().
constexpr std::string_view kSealed =
    "606162636465666768696a6b6c6d6e6f7071727374757677d6b6c354336b20084b788f5c64f003be32fe9b2c0e51f264501d2676"
    "957164e1"
    "e7f7d758f9e9678a7f3ba794367b54f9bd3ccb829a4a12b5f1c1afd1cea8f1e6db8ba2e8ad89b026517d77c5cbfe90cd859cc5bd"
    "f73e3d73"
    "0970b4364342bffd8315d5b16462e44455801b747fee221777807378aa1338ebb755cb1be04b3468d12b6392033060ead17e892a"
    "09face84";

// Place(), as FORMAT.md lays out its associated data.
Bytes PlaceData() {
  return Hex("00000011" + HexEncode(AsBytes("holdfast-value-v1")) + "00000010" + std::string(32, '1') +
             "00000010" + std::string(32, '2') + "00000010" + std::string(32, '3') + "00000008" +
             HexEncode(AsBytes("password")) + "00000007" + "00000003");
}

void ExpectRefused(const absl::StatusOr<Plaintext>& opened) {
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(opened.status()), "CIPHERTEXT_REFUSED");
}

TEST(Value, OpensItsPinnedVector) {
  EXPECT_EQ(Text(OpenValue(Key(0), Place(), Hex(kSealed)).value().ExposeSecret()), "correct horse");
}

TEST(Value, OpensWhatItSealedAndShowsOnlyASizeClass) {
  struct Class {
    std::size_t value, padded;
  };
  for (const auto& [value, padded] :
       {Class{0, 128}, Class{1, 128}, Class{127, 128}, Class{128, 512}, Class{511, 512}, Class{512, 4096},
        Class{4095, 4096}, Class{4096, 8192}, Class{kMaxValueSize, kMaxValueSize + 4096}}) {
    const Bytes plaintext = RandomBytes(value);
    const Bytes sealed = SealValue(Key(0), Place(), plaintext);
    EXPECT_EQ(sealed.size(), padded + kAeadOverhead) << value;
    EXPECT_EQ(ToBytes(OpenValue(Key(0), Place(), sealed).value().ExposeSecret()), plaintext);
  }
}

TEST(Value, KeepsTrailingZerosAndPaddingBytesOfTheValue) {
  const Bytes plaintext = {0x80, 0x00, 0x80, 0x00, 0x00};
  EXPECT_EQ(ToBytes(OpenValue(Key(0), Place(), SealValue(Key(0), Place(), plaintext)).value().ExposeSecret()),
            plaintext);
}

TEST(Value, RefusesAnyOtherPlace) {
  const Bytes sealed = Hex(kSealed);
  const auto refused_after = [&](auto change) {
    ValuePlace place = Place();
    change(place);
    ExpectRefused(OpenValue(Key(0), place, sealed));
  };
  refused_after([](ValuePlace& p) { p.vault_id[15] ^= 1; });
  refused_after([](ValuePlace& p) { p.vault_id.clear(); });
  refused_after([](ValuePlace& p) { p.account_pseudonym[0] ^= 1; });
  refused_after([](ValuePlace& p) { p.secret_pseudonym[0] ^= 1; });
  refused_after([](ValuePlace& p) { std::swap(p.account_pseudonym, p.secret_pseudonym); });
  refused_after([](ValuePlace& p) { p.kind = "note"; });
  refused_after([](ValuePlace& p) { p.kind.clear(); });
  refused_after([](ValuePlace& p) { p.version = 8; });
  refused_after([](ValuePlace& p) { p.epoch = 4; });
  refused_after([](ValuePlace& p) { std::swap(p.version, p.epoch); });
  ExpectRefused(OpenValue(Key(1), Place(), sealed));
}

TEST(Value, RefusesAnyFlippedBit) {
  const Bytes sealed = Hex(kSealed);
  for (std::size_t i = 0; i < sealed.size() * 8; ++i) {
    Bytes flipped = sealed;
    flipped[i / 8] ^= static_cast<std::uint8_t>(1 << i % 8);
    ExpectRefused(OpenValue(Key(0), Place(), flipped));
  }
}

TEST(Value, RefusesEveryOtherLength) {
  Bytes sealed = Hex(kSealed);
  for (std::size_t size = 0; size < sealed.size(); ++size)
    ExpectRefused(OpenValue(Key(0), Place(), ByteView(sealed).first(size)));
  sealed.push_back(0);
  ExpectRefused(OpenValue(Key(0), Place(), sealed));
  ExpectRefused(OpenValue(Key(0), Place(), Bytes(1024 * 1024)));
}

// What authenticates but was not padded as it should be.
TEST(Value, RefusesPaddingOfAnotherForm) {
  Bytes good(128, 0);
  good[5] = 0x80;
  ASSERT_EQ(OpenValue(Key(0), Place(), AeadSeal(Key(0), good, PlaceData())).value().size(), 5u);
  Bytes wrong_end = good;
  wrong_end.back() = 1;
  Bytes wrong_size(129, 0);
  wrong_size.back() = 0x80;
  for (const Bytes& bad : {Bytes(), Bytes(128, 0), wrong_end, wrong_size})
    ExpectRefused(OpenValue(Key(0), Place(), AeadSeal(Key(0), bad, PlaceData())));
}

TEST(ValueDeathTest, NeverSealsMoreThanItWouldOpen) {
  EXPECT_DEATH(SealValue(Key(0), Place(), Bytes(kMaxValueSize + 1)), "");
}

}  // namespace
}  // namespace holdfast::crypto
