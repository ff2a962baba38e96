#include "vault/crypto/keyring.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/crypto/pinned.h"

namespace holdfast::crypto {
namespace {

const Bytes kVault(16, 0x11);

// Root key 00..1f, nonce 60..77, name "kek", epoch 3, key a0..bf.
constexpr std::string_view kWrapped =
    "606162636465666768696a6b6c6d6e6f707172737475767715781385f2adf28f8bbe5784adddad11824f299fbae444d3e8a49ccd"
    "29ccda"
    "5eb6a92de02948257baa0e8c38ff201442";

void ExpectRefused(const absl::StatusOr<SecretBytes>& key) {
  ASSERT_FALSE(key.ok());
  EXPECT_EQ(ReasonOf(key.status()), "CIPHERTEXT_REFUSED");
}

TEST(Keyring, UnwrapsItsPinnedVector) {
  const auto key = UnwrapKey(Key(0), kVault, kValueKek, 3, Hex(kWrapped));
  EXPECT_TRUE(key.value().EqualsConstantTime(Key(0xa0)));
}

TEST(Keyring, UnwrapsWhatItWrapped) {
  for (const std::size_t size : {1, 32, 138}) {
    const SecretBytes key = SecretBytes::Random(size);
    const Bytes wrapped = WrapKey(Key(0), kVault, kCaKey, 1, key);
    EXPECT_TRUE(UnwrapKey(Key(0), kVault, kCaKey, 1, wrapped).value().EqualsConstantTime(key));
  }
}

TEST(Keyring, RefusesAKeyInAnothersPlace) {
  const Bytes wrapped = Hex(kWrapped);
  ExpectRefused(UnwrapKey(Key(1), kVault, kValueKek, 3, wrapped));
  ExpectRefused(UnwrapKey(Key(0), Bytes(16, 0x12), kValueKek, 3, wrapped));
  ExpectRefused(UnwrapKey(Key(0), kVault, kValueKek, 2, wrapped));
  for (const std::string_view name : {kDatabaseKey, kCheckpointSeed, kCaKey, kTlsKey, kBoxSeed,
                                      kRequestMac, kStateMac, kToken})
    ExpectRefused(UnwrapKey(Key(0), kVault, name, 3, wrapped));
}

TEST(Keyring, RefusesAnyFlippedBitAndEveryOtherLength) {
  const Bytes wrapped = Hex(kWrapped);
  for (std::size_t i = 0; i < wrapped.size() * 8; ++i) {
    Bytes flipped = wrapped;
    flipped[i / 8] ^= static_cast<std::uint8_t>(1 << i % 8);
    ExpectRefused(UnwrapKey(Key(0), kVault, kValueKek, 3, flipped));
  }
  for (std::size_t size = 0; size < wrapped.size(); ++size)
    ExpectRefused(UnwrapKey(Key(0), kVault, kValueKek, 3, ByteView(wrapped).first(size)));
}

TEST(Keyring, NamesOfKeysDiffer) {
  const std::set<std::string_view> names = {kDatabaseKey, kValueKek,   kCheckpointSeed, kCaKey, kTlsKey,
                                            kBoxSeed,     kRequestMac, kStateMac,       kToken};
  EXPECT_EQ(names.size(), 9u);
}

TEST(RootKeyId, MatchesItsPinnedVectorAndTellsKeysApart) {
  EXPECT_EQ(HexEncode(RootKeyId(Key(0))), "fb7f3bbad5e0af86f4e61bf175953a8b");
  EXPECT_NE(RootKeyId(Key(0)), RootKeyId(Key(1)));
}

}  // namespace
}  // namespace holdfast::crypto
