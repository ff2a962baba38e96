// One officer alone, or whoever has an officer's enrollment string: what they cannot do by a side door.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LoneImport : public ::testing::Test {
 protected:
  LoneImport() {
    office.AddOmar();
    office.AddMember("mia");
    office.AddMember("sam");
    WriteFile(file, R"({"items":[{"id":"1","type":1,"name":"Top","notes":"fixture-note","login":{}}]})");
    office.Ok("omar", {"import", file, "--owner", "mia"});
    // What the officer would like the real password to be.
    WriteFile(file, R"({"items":[{"id":"1","type":1,"name":"Top","notes":"fixture-note",
                        "login":{"password":"fixture-mine"}}]})");
  }
  void RaiseTier() const {
    office.Ok("omar", {"account", "update", "top", "--backup", "sam"});
    office.Ok("omar", {"account", "update", "top", "--tier", "1"});
  }
  std::vector<std::string> Secrets() const {
    return Each(office.Get("omar", {"secret", "list", "top"})["secrets"], "name");
  }
  Outcome Import(const Args& more = {}) const {
    Args args = {"import", file, "--owner", "mia"};
    args.insert(args.end(), more.begin(), more.end());
    return office.Cli("omar", args);
  }

  Office office;
  const std::string file = office.dir() / "export.json";
};

TEST_F(LoneImport, PutsNothingIntoAnAccountOfTier1) {
  RaiseTier();
  for (const Args& more : std::vector<Args>{{"--dry-run"}, {}}) {
    const Outcome refused = Import(more);
    EXPECT_EQ(refused.exit_code, 2) << refused.out << refused.err;
    EXPECT_THAT(refused.err, AllOf(HasSubstr("rule secret.put-tier-1-by-two"),
                                   HasSubstr("holdfast secret put top password")));
    EXPECT_THAT(Secrets(), ElementsAre("accounts/top/secrets/note"));
  }
  EXPECT_EQ(office.Events({"--type", "secret.put", "--actor", "omar", "--outcome", "denied"}).size(), 2U);
}

TEST_F(LoneImport, AddsToAnAccountWhereTheOfficerMayPutValues) {
  const Outcome imported = Import();
  EXPECT_EQ(imported.exit_code, 0) << imported.out << imported.err;
  EXPECT_THAT(Secrets(), Contains("accounts/top/secrets/password"));
}

TEST(LoneOfficer, WithADeviceThatNobodyConfirmedHasNoPower) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddAccount("news", "mia");
  office.Put("mia", "news", "fixture-1");
  office.AddHolder("eve", "security", /*confirmer=*/"");
  office.AddHolder("ada", "auditor", /*confirmer=*/"");
  for (const char* thief : {"eve", "ada"}) {
    for (const Args& args : std::vector<Args>{{"audit", "log"},
                                              {"account", "show", "news"},
                                              {"holder", "list"},
                                              {"access", "revoke", "--account", "news", "--holder", "mia", "--yes"},
                                              {"account", "update", "news", "--handle", "x"}})
      office.Refused(4, thief, args);
    for (const char* list : {"account", "access", "exposure", "findings"})
      EXPECT_THAT(office.Ok(thief, {"-o", "jsonl", list, "list"}), IsEmpty()) << list;
    office.Ok(thief, {"status"});
  }
  office.Refused(4, "eve", {"secret", "put", "news", "password", "--from-file", "-"}, "fixture-2");
  EXPECT_EQ(office.Reveal("mia", "news"), "fixture-1");
  office.Ok("omar", {"holder", "confirm", "eve", "--fingerprint", office.Fingerprint("eve")});
  office.Ok("eve", {"audit", "log"});
}

}  // namespace
}  // namespace holdfast::testing
