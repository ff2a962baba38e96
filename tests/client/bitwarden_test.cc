#include "client/bitwarden.h"

#include <fstream>
#include <set>

#include "fmt/format.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "vault/base/ids.h"

namespace holdfast::client {
namespace {

using Json = nlohmann::json;
using Values = std::vector<std::string>;

absl::StatusOr<std::vector<ImportEntry>> ReadText(std::string text) {
  return ReadBitwarden(Plaintext::TakeFrom(text));
}

std::vector<ImportEntry> ReadFixture(const std::string& name) {
  std::ifstream file(std::string(HF_SOURCE_DIR) + "/tests/fixtures/" + name);
  auto entries = ReadText(std::string(std::istreambuf_iterator<char>(file), {}));
  EXPECT_TRUE(entries.ok()) << entries.status();
  return entries.ok() ? std::move(entries).value() : std::vector<ImportEntry>();
}

// One item, a login unless it says otherwise.
ImportEntry ReadItem(Json item) {
  if (!item.contains("type")) item["type"] = 1;
  if (!item.contains("name")) item["name"] = "Title";
  if (!item.contains("login")) item["login"] = Json::object();
  auto entries = ReadText(Json{{"encrypted", false}, {"items", Json::array({item})}}.dump());
  EXPECT_TRUE(entries.ok()) << entries.status();
  return std::move(entries->at(0));
}

Values ValuesOf(const ImportEntry& entry, const std::string& id) {
  Values values;
  for (const ImportSecret& secret : entry.item.secrets)
    if (secret.id == id)
      for (const ImportValue& value : secret.values) values.emplace_back(AsChars(value.value.ExposeSecret()));
  return values;
}

Values DetailsOf(const ImportEntry& entry) {
  Values details;
  for (const ImportDetail& detail : entry.item.details) details.push_back(detail.name + "=" + detail.value);
  return details;
}

const ImportEntry& Titled(const std::vector<ImportEntry>& entries, const std::string& title) {
  for (const ImportEntry& entry : entries)
    if (entry.title == title) return entry;
  ADD_FAILURE() << "no item " << title;
  return entries.front();
}

TEST(Bitwarden, EncryptedExportsAndOtherFilesAreRefusedWhole) {
  for (const char* text : {"", "{", "[]", "7", "{}", R"({"items":{}})", R"({"encrypted":true,"items":[]})",
                           R"({"encrypted":false,"items":null})", "{\"items\":[\"\xff\"]}"})
    EXPECT_EQ(FieldOf(ReadText(text).status()), "FILE") << text;
  EXPECT_NE(ReadText(R"({"encrypted":true})").status().message().find("encrypted export"),
            absl::string_view::npos);
}

TEST(Bitwarden, DeeplyNestedFilesAreSurvived) {
  const std::string text =
      R"({"items":[],"x":)" + std::string(200'000, '[') + std::string(200'000, ']') + "}";
  EXPECT_TRUE(ReadText(text).ok());
}

TEST(Bitwarden, MapsALogin) {
  const ImportEntry entry = ReadItem({{"id", "i-1"},
                                      {"name", "Acme News"},
                                      {"notes", "line\nline\n"},
                                      {"login",
                                       {{"username", "news"},
                                        {"password", "fixture-now"},
                                        {"totp", "JBSW Y3DP"},
                                        {"uris",
                                         {{{"uri", "https://www.x.example/a"}},
                                          {{"uri", nullptr}},
                                          {{"uri", "https://b.example"}},
                                          {{"uri", "c://d"}}}}}}});
  ASSERT_TRUE(entry.status.ok()) << entry.status;
  EXPECT_EQ(entry.item.account_id, "acme-news");
  EXPECT_EQ(entry.item.source_id, "i-1");
  EXPECT_EQ(entry.item.username, "news");
  EXPECT_EQ(entry.item.url, "https://www.x.example/a");
  EXPECT_EQ(entry.item.platform, "x.example");
  EXPECT_EQ(ValuesOf(entry, "password"), Values{"fixture-now"});
  EXPECT_EQ(ValuesOf(entry, "totp"), Values{"JBSW Y3DP"});
  EXPECT_EQ(ValuesOf(entry, "note"), Values{"line\nline\n"});
  EXPECT_EQ(DetailsOf(entry), (Values{"URL=https://b.example", "URL=c://d"}));
  EXPECT_EQ(entry.item.secrets.size(), 3u);
  EXPECT_EQ(entry.changed.size() + entry.left_out.size(), 0u);
}

TEST(Bitwarden, EarlierPasswordsComeOldestFirst) {
  const ImportEntry entry =
      ReadItem({{"passwordHistory",
                 {{{"lastUsedDate", "2026-01-01T00:00:00Z"}, {"password", "fixture-2"}},
                  {{"lastUsedDate", "2025-01-01T00:00:00Z"}, {"password", "fixture-1"}}}},
                {"login", {{"password", "fixture-3"}}}});
  EXPECT_EQ(ValuesOf(entry, "password"), (Values{"fixture-1", "fixture-2", "fixture-3"}));
}

TEST(Bitwarden, AnEarlierPasswordNeverPassesForTheCurrentOne) {
  const ImportEntry entry = ReadItem(
      {{"passwordHistory", {{{"lastUsedDate", "2026-01-01T00:00:00Z"}, {"password", "fixture-old"}}}}});
  EXPECT_TRUE(entry.status.ok());
  EXPECT_EQ(ValuesOf(entry, "password"), Values());
  EXPECT_EQ(entry.left_out.size(), 1u);
}

TEST(Bitwarden, FieldsBecomeSecretsAndFlagsBecomeDetails) {
  const ImportEntry entry =
      ReadItem({{"fields",
                 {{{"name", "PIN"}, {"value", "0000"}, {"type", 1}},
                  {{"name", "pin!"}, {"value", "1111"}, {"type", 0}},
                  {{"name", "On"}, {"value", true}, {"type", 2}},
                  {{"name", "Off"}, {"value", nullptr}, {"type", 2}},
                  {{"name", "Linked"}, {"value", nullptr}, {"type", 3}, {"linkedId", 101}},
                  {{"name", nullptr}, {"value", "x"}, {"type", 0}},
                  {{"name", "Empty"}, {"value", ""}, {"type", 0}}}}});
  ASSERT_TRUE(entry.status.ok()) << entry.status;
  EXPECT_EQ(ValuesOf(entry, "field-pin"), Values{"0000"});
  EXPECT_EQ(ValuesOf(entry, "field-pin-2"), Values{"1111"});
  EXPECT_EQ(ValuesOf(entry, "field-6"), Values{"x"});
  EXPECT_EQ(entry.item.secrets.size(), 3u);
  EXPECT_EQ(DetailsOf(entry), (Values{"On=true", "Off=false", "Linked=linked to the password"}));
}

TEST(Bitwarden, ABadItemNamesItsFieldAndStopsNothing) {
  const std::vector<std::pair<Json, std::string>> bad = {
      {{{"name", Json::array()}}, "name"},
      {{{"type", "one"}}, "type"},
      {{{"login", nullptr}}, "login"},
      {{{"login", {{"password", Json::object()}}}}, "login.password"},
      {{{"login", {{"uris", "x"}}}}, "login.uris"},
      {{{"login", {{"uris", {{{"uri", Json::array()}}}}}}}, "login.uris.uri"},
      {{{"notes", Json::array()}}, "notes"},
      {{{"fields", {1}}}, "fields"},
      {{{"fields", {{{"name", "a"}, {"value", Json::array()}}}}}, "fields.value"},
      {{{"passwordHistory", {{{"password", Json::array()}}}}}, "passwordHistory.password"},
  };
  for (const auto& [item, field] : bad)
    EXPECT_EQ(FieldOf(ReadItem(item).status), field) << item.dump().substr(0, 80);
}

TEST(Bitwarden, AnItemThatFillsAMessageIsBad) {
  Json fields = Json::array();
  for (int i = 0; i < 20; ++i) fields.push_back({{"name", "a"}, {"value", std::string(60'000, 'x')}});
  EXPECT_EQ(FieldOf(ReadItem({{"fields", fields}}).status), "item");
}

TEST(Bitwarden, TitlesBecomeOneLineAndIdsUnique) {
  auto entries = ReadText(Json{{"items",
                                {{{"type", 1}, {"name", " A\tb\u202e c "}, {"login", Json::object()}},
                                 {{"type", 1}, {"name", "a b c"}, {"login", {{"username", "other"}}}},
                                 {{"type", 1}, {"name", "🚀"}, {"login", Json::object()}}}}}
                              .dump());
  ASSERT_TRUE(entries.ok());
  EXPECT_EQ(entries->at(0).title, "A b c");
  EXPECT_EQ(entries->at(0).item.account_id, "a-b-c");
  EXPECT_EQ(entries->at(1).item.account_id, "a-b-c-2");
  EXPECT_EQ(entries->at(2).item.account_id, "item-3");
}

TEST(Bitwarden, TheFixtureIsSixtyFourGoodLogins) {
  const auto entries = ReadFixture("bitwarden.json");
  ASSERT_EQ(entries.size(), 64u);
  std::set<std::string> ids;
  for (const ImportEntry& entry : entries) {
    EXPECT_TRUE(entry.status.ok()) << entry.position << " " << entry.status;
    EXPECT_EQ(entry.skipped, "");
    EXPECT_TRUE(IsValidId(entry.item.account_id)) << entry.item.account_id;
    EXPECT_TRUE(ids.insert(entry.item.account_id).second) << entry.item.account_id;
    for (const ImportSecret& secret : entry.item.secrets) EXPECT_TRUE(IsValidId(secret.id)) << secret.id;
  }
  EXPECT_EQ(
      ValuesOf(Titled(entries, "Five passwords so far"), "password"),
      (Values{"fixture-hist-1", "fixture-hist-2", "fixture-hist-3", "fixture-hist-4", "fixture-hist-now"}));
  EXPECT_EQ(ValuesOf(Titled(entries, "Very long password"), "password").at(0).size(), 5000u);
  EXPECT_EQ(ValuesOf(Titled(entries, "Password with NUL"), "password").at(0),
            std::string("fixture-nul\0inside", 18));
  EXPECT_EQ(ValuesOf(Titled(entries, "Password ends in line break"), "password"), Values{"fixture-end\n"});
  EXPECT_EQ(Titled(entries, "公式アカウント").item.group, "経理");
  EXPECT_EQ(Titled(entries, "Host too long for a platform").item.platform, "unknown");
  EXPECT_EQ(Titled(entries, "Title with tab and line break").item.username, "control");
}

TEST(Bitwarden, ExportsOfOrganisationsHaveCollections) {
  const auto entries = ReadFixture("bitwarden_org.json");
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(entries[0].item.group, "Press/Social");
  EXPECT_EQ(entries[1].item.group, "Finance");
  EXPECT_EQ(ValuesOf(entries[2], "note"), Values{"fixture: in the safe"});
  EXPECT_EQ(DetailsOf(entries[1]), (Values{"Collection=Finance", "Collection=Press/Social"}));
  EXPECT_EQ(entries[2].item.platform, "unknown");
  EXPECT_NE(entries[3].skipped, "");
}

TEST(Bitwarden, BadItemsAmongGoodOnesAreToldApart) {
  const auto entries = ReadFixture("bitwarden_bad.json");
  ASSERT_EQ(entries.size(), 15u);
  std::set<int> failed;
  std::set<int> skipped;
  for (const ImportEntry& entry : entries) {
    if (!entry.status.ok()) failed.insert(entry.position);
    if (!entry.skipped.empty()) skipped.insert(entry.position);
  }
  EXPECT_EQ(failed, (std::set<int>{3, 7, 8}));
  EXPECT_EQ(skipped, (std::set<int>{11, 12}));
  EXPECT_EQ(entries[12].left_out.size(), 1u);
}

}  // namespace
}  // namespace holdfast::client
