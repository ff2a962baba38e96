// People knew values before the vault came: an imported value that a leaver knows must be replaced.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class KnownBy : public ::testing::Test {
 protected:
  KnownBy() {
    office.AddOmar();
    for (const char* member : {"mia", "sam", "ben"}) office.AddMember(member);
    WriteFile(file, R"({"items":[{"id":"1","type":1,"name":"Press","login":{"password":"fixture-2"},
                        "passwordHistory":[{"lastUsedDate":"2026-01-01T00:00:00Z","password":"fixture-1"}]}]})");
  }
  Json Import(const Args& more) const {
    Args args = {"import", file, "--owner", "mia"};
    args.insert(args.end(), more.begin(), more.end());
    return office.Get("alice", args);
  }
  // "password/versions/1 KNOWN" ...
  std::vector<std::string> Knows(const std::string& holder) const {
    const Json exposures = office.Get("alice", {"exposure", "list", "--holder", holder})["exposures"];
    std::vector<std::string> all;
    for (const Json& exposure : exposures)
      all.push_back(
          exposure["version"].get<std::string>().substr(std::string("accounts/press/secrets/").size()) + " " +
          exposure["kind"].get<std::string>().substr(std::string("EXPOSURE_KIND_").size()));
    return all;
  }

  Office office;
  const std::string file = office.dir() / "export.json";
};

TEST_F(KnownBy, TheOwnerIsPresumedToKnowEveryVersion) {
  Import({});
  EXPECT_THAT(Knows("mia"), ElementsAre("password/versions/1 KNOWN", "password/versions/2 KNOWN"));
  EXPECT_THAT(Knows("alice"), ElementsAre("password/versions/1 IMPORTED", "password/versions/2 IMPORTED"));
  EXPECT_THAT(Knows("sam"), IsEmpty());
  // So when the owner goes, it must be replaced, though she never revealed it here.
  EXPECT_THAT(office.Get("alice", {"handover", "plan", "mia", "--to", "sam"})["tasks"],
              SizeIs(1));
}

TEST_F(KnownBy, NobodyButTheImporterWhenThatIsSaid) {
  Import({"--known-by", "none"});
  EXPECT_THAT(Knows("mia"), IsEmpty());
  EXPECT_THAT(Knows("alice"), SizeIs(2));
  EXPECT_THAT(Each(office.Events({"--type", "import.*"}), "type"), Not(Contains("import.known")));
}

TEST_F(KnownBy, TheImporterNamesTheOthersAndEachIsOnTheRecord) {
  Import({"--known-by", "sam,ben"});
  for (const char* holder : {"mia", "sam", "ben"})
    EXPECT_THAT(Knows(holder), ElementsAre("password/versions/1 KNOWN", "password/versions/2 KNOWN"))
        << holder;
  const Json events = office.Events({"--type", "import.known"});
  EXPECT_THAT(Each(events, "subject"),
              ::testing::UnorderedElementsAre("holders/mia", "holders/sam", "holders/ben"));
  EXPECT_EQ(Each(events, "actor"), std::vector<std::string>(3, "holders/alice"));
  EXPECT_THAT(office.Get("alice", {"handover", "plan", "sam"})["tasks"], SizeIs(1));
}

TEST_F(KnownBy, CanBeSaidAfterwardsOfValuesThatAreTheSame) {
  Import({"--known-by", "none"});
  EXPECT_EQ(Import({"--known-by", "sam"})["items"][0]["outcome"], "unchanged");
  EXPECT_THAT(Knows("sam"), ElementsAre("password/versions/2 KNOWN"));
  EXPECT_THAT(Knows("mia"), IsEmpty());  // it was said that she does not
}

TEST_F(KnownBy, TheOwnerOfAnAccountThatIsThereIsMeantNotTheOneOfTheRun) {
  Import({"--known-by", "none"});
  Json more = Json::parse(ReadFile(file));
  more["items"][0]["notes"] = "fixture note";
  WriteFile(file, more.dump());
  office.Get("alice", {"import", file, "--owner", "sam"});
  EXPECT_THAT(Knows("mia"), ElementsAre("note/versions/1 KNOWN"));
  EXPECT_THAT(Knows("sam"), IsEmpty());
}

TEST_F(KnownBy, NamesThatAreNoneAreRefusedAndADryRunRecordsNothing) {
  const std::string before = office.State();
  const auto refused = [&](const std::string& names) {
    return office.Refused(2, "alice", {"import", file, "--owner", "mia", "--known-by", names});
  };
  EXPECT_THAT(refused("sam,nobody-here"), AllOf(HasSubstr("--known-by"), HasSubstr("nobody-here")));
  EXPECT_THAT(refused("none,sam"), HasSubstr("--known-by"));
  EXPECT_THAT(refused("Sam Smith"), HasSubstr("--known-by"));
  Import({"--known-by", "sam", "--dry-run"});
  EXPECT_THAT(Knows("sam"), IsEmpty());
  EXPECT_EQ(office.State(), before);
}

TEST_F(KnownBy, ThePlainSummarySaysWhoCountsAsKnowing) {
  EXPECT_THAT(
      office.Cli("alice", {"import", file, "--owner", "mia"}).err,
      AllOf(HasSubstr("You count as knowing"), HasSubstr("So do the owners"), HasSubstr("--known-by")));
}

}  // namespace
}  // namespace holdfast::testing
