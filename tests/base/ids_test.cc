#include "vault/base/ids.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(Ids, TakeTheWholeAlphabet) {
  for (const std::string_view good : {"a", "0", "ab", "x-acme-news", "a.b_c-d", "a--b", "0123456789"})
    EXPECT_TRUE(IsValidId(good)) << good;
  EXPECT_TRUE(IsValidId(std::string(63, 'a')));
}

TEST(Ids, RefuseEverythingElse) {
  for (const std::string_view bad : {"", "-a", "a-", ".a", "a.", "_a", "a_", ".", "..", "A", "aB", "a b",
                                     "a/b", "a\nb", "\xc3\xa4", "a\xd0\xb0", "a+b", "a%b"})
    EXPECT_FALSE(IsValidId(bad)) << bad;
  EXPECT_FALSE(IsValidId(std::string(64, 'a')));
  EXPECT_FALSE(IsValidId(std::string_view("a\0b", 3)));
}

TEST(Names, AreParsedToTheirIds) {
  EXPECT_EQ(ParseName("accounts", "accounts/x-acme", "name").value(), "x-acme");
  EXPECT_EQ(ParseName("holders", "holders/maria", "holder").value(), "maria");
  const SecretName secret = ParseSecretName("accounts/x-acme/secrets/login", "name").value();
  EXPECT_EQ(secret.account, "x-acme");
  EXPECT_EQ(secret.secret, "login");
  const VersionName version = ParseVersionName("accounts/x-acme/secrets/login/versions/12", "name").value();
  EXPECT_EQ(version.account, "x-acme");
  EXPECT_EQ(version.secret, "login");
  EXPECT_EQ(version.version, 12);
}

TEST(Names, AreParsedAsTheyAreBuilt) {
  EXPECT_EQ(ParseName("accounts", AccountName("a"), "name").value(), "a");
  EXPECT_EQ(ParseName("holders", HolderName("h"), "name").value(), "h");
  EXPECT_EQ(ParseSecretName(SecretResource("a", "s"), "name").value().secret, "s");
  EXPECT_EQ(ParseVersionName(VersionResource("a", "s", 9), "name").value().version, 9);
}

TEST(Names, OfAnotherPatternAreRefusedAndTheFieldIsNamed) {
  for (const std::string_view bad :
       {"", "accounts", "accounts/", "x", "holders/x", "/accounts/x", "accounts/x/", "accounts//x",
        "accounts/x/secrets/y", "accounts/X", "Accounts/x"}) {
    const auto id = ParseName("accounts", bad, "account.name");
    ASSERT_EQ(id.status().code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_EQ(FieldOf(id.status()), "account.name");
    EXPECT_EQ(MessageOf(id.status()), "account.name: must be accounts/<id>");
  }
}

TEST(Names, OfSecretsNeedAllFourParts) {
  for (const std::string_view bad :
       {"accounts/x", "accounts/x/secrets", "accounts/x/secrets/", "accounts//secrets/y",
        "accounts/x/secret/y", "account/x/secrets/y", "accounts/x/secrets/y/",
        "accounts/x/secrets/y/versions/1", "accounts/x/secrets/Y"}) {
    const auto name = ParseSecretName(bad, "secret");
    ASSERT_EQ(name.status().code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_EQ(FieldOf(name.status()), "secret");
  }
}

TEST(Names, OfVersionsHaveOneSpellingOfTheNumber) {
  for (const std::string_view bad :
       {"0", "01", "-1", "+1", "1 ", " 1", "", "1.0", "0x1", "9223372036854775808", "latest"}) {
    const auto name = ParseVersionName("accounts/x/secrets/y/versions/" + std::string(bad), "version");
    ASSERT_EQ(name.status().code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_EQ(FieldOf(name.status()), "version");
  }
  EXPECT_FALSE(ParseVersionName("accounts/x/secrets/y/version/1", "version").ok());
  EXPECT_FALSE(ParseVersionName("accounts/x/secrets/y/versions/1/", "version").ok());
  EXPECT_FALSE(ParseVersionName("accounts/x/secrets/y", "version").ok());
}

}  // namespace
}  // namespace holdfast
