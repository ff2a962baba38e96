#include "vault/rpc/names.h"

#include <gtest/gtest.h>

namespace holdfast::rpc {
namespace {

TEST(GrantName, ComesBackAsItWasWritten) {
  const std::string name = GrantResource("accounts/x-acme", "holders/alice");
  EXPECT_EQ(name, "accounts/x-acme/grants/alice");
  const auto parsed = ParseGrantName(name, "name");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->account, "x-acme");
  EXPECT_EQ(parsed->holder, "alice");
}

TEST(GrantName, HasOneSpelling) {
  for (const char* name : {"", "accounts/a", "accounts/a/grants/", "accounts/a/grants/Alice", "a/grants/b",
                           "accounts/a/b/grants/c", "accounts/a/grants/b/c", "accounts/a/grants/b/grants/c"})
    EXPECT_EQ(FieldOf(ParseGrantName(name, "name").status()), "name") << name;
}

TEST(SecretOrVersion, TakesBothAndKnowsThemApart) {
  EXPECT_EQ(ParseSecretOrVersion("accounts/a/secrets/s", "name")->version, 0);
  EXPECT_EQ(ParseSecretOrVersion("accounts/a/secrets/s/versions/3", "name")->version, 3);
  for (const char* name : {"accounts/a", "accounts/a/secrets/s/versions/0", "accounts/a/secrets/s/versions/",
                           "accounts/a/secrets/s/versions/03", "/versions/"})
    EXPECT_EQ(FieldOf(ParseSecretOrVersion(name, "name").status()), "name") << name;
}

TEST(OptionalName, MayBeMissingButNotWrong) {
  EXPECT_EQ(ParseOptionalName("holders", "", "owner").value(), "");
  EXPECT_EQ(ParseOptionalName("holders", "holders/bob", "owner").value(), "bob");
  EXPECT_EQ(FieldOf(ParseOptionalName("holders", "accounts/bob", "owner").status()), "owner");
}

TEST(Timestamps, ComeBackToTheMicrosecond) {
  google::protobuf::Timestamp time;
  SetTime(1'700'000'000'123'456, &time);
  EXPECT_EQ(time.seconds(), 1'700'000'000);
  EXPECT_EQ(time.nanos(), 123'456'000);
  EXPECT_EQ(ParseTimestamp(time, "t").value(), 1'700'000'000'123'456);
}

TEST(Timestamps, OutsideOfTheirRangeAreRefused) {
  const auto parse = [](std::int64_t seconds, std::int32_t nanos) {
    google::protobuf::Timestamp time;
    time.set_seconds(seconds);
    time.set_nanos(nanos);
    return ParseTimestamp(time, "t").ok();
  };
  EXPECT_TRUE(parse(0, 0));
  EXPECT_TRUE(parse(253'402'300'799, 999'999'999));
  EXPECT_FALSE(parse(-1, 0));
  EXPECT_FALSE(parse(253'402'300'800, 0));
  EXPECT_FALSE(parse(INT64_MAX, 0));
  EXPECT_FALSE(parse(0, -1));
  EXPECT_FALSE(parse(0, 1'000'000'000));
}

}  // namespace
}  // namespace holdfast::rpc
