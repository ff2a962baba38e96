// Oddities that people and programs leave in exports: none of them costs a login, and each change is said.
#include <map>

#include "client/bitwarden.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace holdfast::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Json = nlohmann::json;

std::vector<ImportEntry> Read(std::string text) {
  auto entries = ReadBitwarden(Plaintext::TakeFrom(text));
  EXPECT_TRUE(entries.ok()) << entries.status();
  return entries.ok() ? *std::move(entries) : std::vector<ImportEntry>();
}

std::vector<ImportEntry> ReadItems(const Json& items) { return Read(Json{{"items", items}}.dump()); }

// Of one element.
Json List(const Json& element) { return Json::array({element}); }

// One login called "Title", with what is given.
Json Login(const Json& login = Json::object(), const Json& more = Json::object()) {
  Json item = {{"type", 1}, {"name", "Title"}, {"login", login}};
  item.update(more);
  return item;
}

ImportEntry ReadOne(const Json& login, const Json& more = Json::object()) {
  std::vector<ImportEntry> entries = ReadItems(Json::array({Login(login, more)}));
  EXPECT_TRUE(entries.at(0).status.ok()) << entries[0].status;
  return std::move(entries.at(0));
}

// "totp: JBSW" for each value, in the order of the secrets.
std::vector<std::string> SecretsOf(const ImportEntry& entry) {
  std::vector<std::string> all;
  for (const ImportSecret& secret : entry.item.secrets)
    for (const ImportValue& value : secret.values)
      all.push_back(fmt::format("{} {}: {}", secret.kind, secret.id, AsChars(value.value.ExposeSecret())));
  return all;
}

std::vector<std::string> DetailsOf(const ImportEntry& entry) {
  std::vector<std::string> all;
  for (const ImportDetail& detail : entry.item.details) all.push_back(detail.name + ": " + detail.value);
  return all;
}

std::vector<std::string> AgesOf(const ImportEntry& entry) {
  std::vector<std::string> ages;
  for (const ImportValue& value : entry.item.secrets.at(0).values)
    ages.push_back(value.since.has_value() ? FormatTime(*value.since).substr(0, 10) : "");
  return ages;
}

TEST(BitwardenOdd, TrashStaysOutAndTheArchiveComesInArchived) {
  const auto entries =
      ReadItems({Login({{"password", "fixture-1"}}, {{"deletedDate", "2026-01-02T03:04:05.000Z"}}),
                 Login({{"password", "fixture-2"}}, {{"archivedDate", "2026-01-02T03:04:05.000Z"}}),
                 Login({{"password", "fixture-3"}}, {{"name", "Other"}, {"archivedDate", nullptr}})});
  EXPECT_EQ(entries.at(0).skipped, "is in the trash");
  EXPECT_TRUE(entries.at(1).item.archived);
  EXPECT_THAT(entries[1].changed, ElementsAre(HasSubstr("archived")));
  EXPECT_FALSE(entries.at(2).item.archived);
}

TEST(BitwardenOdd, CardsIdentitiesAndKeysAreNamed) {
  for (const auto& [type, word] :
       std::map<int, std::string>{{3, "card"}, {4, "identity"}, {5, "SSH key"}, {9, "9"}})
    EXPECT_THAT(ReadItems(Json::array({Login(Json::object(), {{"type", type}})})).at(0).skipped,
                HasSubstr(word));
}

TEST(BitwardenOdd, NumbersAndTruthValuesAreTakenAsTheyAreWritten) {
  const auto entries = Read(R"({"items":[{"type":"1","name":7,"id":12,"login":{"username":4711,
    "password":123456789012345678901234567890.10,"uris":[{"uri":5}]},"notes":-1,
    "fields":[{"name":"PIN","value":1234,"type":1},{"name":true,"value":18446744073709551615,"type":0}]}]})");
  const ImportEntry& entry = entries.at(0);
  ASSERT_TRUE(entry.status.ok()) << entry.status;
  EXPECT_EQ(entry.title, "7");
  EXPECT_EQ(entry.item.source_id, "12");
  EXPECT_EQ(entry.item.username, "4711");
  EXPECT_EQ(entry.item.url, "5");
  EXPECT_THAT(SecretsOf(entry),
              ElementsAre("password password: 123456789012345678901234567890.10", "note note: -1",
                          "note field-pin: 1234", "note field-true: 18446744073709551615"));
}

TEST(BitwardenOdd, ALegacyUriIsTheFirstOfNone) {
  EXPECT_EQ(ReadOne({{"uri", "https://old.example/login"}, {"uris", nullptr}}).item.platform, "old.example");
  const ImportEntry both =
      ReadOne({{"uri", "https://b.example"}, {"uris", List({{"uri", "https://a.example"}})}});
  EXPECT_EQ(both.item.url, "https://a.example");
  EXPECT_THAT(DetailsOf(both), ElementsAre("URL: https://b.example"));
  EXPECT_THAT(
      DetailsOf(ReadOne({{"uri", "https://a.example"}, {"uris", List({{"uri", "https://a.example"}})}})),
      IsEmpty());
}

TEST(BitwardenOdd, UsernamesComeInOnOneLine) {
  const ImportEntry ends = ReadOne({{"username", "news@example.org\n"}});
  EXPECT_EQ(ends.item.username, "news@example.org");
  EXPECT_THAT(ends.changed, ElementsAre(HasSubstr("login.username")));
  EXPECT_EQ(ReadOne({{"username", "news\tadmin\r\nx"}}).item.username, "news admin  x");
  EXPECT_THAT(ReadOne({{"username", " as it is "}}).changed, IsEmpty());
}

TEST(BitwardenOdd, LongTextsAreShortenedAndKeptWholeAsDetails) {
  std::string name;
  for (int i = 0; i < 200; ++i) name += "Я";
  const std::string username(300, 'u');
  const std::string uri = "https://long.example/login?next=" + std::string(2010, 'a');
  const ImportEntry entry =
      ReadOne({{"username", username}, {"password", "fixture"}, {"uris", List({{"uri", uri}})}},
              {{"name", name}, {"id", std::string(200, 'i')}});
  EXPECT_EQ(entry.title, name.substr(0, 252) + "...");
  EXPECT_EQ(entry.item.username, std::string(253, 'u') + "...");
  EXPECT_EQ(entry.item.url, "https://long.example/login?next=" + std::string(2010, 'a'));
  EXPECT_EQ(entry.item.source_id, "");
  EXPECT_THAT(DetailsOf(entry), ElementsAre("Name: " + name, "Username: " + username));
  EXPECT_THAT(entry.changed, SizeIs(3));
  EXPECT_THAT(entry.left_out, IsEmpty());
}

TEST(BitwardenOdd, WhatDoesNotFitAsADetailBecomesANote) {
  const std::string uri = "https://long.example/login?next=" + std::string(5000, 'a');
  const ImportEntry entry = ReadOne({{"uris", {{{"uri", uri}}, {{"uri", "https://b.example"}}}}});
  EXPECT_EQ(entry.item.url, "https://long.example/login");
  EXPECT_EQ(entry.item.platform, "long.example");
  EXPECT_THAT(SecretsOf(entry), ElementsAre("note more: URL: " + uri));
  EXPECT_THAT(DetailsOf(entry), ElementsAre("URL: https://b.example"));
  EXPECT_THAT(entry.changed, SizeIs(2));

  const ImportEntry flags =
      ReadOne(Json::object(), {{"fields", Json(70, {{"name", "On"}, {"value", "true"}, {"type", 2}})}});
  EXPECT_THAT(flags.item.details, SizeIs(64));
  EXPECT_THAT(SecretsOf(flags),
              ElementsAre("note more: On: true\nOn: true\nOn: true\nOn: true\nOn: true\nOn: true"));
}

TEST(BitwardenOdd, SecretsThatAreTooLongOrTooManyAreLeftOutAndSaid) {
  const ImportEntry large =
      ReadOne({{"password", std::string(65537, 'a')}},
              {{"passwordHistory", List({{"password", "fixture-old"}})}, {"notes", "kept"}});
  EXPECT_THAT(SecretsOf(large), ElementsAre("note note: kept"));
  EXPECT_THAT(large.left_out, ElementsAre(HasSubstr("password is longer")));

  const ImportEntry fields = ReadOne(Json::object(), {{"fields", Json(66, {{"name", "a"}, {"value", "b"}})}});
  EXPECT_THAT(fields.item.secrets, SizeIs(64));
  EXPECT_THAT(fields.left_out, SizeIs(2));

  const ImportEntry many =
      ReadOne({{"password", "fixture-now"}}, {{"passwordHistory", Json(70, {{"password", "fixture-old"}})}});
  EXPECT_THAT(many.item.secrets.at(0).values, SizeIs(64));
  EXPECT_EQ(SecretsOf(many).back(), "password password: fixture-now");
  EXPECT_THAT(many.left_out, SizeIs(1));
}

TEST(BitwardenOdd, AnItemWithoutANameIsCalledByWhatItHas) {
  EXPECT_EQ(ReadOne({{"uris", List({{"uri", "https://x.example"}})}}, {{"name", nullptr}}).title,
            "x.example");
  EXPECT_EQ(ReadOne({{"username", "news"}}, {{"name", " \n "}}).title, "news");
  EXPECT_EQ(ReadOne(Json::object(), {{"name", ""}}).title, "Item 1");
}

TEST(BitwardenOdd, CollectionsAndFoldersAreAllKept) {
  const auto entries =
      Read(Json{{"folders", List({{"id", "f"}, {"name", "Mine"}})},
                {"collections", {{{"id", "c"}, {"name", "Press"}}, {{"id", "d"}, {"name", "Web"}}}},
                {"items",
                 {Login(Json::object(), {{"folderId", "f"}, {"collectionIds", {"c", "d", "lost"}}}),
                  Login(Json::object(), {{"folderId", "f"}}),
                  Login(Json::object(), {{"collectionIds", List("lost")}})}}}
               .dump());
  EXPECT_EQ(entries.at(0).item.group, "Press");
  EXPECT_THAT(DetailsOf(entries[0]),
              ElementsAre("Collection: Press", "Collection: Web", "Collection: lost", "Folder: Mine"));
  EXPECT_EQ(entries.at(1).item.group, "Mine");
  EXPECT_THAT(DetailsOf(entries[1]), IsEmpty());
  EXPECT_EQ(entries.at(2).item.group, "lost");
}

TEST(BitwardenOdd, APasswordIsAsOldAsTheSourceSays) {
  const Json created = {{"creationDate", "2017-01-01T00:00:00.000Z"}};
  EXPECT_THAT(AgesOf(ReadOne({{"password", "fixture"}}, created)), ElementsAre("2017-01-01"));
  EXPECT_THAT(AgesOf(ReadOne({{"password", "fixture"}})), ElementsAre(""));
  EXPECT_THAT(AgesOf(ReadOne({{"password", "fixture"}, {"passwordRevisionDate", "2019-05-01T00:00:00.000Z"}},
                             created)),
              ElementsAre("2019-05-01"));
  Json history = created;
  history["passwordHistory"] = {{{"lastUsedDate", "2020-03-01T00:00:00Z"}, {"password", "fixture-2"}},
                                {{"lastUsedDate", "2018-02-01T00:00:00Z"}, {"password", "fixture-1"}}};
  EXPECT_THAT(AgesOf(ReadOne({{"password", "fixture-3"}}, history)),
              ElementsAre("2017-01-01", "2018-02-01", "2020-03-01"));
  EXPECT_THAT(
      AgesOf(ReadOne({{"password", "fixture-3"}, {"passwordRevisionDate", "2020-03-02T00:00:00Z"}}, history)),
      ElementsAre("2017-01-01", "2018-02-01", "2020-03-02"));
}

constexpr char kUri[] = "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP";

TEST(BitwardenOdd, SeedsComeInAsSeedsWhereverTheyStand) {
  const ImportEntry password = ReadOne({{"password", std::string("OTPAUTH") + (kUri + 7)}});
  EXPECT_THAT(SecretsOf(password), ElementsAre(std::string("totp totp: OTPAUTH") + (kUri + 7)));
  EXPECT_THAT(password.changed, ElementsAre(HasSubstr("login.password is a seed")));

  const ImportEntry fields =
      ReadOne({{"totp", "GEZDGNBVGY3TQOJQ"}},
              {{"fields",
                {{{"name", "TOTP Seed"}, {"value", "jbsw y3dp ehpk 3pxp"}, {"type", 1}},
                 {{"name", "otp"}, {"value", kUri}, {"type", 0}},
                 {{"name", "Game"}, {"value", "STEAM://JBSWY3DPEHPK3PXP"}, {"type", 0}},
                 {{"name", "2fa"}, {"value", "0189"}, {"type", 0}},
                 {{"name", "2FA backup codes"}, {"value", "abcdefgh"}, {"type", 0}}}}});
  EXPECT_THAT(SecretsOf(fields),
              ElementsAre("totp totp: GEZDGNBVGY3TQOJQ", "totp field-totp-seed: jbsw y3dp ehpk 3pxp",
                          "totp field-game: STEAM://JBSWY3DPEHPK3PXP", "note field-2fa: 0189",
                          "note field-2fa-backup-codes: abcdefgh"));
  EXPECT_THAT(fields.changed,
              ElementsAre(HasSubstr("field \"TOTP Seed\" is a seed"),
                          HasSubstr("field \"otp\" is the seed of secret field-totp-seed again"),
                          HasSubstr("field \"Game\" is a seed"), HasSubstr("field \"2fa\" makes no codes")));

  const ImportEntry notes =
      ReadOne(Json::object(), {{"notes", std::string("old phone: ") + kUri + "\nsteam://run/440"}});
  EXPECT_THAT(SecretsOf(notes), ElementsAre(std::string("totp totp: ") + kUri,
                                            "note note: old phone: (seed: secret totp)\nsteam://run/440"));
}

TEST(BitwardenOdd, SeedsThatMakeNoCodesAreLeftOutAndSaidWithoutTheirText) {
  for (const Json& item :
       {Login({{"totp", "1019"}, {"password", "fixture"}}),
        Login({{"password", "otpauth://hotp/x?secret=1019"}}),
        Login(Json::object(), {{"notes", "see otpauth://totp/1019"}}),
        Login(Json::object(), {{"fields", List({{"name", "x"}, {"value", "otpauth://totp/x?secret=1019"}})}}),
        Login({{"password", "fixture"}},
              {{"passwordHistory", List({{"password", "otpauth://totp/x?secret=1019"}})}})}) {
    const auto entries = ReadItems(Json::array({item}));
    ASSERT_TRUE(entries.at(0).status.ok()) << item;
    EXPECT_THAT(entries[0].left_out, ElementsAre(HasSubstr("left out"))) << item;
    EXPECT_THAT(entries[0].left_out[0], ::testing::Not(HasSubstr("1019")));
    EXPECT_THAT(fmt::format("{}", fmt::join(SecretsOf(entries[0]), " ")), ::testing::Not(HasSubstr("1019")));
  }
}

}  // namespace
}  // namespace holdfast::client
