#include "vault/pki/enrollment_string.h"

#include "gtest/gtest.h"

namespace holdfast::pki {
namespace {

constexpr char kPayload[] = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQECAgICAgICAgICAgICAgIC";

EnrollmentString Sample(const std::string& address) {
  return {.holder = "alice", .address = address, .ca_sha256 = Bytes(32, 1), .code = Bytes(16, 2)};
}

TEST(EnrollmentString, HasThisForm) {
  EXPECT_EQ(*FormatEnrollmentString(Sample("vault.example:8444")),
            std::string("hf1:alice@vault.example:8444:") + kPayload);
  EXPECT_EQ(*FormatEnrollmentString(Sample("")), std::string("hf1:alice@:") + kPayload);
}

TEST(EnrollmentString, IsReadAsItWasWritten) {
  for (const char* address : {"", "vault.example:8444", "127.0.0.1:1", "[::1]:65535", "[fe80::1%eth0]:9"}) {
    const auto read = ParseEnrollmentString(*FormatEnrollmentString(Sample(address)));
    ASSERT_TRUE(read.ok()) << address << read.status();
    EXPECT_EQ(read->holder, "alice");
    EXPECT_EQ(read->address, address);
    EXPECT_EQ(read->ca_sha256, Bytes(32, 1));
    EXPECT_EQ(read->code, Bytes(16, 2));
  }
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
  bad.code.pop_back();
  EXPECT_FALSE(FormatEnrollmentString(bad).ok());
  bad = Sample("");
  bad.holder = "a@b";
  EXPECT_FALSE(FormatEnrollmentString(bad).ok());
}

}  // namespace
}  // namespace holdfast::pki
