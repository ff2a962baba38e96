// The register of accounts and who has access to them.
#include <set>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(Accounts, KeepWhatWasSaidAndChangeOnlyWhatIsNamed) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  const Json made = office.Get("alice", {"account",
                                         "add",
                                         "x-acme-news",
                                         "--platform",
                                         "x",
                                         "--platform-id",
                                         "77",
                                         "--handle",
                                         "@acme 新闻",
                                         "--url",
                                         "https://x.example/login?a=1&b=2",
                                         "--unit",
                                         "Press",
                                         "--purpose",
                                         "He said \"news\"",
                                         "--owner",
                                         "mia",
                                         "--backup",
                                         "sam",
                                         "--backup",
                                         "holders/omar"});
  EXPECT_EQ(made["name"], "accounts/x-acme-news");
  EXPECT_EQ(made["tier"], 2);
  EXPECT_EQ(made["state"], "ACCOUNT_STATE_ACTIVE");
  EXPECT_EQ(made["backups"], Json({"holders/sam", "holders/omar"}));
  EXPECT_EQ(office.Get("mia", {"account", "show", "x-acme-news"}), made);
  office.Refused(7, "alice", {"account", "add", "x-acme-news", "--platform", "x", "--owner", "mia"});

  const Json changed = office.Get("mia", {"account", "update", "x-acme-news", "--handle", "@acme", "--backup",
                                          "", "--etag", made["etag"]});
  Json expected = made;
  expected["handle"] = "@acme";
  expected["backups"] = Json::array();
  expected["etag"] = changed["etag"];
  expected["updateTime"] = changed["updateTime"];
  EXPECT_EQ(changed, expected);
  EXPECT_NE(changed["etag"], made["etag"]);

  const std::string before = office.State();
  EXPECT_THAT(
      office.Refused(7, "mia",
                     {"account", "update", "x-acme-news", "--handle", "@late", "--etag", made["etag"]}),
      HasSubstr("accounts/x-acme-news has changed since; read it again"));
  office.Refused(7, "mia", {"account", "archive", "x-acme-news", "--yes", "--etag", made["etag"]});
  EXPECT_THAT(office.Refused(2, "mia", {"account", "update", "x-acme-news"}),
              HasSubstr("name what to change"));
  office.Refused(2, "mia", {"account", "update", "x-acme-news", "--tier", "4"});
  EXPECT_THAT(office.Refused(6, "mia", {"account", "update", "x-acme-news", "--owner", "nobody"}),
              HasSubstr("nobody"));
  EXPECT_EQ(office.State(), before);
}

TEST(Accounts, AreChangedByOwnersAndSecurityAloneAndTheTierBySecurity) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  office.AddAccount("usual", "mia", {"--backup", "sam"});
  const std::string before = office.State();
  office.Refused(4, "sam", {"account", "update", "usual", "--handle", "mine"});
  office.Refused(4, "sam", {"account", "update", "usual", "--owner", "sam"});
  office.Refused(4, "mia", {"account", "update", "usual", "--tier", "3"});
  office.Refused(4, "alice",
                 {"account", "update", "usual", "--owner", "alice"});  // not even security for themselves
  office.Refused(4, "alice", {"access", "grant", "--account", "usual", "--holder", "alice"});
  office.Refused(4, "sam", {"account", "add", "for-mia", "--platform", "x", "--owner", "mia"});
  office.Refused(4, "sam", {"account", "show", "unknown"});  // no difference between foreign and absent
  office.Refused(6, "alice", {"account", "show", "unknown"});
  EXPECT_EQ(office.State(), before);

  office.Ok("sam", {"account", "add", "own", "--platform", "shop", "--owner", "sam"});
  office.Ok("mia", {"account", "update", "usual", "--owner", "omar"});
  office.Ok("alice", {"account", "update", "usual", "--tier", "1"});
  EXPECT_THAT(Each(office.Get("mia", {"account", "list"})["accounts"], "name"), IsEmpty());
  EXPECT_THAT(Each(office.Get("sam", {"account", "list"})["accounts"], "name"),
              UnorderedElementsAre("accounts/usual", "accounts/own"));
}

TEST(Accounts, ThatAreArchivedLeaveDailyUseButNotTheRecord) {
  Office office;
  office.AddAccount("old", "alice");
  office.AddAccount("new", "alice");
  office.Put("alice", "old", "fixture-old");
  EXPECT_THAT(office.Refused(2, "alice", {"account", "archive", "old"}), HasSubstr("add --yes"));
  const Json archived =
      office.Get("alice", {"account", "archive", "old", "--yes", "--reason", "closed by the platform"});
  EXPECT_EQ(archived["state"], "ACCOUNT_STATE_ARCHIVED");
  EXPECT_THAT(Each(office.Get("alice", {"account", "list"})["accounts"], "name"),
              ElementsAre("accounts/new"));
  const Outcome table = office.Cli("alice", {"account", "list"});
  EXPECT_EQ(table.out.find("old "), table.out.npos);
  EXPECT_EQ(table.err, "1 archived, not shown: add --archived\n");
  EXPECT_THAT(Each(office.Get("alice", {"account", "list", "--archived"})["accounts"], "name"),
              UnorderedElementsAre("accounts/new", "accounts/old"));
  EXPECT_THAT(
      office.Refused(7, "alice", {"secret", "put", "old", "note", "--kind", "note", "--from-file", "-"},
                     "fixture"),
      HasSubstr("account old is archived"));
  EXPECT_THAT(office.Refused(7, "alice", {"account", "archive", "old", "--yes"}), HasSubstr("archived"));
  office.Refused(7, "alice", {"account", "update", "old", "--handle", "x"});
  EXPECT_EQ(office.Get("alice", {"exposure", "list", "--account", "old"})["exposures"].size(), 1U);
  EXPECT_THAT(Each(office.Events({"--account", "old", "--type", "account.archive"})[0]["texts"], "field"),
              UnorderedElementsAre("device", "peer", "reason"));
}

TEST(Accounts, AreListedOverAllPagesInEveryFormat) {
  Office office;
  office.Ok("alice", {"import", FixturePath("bitwarden.json")});  // 64 accounts, more than a page
  const Json list = office.Get("alice", {"account", "list"});
  const auto names = Each(list["accounts"], "name");
  EXPECT_EQ(names.size(), 64U);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 64U);
  EXPECT_EQ(list["nextPageToken"], "");

  std::istringstream lines(office.Ok("alice", {"-o", "jsonl", "account", "list"}));
  Json from_lines = Json::array();
  for (std::string line; std::getline(lines, line);) from_lines.push_back(Json::parse(line));
  EXPECT_EQ(from_lines, list["accounts"]);

  const std::string table = office.Ok("alice", {"account", "list"});
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 65);
  EXPECT_EQ(table.substr(0, 2), "ID");
  EXPECT_EQ(table.find('\x1b'), table.npos);
}

TEST(Access, IsGivenForATimeAndTakenAway) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  office.AddAccount("usual", "mia");
  office.Put("mia", "usual", "fixture-usual");
  const Args grant{"access", "grant", "--account", "usual", "--holder", "sam"};
  const auto expiring = [&](const std::string& when) {
    Args args = grant;
    args.insert(args.end(), {"--expires", when, "--reason", "holiday cover"});
    return args;
  };

  office.Refused(4, "sam", {"secret", "reveal", "usual", "password"});
  office.Refused(4, "sam", grant);
  EXPECT_THAT(office.Refused(2, "mia", expiring("2020-01-01")),
              HasSubstr("--expires: must be in the future"));
  EXPECT_THAT(office.Refused(2, "mia", expiring("soon")), HasSubstr("--expires"));
  const Json given = office.Get("mia", expiring("8h"));
  EXPECT_EQ(given["relation"], "RELATION_GRANTEE");
  EXPECT_EQ(given["reason"], "holiday cover");
  EXPECT_EQ(office.Reveal("sam", "usual"), "fixture-usual");
  EXPECT_THAT(office.Refused(7, "mia", grant), HasSubstr("already"));

  const Json all = office.Get("mia", {"access", "list", "--account", "usual"})["grants"];
  EXPECT_EQ(all.size(), 2U);
  EXPECT_EQ(Where(all, "holder", "holders/mia")["relation"], "RELATION_OWNER");
  EXPECT_EQ(Where(all, "holder", "holders/sam")["grantor"], "holders/mia");
  EXPECT_EQ(office.Get("sam", {"access", "list", "--holder", "sam"})["grants"].size(), 1U);
  EXPECT_THAT(Each(office.Get("sam", {"access", "list", "--holder", "mia"})["grants"], "account"),
              ElementsAre("accounts/usual"));  // of an account that sam has

  EXPECT_THAT(office.Refused(7, "mia", {"access", "revoke", "--account", "usual", "--holder", "mia", "--yes"}),
              HasSubstr("account update --owner"));
  const Args give_up{"access", "revoke", "--account", "usual", "--holder", "sam"};
  EXPECT_THAT(office.Refused(2, "sam", give_up), HasSubstr("your own access"));
  office.Ok("sam", {"access", "revoke", "--account", "usual", "--holder", "sam", "--yes"});
  office.Refused(4, "sam", {"secret", "reveal", "usual", "password"});
  office.Refused(6, "mia", {"access", "revoke", "--account", "usual", "--holder", "sam"});
}

TEST(Access, EndsByItselfWhenItsTimeIsUp) {
  Office office;
  office.AddOmar();
  office.AddMember("sam");
  office.AddAccount("usual", "alice");
  office.Put("alice", "usual", "fixture-usual");
  office.Ok("alice", {"access", "grant", "--account", "usual", "--holder", "sam", "--expires", "8h"});
  office.RestartAhead(7 * 3600);
  EXPECT_EQ(office.Reveal("sam", "usual"), "fixture-usual");
  office.RestartAhead(9 * 3600);
  office.Refused(4, "sam", {"secret", "reveal", "usual", "password"});
  EXPECT_THAT(Each(office.Get("alice", {"access", "list"})["grants"], "holder"),
              ElementsAre("holders/alice"));
  office.Ok("alice", {"access", "grant", "--account", "usual", "--holder", "sam"});
}

}  // namespace
}  // namespace holdfast::testing
