// An account's platform is the id of its playbook, however it was typed.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Platforms : public ::testing::Test {
 protected:
  Platforms() { office.AddOmar(); }
  std::string Added(const std::string& id, const std::string& platform) {
    return office.Get("alice", {"account", "add", id, "--platform", platform, "--owner", "omar"})["platform"];
  }
  std::vector<std::string> WithoutPlaybook() {
    return Each(office.Get("alice", {"findings", "list", "--rule", "account.no-playbook"})["findings"],
                "account");
  }

  Office office;
};

TEST_F(Platforms, AreTakenFromHostsAndLinks) {
  EXPECT_EQ(Added("a", "instagram"), "instagram");
  EXPECT_EQ(Added("b", "https://www.instagram.com/acme/?hl=de&igsh=" + std::string(100, 'z')), "instagram");
  EXPECT_EQ(Added("c", "mobile.twitter.com"), "x");
  EXPECT_THAT(WithoutPlaybook(), IsEmpty());
}

TEST_F(Platforms, ThatNobodyKnowsStayAsTheyAreAndAreToldUntilSomebodyNamesAPlaybook) {
  EXPECT_EQ(Added("fax", "the fax in the basement"), "the fax in the basement");
  EXPECT_THAT(WithoutPlaybook(), ::testing::ElementsAre("accounts/fax"));
  EXPECT_THAT(office.Ok("omar", {"findings", "list"}), HasSubstr("holdfast playbook list"));
  const Json changed =
      office.Get("omar", {"account", "update", "fax", "--platform", "https://acme.slack.com/"});
  EXPECT_EQ(changed["platform"], "slack");
  EXPECT_THAT(WithoutPlaybook(), IsEmpty());
  EXPECT_THAT(office.Refused(2, "omar", {"account", "update", "fax", "--platform", ""}),
              HasSubstr("platform"));
  EXPECT_THAT(office.Refused(2, "omar", {"account", "update", "fax", "--platform", std::string(65, 'p')}),
              HasSubstr("platform"));
  EXPECT_EQ(office.Get("omar", {"account", "show", "fax"})["platform"], "slack");
}

TEST_F(Platforms, OfImportedLoginsComeFromTheirHosts) {
  Json source = Json::parse(ReadFile(FixturePath("bitwarden.json")));
  Json items = Json::array();
  for (const char* uri : {"https://www.reddit.com/login", "https://shop.nowhere.example/"}) {
    Json item = source["items"][0];
    item["id"] = std::string("id-") + uri;
    item["name"] = uri;
    item["login"]["uris"] = {{{"match", nullptr}, {"uri", uri}}};
    items.push_back(item);
  }
  source["items"] = items;
  WriteFile(office.dir() / "export.json", source.dump());
  office.Ok("alice", {"import", office.dir() / "export.json", "--owner", "omar"});
  EXPECT_THAT(Each(office.Get("omar", {"account", "list"})["accounts"], "platform"),
              ::testing::UnorderedElementsAre("reddit", "shop.nowhere.example"));
}

}  // namespace
}  // namespace holdfast::testing
