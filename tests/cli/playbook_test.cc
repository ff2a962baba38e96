// Playbooks from the command line, as somebody who has no vault.
#include "gmock/gmock.h"
#include "nlohmann/json.hpp"
#include "tests/harness/vault_fixture.h"

namespace holdfast::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using Json = nlohmann::json;

class PlaybookFiles : public ::testing::Test {
 protected:
  std::string File(const std::string& name, const std::string& text) const {
    WriteFile(dir_ / name, text);
    return dir_ / name;
  }
  static std::string Shipped(const std::string& name) {
    return ReadFile(std::string(HF_SOURCE_DIR) + "/policies/playbooks/" + name);
  }
  // The shipped one with the first `from` replaced.
  static std::string Changed(const std::string& name, const std::string& from, const std::string& to) {
    std::string text = Shipped(name);
    EXPECT_NE(text.find(from), text.npos) << from;
    return text.replace(text.find(from), from.size(), to);
  }
  Outcome Playbook(std::vector<std::string> args) const {
    std::vector<std::string> argv = {HF_BIN_DIR "/holdfast", "playbook"};
    argv.insert(argv.end(), args.begin(), args.end());
    return testing::Run(argv, "", {"HOLDFAST_HOME=" + (dir_ / "home")});
  }

  TempDir dir_;
};

TEST_F(PlaybookFiles, AreListedWithoutAVault) {
  const Outcome outcome = Playbook({"list"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("PLATFORM"), HasSubstr("google-workspace"), HasSubstr("generic")));
  const Json json = Json::parse(Playbook({"list", "-o", "json"}).out);
  EXPECT_GE(json.at("playbooks").size(), 31U);
}

TEST_F(PlaybookFiles, AreShownByIdByHostAndByUrl) {
  const Outcome by_id = Playbook({"show", "x"});
  EXPECT_EQ(by_id.exit_code, 0) << by_id.err;
  EXPECT_THAT(by_id.out, AllOf(HasSubstr("Steps, in this order:"), HasSubstr("rotate-password"),
                               HasSubstr("two of security may waive it")));
  EXPECT_EQ(Playbook({"show", "https://mobile.twitter.com/acme"}).out, by_id.out);
  EXPECT_EQ(Playbook({"show", "X.com"}).out, by_id.out);
}

TEST_F(PlaybookFiles, ShowOnlyTheStepsForWhatAPersonKnows) {
  const auto steps = [&](std::vector<std::string> args) {
    args.insert(args.begin(), {"show", "x", "-o", "json"});
    std::vector<std::string> ids;
    const Json shown = Json::parse(Playbook(args).out);
    for (const Json& step : shown.at("steps")) ids.push_back(step.at("id"));
    return ids;
  };
  EXPECT_THAT(steps({"--knows", "totp"}), Not(::testing::Contains("rotate-password")));
  EXPECT_THAT(steps({"--knows", "totp"}), ::testing::Contains("re-enrol-totp"));
  EXPECT_THAT(steps({"--knows", "password,totp"}), ::testing::Contains("rotate-password"));
  EXPECT_THAT(steps({"--relation", "owner"}), Not(::testing::Contains("re-enrol-totp")));
  const Outcome bad = Playbook({"show", "x", "--knows", "face"});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.err, HasSubstr("--knows"));
}

TEST_F(PlaybookFiles, ThatAreNotThereAreSaidToBeWithWhatWasProbablyMeant) {
  const Outcome outcome = Playbook({"show", "instagramm"});
  EXPECT_EQ(outcome.exit_code, 6);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("there is no playbook for instagramm"),
                                 HasSubstr("did you mean instagram?"), HasSubstr("holdfast playbook list")));
  EXPECT_THAT(Playbook({"show", "\x1b[31mred"}).err, Not(HasSubstr("\x1b")));
}

TEST_F(PlaybookFiles, ThatAreShippedAreCleanAndPassTheirTests) {
  const Outcome lint = Playbook({"lint"});
  EXPECT_EQ(lint.exit_code, 0) << lint.out << lint.err;
  EXPECT_THAT(lint.out, HasSubstr("x.toml: 9 holds, all ended by 8 steps"));
  const Outcome test = Playbook({"test"});
  EXPECT_EQ(test.exit_code, 0) << test.out << test.err;
  EXPECT_THAT(test.out, MatchesRegex("playbooks.toml: [0-9]+ cases passed\n"));
}

TEST_F(PlaybookFiles, SayWhatEachFactRestsOn) {
  const Outcome outcome = Playbook({"lint", "--facts"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("vendor: OAuth FAQ (X API docs), https://docs.x.com/"));
  EXPECT_THAT(outcome.out, HasSubstr("? checked by step identify"));
  EXPECT_THAT(outcome.out, HasSubstr(" with a source, "));
}

TEST_F(PlaybookFiles, WithFaultsAreRefusedWithTheirPlaces) {
  const std::string path =
      File("x.toml", Changed("x.toml", "after = [\"recovery\"]\nsecret", "after = [\"recover\"]\nsecret"));
  const Outcome outcome = Playbook({"lint", path});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr(path + ":"), HasSubstr("there is no step \"recover\""),
                                 HasSubstr("does not come after \"recovery\"")));
  EXPECT_THAT(outcome.err, HasSubstr(path + ": 2 problems"));
  const std::string circle =
      File("circle.toml", Changed("x.toml", "ends = [\"recovery-email\", \"recovery-phone\"]",
                                  "ends = [\"recovery-email\", \"recovery-phone\"]\nafter = "
                                  "[\"sign-out\"]"));
  EXPECT_THAT(Playbook({"lint", circle}).out, HasSubstr(" -> "));
  EXPECT_EQ(Playbook({"lint", dir_ / "none.toml"}).exit_code, 2);
  const Json json = Json::parse(Playbook({"lint", path, "-o", "json"}).out);
  EXPECT_EQ(json.at("problems").size(), 2U);
}

TEST_F(PlaybookFiles, AreNamedLikeTheirPlaybooksAndTakeNoOthersHost) {
  EXPECT_THAT(Playbook({"lint", File("y.toml", Shipped("x.toml"))}).out,
              HasSubstr("the file is named y, its playbook x"));
  EXPECT_THAT(Playbook({"lint", File("z.toml", Changed("x.toml", "id = \"x\"", "id = \"z\""))}).out,
              HasSubstr("host x.com is that of playbook x already"));
}

TEST_F(PlaybookFiles, OfAnOrganisationReplaceShippedOnes) {
  File("x.toml", Changed("x.toml", "name = \"X (Twitter) account\"", "name = \"Our X\""));
  EXPECT_THAT(Playbook({"show", "x.com", "--dir", dir_.path()}).out, HasSubstr("Our X"));
  EXPECT_THAT(Playbook({"show", "x.com"}).out, Not(HasSubstr("Our X")));
  EXPECT_THAT(Playbook({"list", "--dir", dir_.path()}).out, HasSubstr("mastodon"));
  EXPECT_EQ(Playbook({"test", "--dir", dir_.path()}).exit_code, 0);
  File("bad.toml", "format = 1\n");
  const Outcome bad = Playbook({"show", "x", "--dir", dir_.path()});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.err, HasSubstr("bad.toml"));
  const Outcome none = Playbook({"list", "--dir", dir_ / "nowhere"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("--dir"));
}

TEST_F(PlaybookFiles, FailTestsThatExpectSomethingElse) {
  const std::string tests = File("tests.toml",
                                 "[[case]]\nname = \"wrong\"\nplatform = \"x.com\"\nplaybook = \"reddit\"\n"
                                 "[[case]]\nname = \"right\"\nplatform = \"x.com\"\nplaybook = \"x\"\n");
  const Outcome outcome = Playbook({"test", tests});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.out, tests + ":1:1: wrong: got playbook \"x\", wanted \"reddit\"\n");
  EXPECT_THAT(outcome.err, HasSubstr("1 of 2 cases failed"));
}

}  // namespace
}  // namespace holdfast::testing
