// Policies as files: checked, tested and compared by somebody who has no vault.
#include "gmock/gmock.h"
#include "nlohmann/json.hpp"
#include "tests/harness/vault_fixture.h"

namespace holdfast::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

constexpr char kRule[] = R"toml(format = 1
name = "small"
[[rule]]
id = "read"
effect = "permit"
actions = ["account.read"]
when = { tier = [1, 2] }
why = "x"
)toml";

class PolicyFiles : public ::testing::Test {
 protected:
  std::string File(const std::string& name, const std::string& text) const {
    WriteFile(dir_ / name, text);
    return dir_ / name;
  }
  std::string Shipped() const { return ReadFile(std::string(HF_SOURCE_DIR) + "/policies/org.toml"); }

  // From the root of the source, as somebody who is enrolled nowhere.
  Outcome Policy(std::vector<std::string> args) const {
    std::vector<std::string> argv = {"/usr/bin/env", "-C", HF_SOURCE_DIR, HF_BIN_DIR "/holdfast", "policy"};
    argv.insert(argv.end(), args.begin(), args.end());
    return testing::Run(argv, "", {"HOLDFAST_HOME=" + (dir_ / "home")});
  }
  void ExpectRefused(const std::vector<std::string>& args, const std::string& out,
                     const std::string& err) const {
    const Outcome outcome = Policy(args);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_EQ(outcome.out, out);
    EXPECT_EQ(outcome.err, err);
  }

  TempDir dir_;
};

TEST_F(PolicyFiles, TheShippedOneIsLintedInOneLine) {
  const Outcome outcome = Policy({"lint", "policies/org.toml"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              MatchesRegex("policies/org.toml: [0-9]+ rules, [0-9]+ assertions proved over [0-9]+ points "
                           "in [0-9]+ ms\n"));
  EXPECT_EQ(outcome.err, "");
}

TEST_F(PolicyFiles, TheShippedOnePassesItsTests) {
  const Outcome outcome = Policy({"test", "policies/org.toml", "policies/tests/org.toml"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out, MatchesRegex("policies/tests/org.toml: [0-9]+ cases passed\n"));
}

TEST_F(PolicyFiles, TheShippedOneDiffersNotFromItself) {
  const Outcome outcome = Policy({"diff", "policies/org.toml", "policies/org.toml"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, MatchesRegex("nothing changes, of [0-9]+ points\n"));
}

TEST_F(PolicyFiles, EachProblemIsALineThatEditorsUnderstand) {
  const std::string bad = File("bad.toml", "format = 1\nname = \"bad\"\ncolour = \"red\"\n");
  const Outcome outcome = Policy({"lint", bad, "policies/org.toml"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.out, StartsWith(bad + ":3:1: unknown key of a policy: \"colour\""));
  EXPECT_THAT(outcome.out, HasSubstr("\npolicies/org.toml: "));  // the others are linted all the same
  EXPECT_EQ(outcome.err, "holdfast: " + bad + ": 1 problem\n");
}

TEST_F(PolicyFiles, ABrokenAssertionIsRefusedWithAnExample) {
  std::string text = Shipped();
  const std::string with_relation = R"(when = { tier = [3], relation = ["owner", "backup", "grantee"] })";
  ASSERT_NE(text.find(with_relation), text.npos);
  text.replace(text.find(with_relation), with_relation.size(), "when = { tier = [3] }");
  const Outcome outcome = Policy({"lint", File("loose.toml", text)});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.out, HasSubstr("assertion never.stranger-reveals is broken: secret.reveal with "));
  EXPECT_THAT(outcome.out, HasSubstr("relation none"));
  EXPECT_THAT(outcome.out, HasSubstr("by rule reveal.tier-3\n"));
}

TEST_F(PolicyFiles, FilesThatAreNoneAreRefused) {
  const std::string empty = File("empty.toml", "");
  const std::string missing = dir_ / "missing.toml";
  const std::string noise = File("noise.toml", std::string("\xff\xfe\0\x01", 4));
  ExpectRefused({"lint", missing}, "", "holdfast: there is no " + missing + "\n");
  ExpectRefused({"test", missing, empty}, "", "holdfast: there is no " + missing + "\n");
  ExpectRefused({"test", "policies/org.toml", missing}, "", "holdfast: there is no " + missing + "\n");
  ExpectRefused({"diff", "policies/org.toml", missing}, "", "holdfast: there is no " + missing + "\n");
  ExpectRefused({"test", "policies/org.toml", empty},
                empty + ":1:1: a file of tests has no \"case\": write each test as [[case]]\n",
                "holdfast: " + empty + ": 1 problem\n");
  for (const std::string& file : {empty, noise, std::string("policies/tests/org.toml")}) {
    for (const std::vector<std::string>& args : {std::vector<std::string>{"lint", file},
                                                 {"diff", "policies/org.toml", file},
                                                 {"test", file, file}}) {
      const Outcome outcome = Policy(args);
      EXPECT_EQ(outcome.exit_code, 2) << file;
      EXPECT_THAT(outcome.out, StartsWith(file + ":1:1: "));
      EXPECT_THAT(outcome.err, MatchesRegex("holdfast: .*: [0-9]+ problems?\n"));
    }
  }
  EXPECT_EQ(Policy({"lint", dir_ / "."}).exit_code, 2);
  EXPECT_EQ(Policy({"lint"}).exit_code, 2);
}

TEST_F(PolicyFiles, AFailingCaseSaysWhatCameAndWhy) {
  const std::string tests = File("tests.toml", R"toml([[case]]
name = "tier 3 is read too"
now = "2026-11-22T10:00:00Z"
action = "account.read"
resource = { tier = 3 }
expect = "allow"
[[case]]
name = "tier 2 is read"
now = "2026-11-22T10:00:00Z"
action = "account.read"
resource = { tier = 2 }
expect = "allow"
)toml");
  ExpectRefused(
      {"test", File("small.toml", kRule), tests},
      tests + ":1:1: tier 3 is read too: got deny by default.deny: no rule permits this; wanted allow\n" +
          "    deny by default.deny: no rule permits this\n" +
          "    permit read does not match: needs tier 1 or 2; is 3\n",
      "holdfast: 1 of 2 cases failed\n");
}

TEST_F(PolicyFiles, ADifferenceIsToldActionByAction) {
  std::string rule = std::string(kRule).substr(26);
  rule.replace(rule.find("1, 2"), 4, "1, 3");
  const std::string after = "format = 1\nname = \"small\"\n[tiers.1]\nmin_owners = 2\n" + rule;
  const Outcome outcome = Policy({"diff", File("before.toml", kRule), File("after.toml", after)});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "account.read\n"
            "  status active, key confirmed, tier 2:\n"
            "    allow (read) -> deny (default.deny)\n"
            "  status active, key confirmed, tier 3:\n"
            "    deny (default.deny) -> allow (read)\n"
            "  role member, status active, key unconfirmed, not additional_key, tier 2:\n"
            "    allow (read) -> deny (default.deny)\n"
            "  role member, status active, key unconfirmed, not additional_key, tier 3:\n"
            "    deny (default.deny) -> allow (read)\n"
            "limits\n"
            "  tiers.1.min_owners: 1 -> 2\n" +
                outcome.out.substr(outcome.out.rfind('\n', outcome.out.size() - 2) + 1));
  EXPECT_THAT(outcome.out, HasSubstr(" decided otherwise\n"));
}

TEST_F(PolicyFiles, ProgramsGetJson) {
  const Json linted = Json::parse(Policy({"-o", "json", "lint", "policies/org.toml"}).out);
  EXPECT_GT(linted.value("points", 0), 1000);
  EXPECT_EQ(linted["problems"], Json::array());

  const std::string bad = File("bad.toml", "format = 2\nname = \"bad\"\n");
  const Outcome outcome = Policy({"-o", "json", "lint", bad});
  EXPECT_EQ(outcome.exit_code, 2);
  const Json problem = Json::parse(outcome.out)["problems"][0];
  EXPECT_EQ(problem["line"], 1);
  EXPECT_EQ(problem["column"], 10);
  EXPECT_EQ(Json::parse(outcome.err)["error"]["details"][0]["reason"], "POLICY_INVALID");

  const Json tested =
      Json::parse(Policy({"-o", "json", "test", "policies/org.toml", "policies/tests/org.toml"}).out);
  EXPECT_EQ(tested["failed"], 0);
  EXPECT_GE(tested["cases"].size(), 40U);

  const Json difference =
      Json::parse(Policy({"-o", "json", "diff", File("empty.toml", "format = 1\nname = \"e\"\n"),
                          File("small.toml", kRule)})
                      .out);
  EXPECT_GT(difference.value("changedPoints", 0), 0);
  EXPECT_EQ(difference["changes"][0]["action"], "account.read");
  EXPECT_EQ(difference["changes"][0]["ruleAfter"], "read");
}

TEST_F(PolicyFiles, NamesInThemCannotRewriteATerminal) {
  const std::string tests =
      File("tests.toml",
           "[[case]]\nname = \"\\u001b[2Jgone\"\nnow = \"2026-11-22T10:00:00Z\"\naction = "
           "\"account.read\"\nexpect = \"allow\"\n");
  const Outcome outcome = Policy({"test", File("small.toml", kRule), tests});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace holdfast::testing
