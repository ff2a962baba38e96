// Logins come in from another store: all of them, once, with nothing overwritten.
#include <map>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class Import : public ::testing::Test {
 protected:
  Json Source() const { return Json::parse(ReadFile(FixturePath("bitwarden.json"))); }
  std::string Write(const Json& content) const {
    const std::string path = office.dir() / "export.json";
    WriteFile(path, content.dump());
    return path;
  }

  Office office;
};

TEST_F(Import, BringsInEveryLoginWithEveryByteOfItsPassword) {
  office.AddOmar();
  office.AddMember("mia");
  const Json source = Source();
  const Json imported = office.Get("alice", {"import", FixturePath("bitwarden.json"), "--owner", "mia"});
  EXPECT_EQ(imported["summary"], Json({{"created", 64},
                                       {"unchanged", 0},
                                       {"differs", 0},
                                       {"not compared", 0},
                                       {"skipped", 0},
                                       {"failed", 0}}));

  const Json accounts = office.Get("mia", {"account", "list"})["accounts"];
  ASSERT_EQ(accounts.size(), 64U);
  for (const Json& account : accounts) {
    EXPECT_EQ(account["tier"], 2);
    EXPECT_EQ(account["owner"], "holders/mia");
  }
  for (std::size_t i = 0; i < source["items"].size(); ++i) {
    const Json& item = source["items"][i];
    const std::string account = imported["items"][i]["account"];
    std::string username;
    if (const Json& given = item["login"]["username"]; given.is_string()) username = given.get<std::string>();
    if (const auto unseen = username.find("\u200b"); unseen != username.npos) username.erase(unseen, 3);
    EXPECT_EQ(Where(accounts, "name", account)["handle"], username);
    if (!item["login"]["password"].is_string()) continue;
    EXPECT_EQ(office.Reveal("mia", account), item["login"]["password"].get<std::string>()) << item["name"];
  }
}

TEST_F(Import, IsExposureOfTheImporterAndKeepsEarlierPasswords) {
  office.AddOmar();
  const Json items =
      office.Get("alice", {"import", FixturePath("bitwarden.json"), "--owner", "omar"})["items"];
  const std::string account = Where(items, "title", "Five passwords so far")["account"];
  const Json versions = office.Get("omar", {"secret", "versions", account, "password"})["versions"];
  EXPECT_EQ(versions.size(), 5U);
  EXPECT_EQ(office.Reveal("omar", account), "fixture-hist-now");

  const Json seen =
      office.Get("alice", {"exposure", "list", "--account", account, "--holder", "alice"})["exposures"];
  EXPECT_EQ(seen.size(), 5U);
  for (const Json& exposure : seen) EXPECT_EQ(exposure["kind"], "EXPOSURE_KIND_IMPORTED");
  // The owner is presumed to have known all of it, and has revealed one.
  const Json of_omar =
      office.Get("alice", {"exposure", "list", "--holder", "omar", "--account", account})["exposures"];
  EXPECT_EQ(Each(of_omar, "kind"),
            (std::vector<std::string>{"EXPOSURE_KIND_KNOWN", "EXPOSURE_KIND_KNOWN", "EXPOSURE_KIND_KNOWN",
                                      "EXPOSURE_KIND_KNOWN", "EXPOSURE_KIND_KNOWN", "EXPOSURE_KIND_SHOWN"}));
  office.Refused(4, "alice", {"secret", "reveal", account, "password"});  // importing gives no access
  EXPECT_EQ(office.Events({"--type", "import.item"}).size(), 64U);
}

TEST_F(Import, ASecondRunChangesNothingAndSaysSo) {
  const Args import{"import", FixturePath("bitwarden.json")};
  const std::string before = office.State();
  EXPECT_THAT(office.Ok("alice", {"import", FixturePath("bitwarden.json"), "--dry-run"}),
              HasSubstr("\ndry run, nothing was changed: created 64"));
  EXPECT_EQ(office.State(), before);
  EXPECT_THAT(office.Ok("alice", import),
              EndsWith("created 64, unchanged 0, differs 0, skipped 0, failed 0\n"));
  const std::string after = office.State();
  EXPECT_EQ(office.Ok("alice", import), "nothing changed: unchanged 64, skipped 0\n");
  EXPECT_EQ(office.State(), after);
}

TEST_F(Import, ExistingValuesAreKeptAndDifferencesReported) {
  office.Ok("alice", {"import", FixturePath("bitwarden.json")});
  Json changed = Source();
  changed["items"][0]["login"]["password"] = "fixture-changed-elsewhere";
  changed["items"][1]["login"]["totp"] = "JBSWY3DPEHPK3PXP";  // new beside what is there
  Json more = changed["items"][4];
  more["id"] = "0005eed0-0000-0000-0000-00000000ffff";
  more["name"] = "One more";
  changed["items"].push_back(more);
  const Outcome outcome = office.Cli("alice", {"-q", "import", Write(changed)});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, EndsWith("created 2, unchanged 62, differs 1, skipped 0, failed 0\n"));
  EXPECT_EQ(outcome.err,
            "item 1 (\"Acme News on X\"): password differs from the file; the vault's value was kept\n"
            "item 48 (\"Zerowidth\"): login.username comes in without line breaks, tabs and characters that "
            "nobody sees\n");
  EXPECT_EQ(office.Reveal("alice", "acme-news-on-x"), "fixture-plain-1");
  EXPECT_EQ(office.Get("alice", {"secret", "versions", "acme-news-on-x", "password"})["versions"].size(), 1U);
}

TEST_F(Import, WithoutIdsOfTheSourceLoginsAreKnownByFolderTitleUserAndAddress) {
  Json source = Source();
  source["items"].erase(source["items"].begin() + 20, source["items"].end());
  for (Json& item : source["items"]) item.erase("id");
  const std::string path = Write(source);
  const Json first = office.Get("alice", {"import", path});
  const Json second = office.Get("alice", {"import", path});
  EXPECT_EQ(second["summary"]["created"], 0) << second;
  EXPECT_EQ(second["summary"]["failed"], 0) << second;
  for (std::size_t i = 3; i < 20; ++i) EXPECT_EQ(second["items"][i]["account"], first["items"][i]["account"]);
}

TEST_F(Import, ABadItemIsReportedWithItsPositionAndStopsNothingElse) {
  const Outcome outcome =
      office.Cli("alice", {"import", Write(Json::parse(ReadFile(FixturePath("bitwarden_bad.json"))))});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.out, EndsWith("created 10, unchanged 0, differs 0, skipped 2, failed 3\n"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("fixture")));
  for (const char* line : {"item 3 (\"\"): failed: item: must be an object\n",
                           "item 6 (\"Password too long\"): password is longer than 65536 bytes: left out\n",
                           "item 7 (\"URIs are no list\"): failed: login.uris: must be a list\n",
                           "item 8 (\"Login is missing\"): failed: login: is required\n",
                           "item 11 (\"A card\"): is a card, neither a login nor a note\n",
                           "holdfast: 3 of 15 items could not be imported\n"})
    EXPECT_THAT(outcome.err, HasSubstr(line));
  EXPECT_EQ(office.Get("alice", {"account", "list"})["accounts"].size(), 10U);
}

TEST_F(Import, TakesOrganisationExportsWithTheirCollections) {
  const Json imported =
      office.Get("alice", {"import", FixturePath("bitwarden_org.json"), "--format", "bitwarden-json"});
  EXPECT_EQ(imported["summary"]["created"], 3);
  const Json source = Json::parse(ReadFile(FixturePath("bitwarden_org.json")));
  const Json account = office.Get("alice", {"account", "show", imported["items"][0]["account"]});
  EXPECT_EQ(account["unit"], source["collections"][0]["name"]);
}

TEST_F(Import, WhatIsNoReadableExportIsRefusedInOneLine) {
  const std::map<std::string, std::string> files = {
      {"{\"encrypted\": true, \"items\": []}", "encrypted export"},
      {"folder,favorite,type,name\n", "not JSON"},
      {"", "not JSON"},
      {"[]", "not an export of Bitwarden"},
      {"{\"items\": {}}", "has no items"},
      {"{\"items\": [\xff]}", "not JSON in UTF-8"}};
  const std::string before = office.State();
  for (const auto& [content, message] : files)
    EXPECT_THAT(office.Refused(2, "alice", {"import", "-"}, content), HasSubstr(message));
  EXPECT_THAT(office.Refused(2, "alice", {"import", "/nonexistent"}),
              HasSubstr("there is no file /nonexistent"));
  EXPECT_THAT(office.Refused(2, "alice", {"import", FixturePath("bitwarden.json"), "--owner", "nobody"}),
              HasSubstr("--owner: there is no holder nobody"));
  office.Refused(2, "alice", {"import", FixturePath("bitwarden.json"), "--owner", "No Body"});
  EXPECT_EQ(office.State(), before);
}

}  // namespace
}  // namespace holdfast::testing
