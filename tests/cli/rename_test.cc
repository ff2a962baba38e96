// An account gets another id, and keeps all that it has. The former id leads nobody to another account.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class Rename : public ::testing::Test {
 protected:
  Rename() {
    office.AddOmar();
    office.AddMember("mia");
    office.AddMember("sam");
    office.AddAccount("mueler", "mia", {"--backup", "omar"});
    office.Put("mia", "mueler", "fixture-1");
  }

  Office office;
};

TEST_F(Rename, KeepsAccessSecretsAndHistory) {
  const Json before = office.Get("mia", {"account", "show", "mueler"});
  const Json after = office.Get("mia", {"account", "rename", "mueler", "mueller", "--reason", "a typo"});
  EXPECT_EQ(after["name"], "accounts/mueller");
  EXPECT_EQ(after["owner"], "holders/mia");
  EXPECT_EQ(after["createTime"], before["createTime"]);
  EXPECT_NE(after["etag"], before["etag"]);
  EXPECT_EQ(office.Reveal("mia", "mueller"), "fixture-1");
  EXPECT_EQ(Each(office.Get("alice", {"access", "list", "--account", "mueller"})["grants"], "account"),
            (std::vector<std::string>(2, "accounts/mueller")));
  const Json exposures = office.Get("alice", {"exposure", "list", "--account", "mueller"})["exposures"];
  EXPECT_EQ(exposures[0]["version"], "accounts/mueller/secrets/password/versions/1");
  // Events from under the former id are found under the new one.
  EXPECT_THAT(office.Events({"--account", "mueller", "--type", "account.create"}), SizeIs(1));
  const Json event = office.Events({"--type", "account.rename"}).at(0);
  EXPECT_EQ(event["actor"], "holders/mia");
  EXPECT_EQ(Where(event["texts"], "field", "former")["text"], "accounts/mueler");
  EXPECT_EQ(Where(event["texts"], "field", "name")["text"], "accounts/mueller");
  EXPECT_EQ(Where(event["texts"], "field", "reason")["text"], "a typo");
}

TEST_F(Rename, TheFormerIdStaysTakenAndSaysWhereTheAccountIs) {
  office.Ok("mia", {"account", "rename", "mueler", "mueller"});
  EXPECT_THAT(office.Refused(6, "mia", {"account", "show", "mueler"}),
              HasSubstr("mueler is called mueller now"));
  EXPECT_THAT(office.Refused(6, "alice", {"secret", "list", "mueler"}),
              HasSubstr("mueler is called mueller now"));
  // Whoever may not see the account learns nothing.
  office.Refused(4, "sam", {"account", "show", "mueler"});
  const Args add{"account", "add", "mueler", "--platform", "x", "--owner", "omar"};
  EXPECT_THAT(office.Refused(7, "alice", add), HasSubstr("never given again"));
  office.AddAccount("other", "mia");
  office.Refused(7, "mia", {"account", "rename", "other", "mueler"});
  office.Refused(7, "mia", {"account", "rename", "mueller", "mueler"});
  WriteFile(office.dir() / "export.json",
            R"({"items":[{"id":"1","type":1,"name":"Mueler","login":{"password":"fixture-2"}}]})");
  EXPECT_EQ(office.Get("alice", {"import", office.dir() / "export.json"})["items"][0]["account"],
            "accounts/mueler-2");
}

TEST_F(Rename, IsRefusedWhereItCannotBeAndChangesNothing) {
  office.AddAccount("other", "mia");
  const std::string etag = office.Get("mia", {"account", "show", "mueler"})["etag"];
  office.Ok("mia", {"account", "update", "mueler", "--handle", "x"});
  const std::string before = office.State();
  EXPECT_THAT(office.Refused(7, "mia", {"account", "rename", "mueler", "other"}),
              HasSubstr("account other exists already"));
  office.Refused(7, "mia", {"account", "rename", "mueler", "mueller", "--etag", etag});
  EXPECT_THAT(office.Refused(2, "mia", {"account", "rename", "mueler", "Müller"}), HasSubstr("NEW"));
  office.Refused(2, "mia", {"account", "rename", "mueler", "mueler"});
  office.Refused(6, "alice", {"account", "rename", "unknown", "mueller"});
  office.Refused(4, "sam", {"account", "rename", "mueler", "mueller"});
  EXPECT_EQ(office.State(), before);
  office.Ok("alice", {"account", "archive", "other", "--yes"});
  office.Refused(7, "mia", {"account", "rename", "other", "another"});
}

}  // namespace
}  // namespace holdfast::testing
