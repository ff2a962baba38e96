#include "vault/pki/enrollment_string.h"

#include "gtest/gtest.h"
#include "vault/pki/key.h"

namespace holdfast::pki {
namespace {

constexpr char kPayload[] =
    "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQECAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg";

EnrollmentString Sample(const std::string& address) {
  return {.holder = "alice",
          .address = address,
          .ca_sha256 = Bytes(32, 1),
          .key = KeyOfPrivateNumber(Bytes(32, 2)).value()};
}

std::string Formatted(const EnrollmentString& string) {
  const auto text = FormatEnrollmentString(string);
  EXPECT_TRUE(text.ok()) << text.status();
  return text.ok() ? std::string(AsChars(text->ExposeSecret())) : "";
}

TEST(EnrollmentString, HasThisForm) {
  EXPECT_EQ(Formatted(Sample("vault.example:8444")), std::string("hf1:alice@vault.example:8444:") + kPayload);
  EXPECT_EQ(Formatted(Sample("")), std::string("hf1:alice@:") + kPayload);
}

TEST(EnrollmentString, IsReadAsItWasWritten) {
  for (const char* address : {"", "vault.example:8444", "127.0.0.1:1", "[::1]:65535", "[fe80::1%eth0]:9"}) {
    const auto read = ParseEnrollmentString(Formatted(Sample(address)));
    ASSERT_TRUE(read.ok()) << address << read.status();
    EXPECT_EQ(read->holder, "alice");
    EXPECT_EQ(read->address, address);
    EXPECT_EQ(read->ca_sha256, Bytes(32, 1));
    EXPECT_TRUE(read->key.EqualsConstantTime(Sample("").key));
  }
}

// The whole of it is a P-256 key: neither 0 nor a number of the curve's order or more.
TEST(EnrollmentString, HoldsAKeyThatThereIs) {
  const auto with = [](Bytes number) {
    Bytes payload(32, 1);
    payload.insert(payload.end(), number.begin(), number.end());
    return ParseEnrollmentString("hf1:alice@:" + Base64UrlEncode(payload)).status();
  };
  const Bytes order = *HexDecode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  Bytes last = order;
  --last.back();
  EXPECT_TRUE(with(last).ok());
  for (const Bytes& number : {Bytes(32, 0), order, Bytes(32, 0xff)}) EXPECT_EQ(FieldOf(with(number)), "enrollment");
}

TEST(EnrollmentString, OfAnyOtherShapeIsRefusedByItsField) {
  const std::string payload = kPayload;
  for (const std::string& bad : {std::string(),
                                 std::string("hf1:"),
                                 "hf2:alice@:" + payload,
                                 "hf1:Alice@:" + payload,
                                 "hf1:@:" + payload,
                                 "hf1:alice:" + payload,
                                 "hf1:alice@" + payload,
                                 "hf1:alice@host:" + payload,
                                 "hf1:alice@host:0:" + payload,
                                 "hf1:alice@host:65536:" + payload,
                                 "hf1:alice@host:080:" + payload,
                                 "hf1:alice@ho st:1:" + payload,
                                 "hf1:alice@::1:1:" + payload,
                                 "hf1:alice@[]:1:" + payload,
                                 "hf1:alice@-host:1:" + payload,
                                 "hf1:alice@:" + payload.substr(1),
                                 "hf1:alice@:" + payload + "AAAA",
                                 "hf1:alice@:" + payload + " ",
                                 " hf1:alice@:" + payload,
                                 "hf1:alice@:" + payload + "=",
                                 "hf1:a@b@:" + payload,
                                 "hf1:alice@" + std::string(600, 'a') + ":1:" + payload})
    EXPECT_EQ(FieldOf(ParseEnrollmentString(bad).status()), "enrollment") << bad;
}

TEST(EnrollmentString, IsNotMadeOfPartsThatCouldNotBeRead) {
  auto bad = Sample("nowhere");
  EXPECT_FALSE(FormatEnrollmentString(bad).ok());
  bad = Sample("");
  bad.key = SecretBytes(32);
  EXPECT_FALSE(FormatEnrollmentString(bad).ok());
  bad = Sample("");
  bad.holder = "a@b";
  EXPECT_FALSE(FormatEnrollmentString(bad).ok());
}

}  // namespace
}  // namespace holdfast::pki
