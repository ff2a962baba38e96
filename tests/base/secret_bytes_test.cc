#include "vault/base/secret_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <type_traits>
#include <utility>

namespace holdfast {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

template <typename T>
constexpr bool kKeepsItsSecret =
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
    std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
    !std::equality_comparable<T> && !Printable<T>;
static_assert(kKeepsItsSecret<SecretBytes>);
static_assert(kKeepsItsSecret<Plaintext>);

std::string Text(ByteView bytes) { return std::string(AsChars(bytes)); }

bool AllZero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}

TEST(SecretBytes, StartZeroed) {
  const SecretBytes secret(1000);
  EXPECT_EQ(secret.size(), 1000u);
  EXPECT_TRUE(AllZero(secret.ExposeSecret()));
}

TEST(SecretBytes, MayBeEmpty) {
  SecretBytes none;
  EXPECT_TRUE(none.empty());
  EXPECT_TRUE(SecretBytes(0).empty());
  EXPECT_TRUE(none.Clone().empty());
  EXPECT_TRUE(SecretBytes::Random(0).empty());
  EXPECT_TRUE(none.EqualsConstantTime(SecretBytes()));
}

TEST(SecretBytes, AreLeftEmptyByAMove) {
  SecretBytes first = SecretBytes::CopyOf(AsBytes("first key"));
  SecretBytes second(std::move(first));
  EXPECT_TRUE(first.empty());
  EXPECT_EQ(first.ExposeSecret().data(), nullptr);
  EXPECT_EQ(Text(second.ExposeSecret()), "first key");
  SecretBytes third = SecretBytes::CopyOf(AsBytes("another"));
  third = std::move(second);
  EXPECT_TRUE(second.empty());
  EXPECT_EQ(Text(third.ExposeSecret()), "first key");
  SecretBytes& same = third;
  third = std::move(same);
  EXPECT_EQ(Text(third.ExposeSecret()), "first key");
}

TEST(SecretBytes, CloneIsIndependent) {
  SecretBytes one = SecretBytes::CopyOf(AsBytes("key"));
  const SecretBytes other = one.Clone();
  one.ExposeSecretMutable()[0] = 'x';
  EXPECT_EQ(Text(other.ExposeSecret()), "key");
}

TEST(SecretBytes, RandomOnesDiffer) {
  const SecretBytes one = SecretBytes::Random(32);
  EXPECT_FALSE(one.EqualsConstantTime(SecretBytes::Random(32)));
  EXPECT_FALSE(AllZero(one.ExposeSecret()));
}

TEST(SecretBytes, CompareByContentAndLength) {
  const SecretBytes key = SecretBytes::CopyOf(AsBytes("key"));
  EXPECT_TRUE(key.EqualsConstantTime(SecretBytes::CopyOf(AsBytes("key"))));
  EXPECT_FALSE(key.EqualsConstantTime(SecretBytes::CopyOf(AsBytes("kez"))));
  EXPECT_FALSE(key.EqualsConstantTime(SecretBytes::CopyOf(AsBytes("ke"))));
  EXPECT_FALSE(key.EqualsConstantTime(SecretBytes()));
}

TEST(Plaintext, TakesTheBytesAndWipesTheString) {
  std::string source = "a password that is too long for the small string buffer";
  const std::string copy = source;
  const char* where = source.data();
  const Plaintext taken = Plaintext::TakeFrom(source);
  EXPECT_EQ(Text(taken.ExposeSecret()), copy);
  EXPECT_TRUE(source.empty());
  ASSERT_EQ(source.data(), where) << "the buffer is still there to be looked at";
  EXPECT_TRUE(AllZero({reinterpret_cast<const std::uint8_t*>(where), copy.size()}));
}

TEST(Plaintext, IsLeftEmptyByAMove) {
  Plaintext first = Plaintext::CopyOf(AsBytes("value"));
  Plaintext second(std::move(first));
  EXPECT_TRUE(first.empty());
  Plaintext third = Plaintext::CopyOf(AsBytes("longer value than that"));
  third = std::move(second);
  EXPECT_TRUE(second.empty());
  EXPECT_EQ(Text(third.ExposeSecret()), "value");
  Plaintext& same = third;
  third = std::move(same);
  EXPECT_EQ(Text(third.ExposeSecret()), "value");
}

TEST(Plaintext, ResizeCutsInPlaceAndWipesTheRest) {
  Plaintext value = Plaintext::CopyOf(AsBytes("value and padding"));
  const std::uint8_t* where = value.ExposeSecret().data();
  value.Resize(5);
  EXPECT_EQ(Text(value.ExposeSecret()), "value");
  EXPECT_EQ(value.ExposeSecret().data(), where);
  EXPECT_TRUE(AllZero({where + 5, std::string_view(" and padding").size()}));
  value.Resize(5);
  value.Resize(0);
  EXPECT_TRUE(value.empty());
}

TEST(PlaintextDeathTest, RefusesToGrow) {
  Plaintext value = Plaintext::CopyOf(AsBytes("value"));
  EXPECT_DEATH(value.Resize(6), "");
}

TEST(Plaintext, ComparesByContentAndLength) {
  const Plaintext value = Plaintext::CopyOf(AsBytes("value"));
  EXPECT_TRUE(value.EqualsConstantTime(Plaintext::CopyOf(AsBytes("value"))));
  EXPECT_FALSE(value.EqualsConstantTime(Plaintext::CopyOf(AsBytes("valuE"))));
  EXPECT_FALSE(value.EqualsConstantTime(Plaintext::CopyOf(AsBytes("valu"))));
}

TEST(Wipe, EmptiesShortAndLongStrings) {
  std::string small = "pin";
  std::string large(500, 's');
  Wipe(small);
  Wipe(large);
  EXPECT_TRUE(small.empty());
  EXPECT_TRUE(large.empty());
  EXPECT_TRUE(AllZero({reinterpret_cast<const std::uint8_t*>(large.data()), 500}));
}

}  // namespace
}  // namespace holdfast
