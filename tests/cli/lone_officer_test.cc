// One officer alone, or whoever has an officer's enrollment string: what they cannot do by a side door.
#include <csignal>
#include <filesystem>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> Rules(const Office& office, const std::string& reader) {
  return Each(office.Get(reader, {"findings", "list"})["findings"], "rule");
}

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
                                              {"account", "update", "news", "--handle", "x"},
                                              {"account", "list"},
                                              {"access", "list"},
                                              {"exposure", "list"},
                                              {"findings", "list"}})
      office.Refused(4, thief, args);
    office.Ok(thief, {"status"});
  }
  office.Refused(4, "eve", {"secret", "put", "news", "password", "--from-file", "-"}, "fixture-2");
  EXPECT_EQ(office.Reveal("mia", "news"), "fixture-1");
  office.Ok("omar", {"holder", "confirm", "eve", "--fingerprint", office.Fingerprint("eve")});
  office.Ok("eve", {"audit", "log"});
}

TEST(LoneOfficer, WhoEndsAnotherOfficersLastDeviceIsSeenAndDoesNotDoSoAgain) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddHolder("ada", "auditor", "omar");
  const auto revoke = [](const std::string& fingerprint) {
    return Args{"holder", "revoke-key", "alice", "--fingerprint", fingerprint, "--yes", "--reason", "stolen"};
  };
  const Outcome ended = office.Cli("omar", revoke(office.Fingerprint("alice")));
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("critical finding"));
  for (const char* reader : {"omar", "ada"}) EXPECT_THAT(Rules(office, reader), Contains("floor.locked-out"));

  ASSERT_EQ(office.Stop(SIGTERM), 0);
  const Outcome offline = office.Server({"enroll", "--data-dir", office.data_dir(), "alice"});
  ASSERT_EQ(offline.exit_code, 0) << offline.err;
  ASSERT_TRUE(office.Start());
  std::filesystem::remove_all(office.home("alice"));
  const std::string second = office.Enroll("alice", offline.out.substr(0, offline.out.find('\n')));
  // The device that brings her back is not ended before anybody can confirm it, nor after.
  EXPECT_THAT(office.Refused(7, "omar", revoke(second)), HasSubstr("holdfast holder suspend alice"));
  EXPECT_THAT(Rules(office, "ada"), Contains("floor.locked-out"));
  office.Ok("mia", {"holder", "confirm", "alice", "--fingerprint", second});
  EXPECT_THAT(Rules(office, "ada"), Not(Contains("floor.locked-out")));
  office.Refused(7, "omar", revoke(second));
  office.Ok("alice", {"audit", "log"});
  office.RestartAhead(31 * 24 * 3600);
  office.Ok("omar", revoke(second));
}

TEST(LoneOfficer, AMembersDevicesAreEndedAsOftenAsNeeded) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  for (int i = 0; i < 2; ++i) {
    const std::string fingerprint = office.Fingerprint("mia");
    office.Ok("omar", {"holder", "revoke-key", "mia", "--fingerprint", fingerprint, "--yes"});
    EXPECT_THAT(Rules(office, "omar"), Not(Contains("floor.locked-out")));
    std::filesystem::remove_all(office.home("mia"));
    const std::string next = office.Enroll("mia", office.NewString("mia"));
    office.Ok("omar", {"holder", "confirm", "mia", "--fingerprint", next});
  }
}

}  // namespace
}  // namespace holdfast::testing
