// Exports as they are: items in the trash, twins, seeds in odd places, old passwords. The dry run says what
// the real run does, and nobody is told to delete the only copy of anything.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;

class ImportOdd : public ::testing::Test {
 protected:
  ImportOdd() { office.AddOmar(); }

  std::string Write(const Json& items) const {
    const std::string path = office.dir() / "export.json";
    WriteFile(path, Json({{"encrypted", false}, {"items", items}}).dump());
    return path;
  }
  // Owned by omar.
  Outcome Import(const Json& items, const Args& more = {}) const {
    Args args = {"import", Write(items), "--owner", "omar"};
    args.insert(args.end(), more.begin(), more.end());
    return office.Cli("alice", args);
  }
  std::vector<std::string> Secrets(const std::string& account) const {
    const Json secrets = office.Get("omar", {"secret", "list", account})["secrets"];
    std::vector<std::string> all;
    for (const Json& secret : secrets)
      all.push_back(secret["name"].get<std::string>().substr(std::string("accounts//secrets/").size() +
                                                             account.size()) +
                    " " + secret["kind"].get<std::string>());
    return all;
  }

  Office office;
};

int next_id = 0;

// A login with an id of its own.
Json Login(const std::string& name, const Json& login, const Json& more = Json::object()) {
  Json item = {{"id", "id-" + std::to_string(++next_id)}, {"type", 1}, {"name", name}, {"login", login}};
  item.update(more);
  return item;
}

// The item's remarks, without its title.
std::vector<std::string> Said(const Json& items, std::size_t i) {
  std::vector<std::string> said;
  for (const char* list : {"notes", "left_out"})
    for (const Json& text : items.at(i)[list]) said.push_back(text);
  return said;
}

TEST_F(ImportOdd, TheDryRunSaysWhatTheRealRunDoes) {
  const Json items = {
      Login("Live", {{"password", "fixture-1"}}),
      Login("Gone", {{"password", "fixture-2"}}, {{"deletedDate", "2026-01-02T03:04:05.000Z"}}),
      Login("Shelved", {{"password", "fixture-3"}}, {{"archivedDate", "2026-01-02T03:04:05.000Z"}}),
      Login("Card", Json::object(), {{"type", 3}}),
      Login("Twin", {{"password", "fixture-4"}}, {{"id", nullptr}}),
      Login("Twin", {{"password", "fixture-5"}}, {{"id", nullptr}}),
      Login("Pasted",
            {{"username", "news@example.org\n"}, {"password", 4711}, {"uri", "https://old.example"}}),
      Login("Bad seed", {{"password", "fixture-6"}, {"totp", "1019"}}),
  };
  const Outcome rehearsed = Import(items, {"--dry-run"});
  const Outcome done = Import(items);
  EXPECT_EQ(rehearsed.exit_code, 2);
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(
      rehearsed.out,
      EndsWith("dry run, nothing was changed: created 5, unchanged 0, differs 0, not compared 0, skipped 2, "
               "failed 1\n"));
  EXPECT_THAT(done.out, EndsWith("created 5, unchanged 0, differs 0, skipped 2, failed 1\n"));
  for (const std::string& err : {rehearsed.err, done.err})
    EXPECT_THAT(
        err,
        AllOf(HasSubstr("item 2 (\"Gone\"): is in the trash\n"),
              HasSubstr("item 3 (\"Shelved\"): is archived there: it comes in archived\n"),
              HasSubstr("item 4 (\"Card\"): is a card"),
              HasSubstr("item 6 (\"Twin\"): failed: has the same folder, name, username and URL as item 5"),
              HasSubstr("item 7 (\"Pasted\"): login.username comes in without line breaks"),
              HasSubstr("item 8 (\"Bad seed\"): login.totp makes no codes and is left out")));
  const Json accounts = office.Get("alice", {"account", "list", "--archived"})["accounts"];
  EXPECT_THAT(Each(accounts, "name"),
              ::testing::UnorderedElementsAre("accounts/live", "accounts/shelved", "accounts/twin",
                                              "accounts/pasted", "accounts/bad-seed"));
  EXPECT_EQ(Where(accounts, "name", "accounts/shelved")["state"], "ACCOUNT_STATE_ARCHIVED");
  EXPECT_EQ(Where(accounts, "name", "accounts/pasted")["handle"], "news@example.org");
  EXPECT_EQ(Where(accounts, "name", "accounts/pasted")["url"], "https://old.example");
  EXPECT_EQ(office.Reveal("omar", "twin"), "fixture-4");  // the lowest position
  EXPECT_EQ(office.Reveal("omar", "pasted"), "4711");
  EXPECT_THAT(Secrets("bad-seed"), ElementsAre("password password"));
}

TEST_F(ImportOdd, ADryRunDoesNotSayThatValuesAreTheSame) {
  Json items = {Login("One", {{"password", "fixture-1"}}), Login("Two", {{"password", "fixture-2"}}),
                Login("Empty", Json::object())};
  EXPECT_EQ(Import(items).exit_code, 0);
  items[0]["login"]["password"] = "fixture-other";
  const Outcome rehearsed = Import(items, {"--dry-run"});
  EXPECT_THAT(
      rehearsed.out,
      EndsWith("dry run, nothing was changed: created 0, unchanged 1, differs 0, not compared 2, skipped 0, "
               "failed 0\n"));
  EXPECT_THAT(Import(items).out, EndsWith("created 0, unchanged 2, differs 1, skipped 0, failed 0\n"));
}

TEST_F(ImportOdd, TwoItemsAreNeverOneAccount) {
  // Alike in the source and told apart by their ids alone; the vault's account of the first run has no id.
  const Json first = Json::array({Login("Mail", {{"password", "fixture-1"}}, {{"id", nullptr}})});
  EXPECT_EQ(Import(first).exit_code, 0);
  const Json both = {Login("Mail", {{"password", "fixture-1"}}), Login("Mail", {{"password", "fixture-2"}})};
  EXPECT_THAT(
      Import(both, {"--dry-run"}).out,
      EndsWith("dry run, nothing was changed: created 1, unchanged 0, differs 0, not compared 1, skipped 0, "
               "failed 0\n"));
  EXPECT_THAT(Import(both).out, EndsWith("created 1, unchanged 1, differs 0, skipped 0, failed 0\n"));
  EXPECT_EQ(office.Reveal("omar", "mail"), "fixture-1");
  EXPECT_EQ(office.Reveal("omar", "mail-2"), "fixture-2");

  Json same = {Login("A", {{"password", "fixture-3"}}), Login("B", {{"password", "fixture-4"}})};
  same[1]["id"] = same[0]["id"];
  const Outcome outcome = Import(same);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("item 2 (\"B\"): failed: has the same id as item 1"));
}

TEST_F(ImportOdd, AnArchivedItemComesInOnceAndIsComparedAfterwards) {
  const Json items = Json::array(
      {Login("Shelved", {{"password", "fixture-1"}}, {{"archivedDate", "2026-01-02T03:04:05.000Z"}})});
  EXPECT_THAT(Import(items).out, EndsWith("created 1, unchanged 0, differs 0, skipped 0, failed 0\n"));
  EXPECT_EQ(Import(items).out, "nothing changed: unchanged 1, skipped 0\n");
  EXPECT_EQ(Where(office.Events({"--type", "import.item"}).back()["texts"], "field", "state")["text"],
            "archived");
  Json more = items;
  more[0]["notes"] = "fixture note";
  EXPECT_THAT(Import(more).err, HasSubstr("failed: account shelved is archived"));
}

TEST_F(ImportOdd, TheFileIsToBeDeletedOnlyWhenTheVaultHasAllOfIt) {
  const Json good = Login("Good", {{"password", "fixture-1"}});
  EXPECT_THAT(Import(Json::array({good})).err,
              HasSubstr("export.json is still there in plain text: delete it."));
  const std::vector<Json> short_of = {
      Login("Key", Json::object(), {{"type", 5}}),
      Login("Gone", {{"password", "fixture-1"}}, {{"deletedDate", "2026-01-02T03:04:05.000Z"}}),
      Login("Seed", {{"totp", "1019"}}),
      Login("History", Json::object(), {{"passwordHistory", Json::array({{{"password", "fixture-1"}}})}}),
      Login("Passkey", {{"fido2Credentials", Json::array({{{"keyId", "x"}}})}}),
      Login("Bad", {{"uris", "x"}}),
  };
  for (const Json& item : short_of) {
    const Outcome outcome = Import(
        Json::array({Login("Good " + item["name"].get<std::string>(), {{"password", "fixture-1"}}), item}));
    EXPECT_THAT(outcome.err,
                AllOf(HasSubstr("1 of its items is not in the vault whole"), Not(HasSubstr("delete it."))))
        << item;
  }
  Json changed = good;
  changed["login"]["password"] = "fixture-2";
  EXPECT_THAT(Import(Json::array({changed, Login("New", {{"password", "fixture-3"}})})).err,
              Not(HasSubstr("delete it.")));
}

TEST_F(ImportOdd, SeedsMakeCodesWhereverTheyStood) {
  constexpr char kUri[] = "OTPAUTH://totp/x?secret=JBSWY3DPEHPK3PXP";
  const Json items = {
      Login("Password", {{"password", kUri}}),
      Login("Field", Json::object(),
            {{"fields", Json::array({{{"name", "TOTP Seed"}, {"value", "jbsw y3dp ehpk 3pxp"}}})}}),
      Login("Note", Json::object(), {{"notes", std::string("fixture: ") + kUri + " of the phone"}}),
      Login("Steam", {{"totp", "steam://JBSWY3DPEHPK3PXP"}}),
      Login("Daily", {{"totp", "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=86400&digits=9"}}),
      Login("Short", {{"totp", "JBSWY3DP"}}),
  };
  const Json said = office.Get("alice", {"import", Write(items), "--owner", "omar"})["items"];
  EXPECT_THAT(Said(said, 0), ElementsAre("login.password is a seed: it comes in as secret totp"));
  EXPECT_THAT(Said(said, 1), ElementsAre("field \"TOTP Seed\" is a seed: it comes in as secret totp"));
  EXPECT_THAT(Said(said, 2), ElementsAre("a URI in notes is a seed: it comes in as secret totp"));
  EXPECT_THAT(Secrets("password"), ElementsAre("totp totp"));
  EXPECT_THAT(Secrets("note"), ElementsAre("totp totp", "note note"));
  EXPECT_EQ(office.Ok("omar", {"secret", "reveal", "note", "note", "--reason", "x"}),
            "fixture: (seed: secret totp) of the phone");
  for (const char* account : {"password", "field", "note", "short"})
    EXPECT_THAT(office.Ok("omar", {"secret", "code", account, "totp"}), MatchesRegex("[0-9]{6}\n"))
        << account;
  EXPECT_THAT(office.Ok("omar", {"secret", "code", "steam", "totp"}), MatchesRegex("[2-9B-Y]{5}\n"));
  EXPECT_THAT(office.Ok("omar", {"secret", "code", "daily", "totp"}), MatchesRegex("[0-9]{9}\n"));
}

TEST_F(ImportOdd, FlagsFurtherUrlsAndGroupsAreNoSecrets) {
  const Json item = Login(
      "Press",
      {{"password", "fixture-1"}, {"uris", {{{"uri", "https://a.example"}}, {{"uri", "https://b.example"}}}}},
      {{"fields",
        {{{"name", "Remember me"}, {"value", "true"}, {"type", 2}},
         {{"name", "User"}, {"value", nullptr}, {"type", 3}, {"linkedId", 100}}}}});
  EXPECT_EQ(Import(Json::array({item})).exit_code, 0);
  EXPECT_THAT(Secrets("press"), ElementsAre("password password"));
  EXPECT_EQ(office.Get("omar", {"account", "show", "press"})["details"],
            Json::array({{{"name", "URL"}, {"value", "https://b.example"}},
                         {{"name", "Remember me"}, {"value", "true"}},
                         {{"name", "User"}, {"value", "linked to the username"}}}));
  EXPECT_THAT(office.Ok("omar", {"account", "show", "press"}), HasSubstr("Remember me"));

  office.Ok("omar", {"account", "update", "press", "--detail", "Desk=3rd floor"});
  EXPECT_EQ(office.Get("omar", {"account", "show", "press"})["details"],
            Json::array({{{"name", "Desk"}, {"value", "3rd floor"}}}));
  EXPECT_THAT(office.Refused(2, "omar", {"account", "update", "press", "--detail", "Desk"}),
              HasSubstr("--detail"));
  EXPECT_EQ(
      office.Get("alice", {"import", Write(Json::array({item})), "--owner", "omar"})["items"][0]["outcome"],
      "differs");
  office.Ok("omar", {"account", "update", "press", "--detail", ""});
  EXPECT_THAT(office.Get("omar", {"account", "show", "press"})["details"], IsEmpty());
}

TEST_F(ImportOdd, AnOldPasswordIsDueForRotationOnTheFirstDay) {
  const Json items = {
      Login("Old bank", {{"password", "fixture-old"}, {"passwordRevisionDate", "2019-05-01T00:00:00.000Z"}},
            {{"creationDate", "2017-01-01T00:00:00.000Z"},
             {"passwordHistory",
              Json::array({{{"lastUsedDate", "2019-05-01T00:00:00.000Z"}, {"password", "fixture-older"}}})}}),
      Login("Future", {{"password", "fixture-new"}}, {{"creationDate", "2199-01-01T00:00:00.000Z"}})};
  EXPECT_EQ(Import(items).exit_code, 0);
  const Json versions = office.Get("omar", {"secret", "versions", "old-bank", "password"})["versions"];
  EXPECT_EQ(versions[0]["inUseTime"], "2017-01-01T00:00:00Z");
  EXPECT_EQ(versions[1]["inUseTime"], "2019-05-01T00:00:00Z");
  // No source makes a value newer than it is.
  const Json future = office.Get("omar", {"secret", "versions", "future", "password"})["versions"];
  EXPECT_EQ(future[0]["inUseTime"], future[0]["createTime"]);
  const Json due = office.Get("alice", {"findings", "list", "--rule", "tiers.2.max_secret_age"})["findings"];
  EXPECT_THAT(Each(due, "resource"), ElementsAre("accounts/old-bank/secrets/password"));
}

TEST_F(ImportOdd, IdsAreWrittenInLatinLetters) {
  EXPECT_EQ(Import(Json::array({Login("Müller & Söhne", {{"password", "fixture-1"}}),
                                Login("Редакция", Json::object())}))
                .exit_code,
            0);
  EXPECT_THAT(Each(office.Get("omar", {"account", "list"})["accounts"], "name"),
              ::testing::UnorderedElementsAre("accounts/mueller-soehne", "accounts/redaktsiya"));
}

}  // namespace
}  // namespace holdfast::testing
