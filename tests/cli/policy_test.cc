// The policy's whole life by the command line: linted, staged, activated by two, in force, explained.
// Whatever is wrong leaves the old one serving.
#include <sstream>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string Shipped() { return ReadFile(std::string(HF_SOURCE_DIR) + "/policies/org.toml"); }

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return at == text.npos ? text : text.replace(at, from.size(), to);
}

// Alice and omar are officers, mia and gus members; mia owns "usual" of tier 3, to which gus has access.
class PolicyStory : public Office {
 public:
  PolicyStory() {
    AddOmar();
    AddMember("mia");
    AddMember("gus");
    AddAccount("usual", "mia", {"--tier", "3"});
    Put("mia", "usual", "fixture-usual");
    Ok("mia", {"access", "grant", "--account", "usual", "--holder", "gus"});
  }

  std::string File(const std::string& name, const std::string& text) const {
    WriteFile(dir() / name, text);
    return dir() / name;
  }
  // In which no grantee reveals anything of tier 3.
  std::string OwnersOnly() const {
    return File("owners.toml",
                Replaced(Shipped(), R"(when = { tier = [3], relation = ["owner", "backup", "grantee"] })",
                         R"(when = { tier = [3], relation = ["owner", "backup"] })"));
  }
  std::string Stage(const std::string& file) const {
    const std::string name = Get("alice", {"policy", "stage", file, "--reason", "tighter"}).value("name", "");
    return name.substr(name.find('/') + 1);
  }
  std::string Hash() const { return Get("mia", {"status"}).value("policyHash", ""); }
  std::string Sha256(const std::string& path) const {
    return holdfast::testing::Run({"/usr/bin/sha256sum", path}).out.substr(0, 64);
  }
  // Of all events, oldest first.
  std::vector<Json> Leaves() const {
    std::istringstream lines(Ok("alice", {"-q", "audit", "export"}));
    std::vector<Json> leaves;
    for (std::string line; std::getline(lines, line);) {
      const Json entry = Json::parse(line);
      if (entry.contains("leaf")) leaves.push_back(Json::parse(entry.value("leaf", "")));
    }
    return leaves;
  }
  // Alice asks; the name of the approval that it takes.
  std::string Ask(const std::string& id) const {
    const Json error = Error(5, "alice", {"policy", "activate", id, "--reason", "tighter"});
    const Json& details = error["details"][0];
    EXPECT_EQ(details["reason"], "APPROVAL_REQUIRED");
    const std::string approval = details["metadata"].value("approval", "");
    EXPECT_THAT(approval, StartsWith("approvals/"));
    return approval;
  }
  void Activate(const std::string& id) const {
    Ask(id);
    Ok("omar", {"policy", "approve", id, "--reason", "read it"});
    Ok("alice", {"policy", "activate", id, "--reason", "tighter"});
  }
};

TEST(Policy, ANewVaultIsDecidedByTheShippedFileAndEveryEventSaysSo) {
  PolicyStory office;
  const std::string shipped = std::string(HF_SOURCE_DIR) + "/policies/org.toml";
  const std::string hash = office.Hash();
  EXPECT_EQ(hash, office.Sha256(shipped));
  EXPECT_THAT(office.Ok("mia", {"status"}), HasSubstr(hash));
  EXPECT_EQ(office.Ok("mia", {"policy", "show", "--source"}), Shipped());
  const auto leaves = office.Leaves();
  ASSERT_GT(leaves.size(), 10U);
  for (const Json& leaf : leaves) EXPECT_EQ(leaf["policy"], hash) << leaf;
}

TEST(Policy, IsLintedStagedApprovedByAnotherOfficerAndThenInForce) {
  PolicyStory office;
  const std::string file = office.OwnersOnly();
  const std::string old = office.Hash();
  EXPECT_THAT(office.Ok("alice", {"policy", "lint", file}), HasSubstr("proved over"));
  const std::string told = office.Ok("alice", {"policy", "stage", file, "--reason", "tighter"});
  EXPECT_THAT(told, HasSubstr("policies/2"));
  EXPECT_THAT(told, HasSubstr(office.Sha256(file)));
  EXPECT_THAT(told, HasSubstr("against policies/1, which is in force"));
  EXPECT_THAT(told, HasSubstr("allow (reveal.tier-3) -> deny (default.deny)"));
  EXPECT_EQ(office.Hash(), old);
  EXPECT_EQ(office.Reveal("gus", "usual"), "fixture-usual");

  EXPECT_THAT(office.Refused(2, "alice", {"policy", "activate", "2"}), HasSubstr("--reason"));
  const std::string approval = office.Ask("2");
  EXPECT_EQ(office.Ask("2"), approval) << "the same call waits for the same approval";
  EXPECT_THAT(office.Refused(4, "alice", {"policy", "approve", "2"}),
              HasSubstr("floor.requester-is-not-approver"));
  office.Refused(6, "mia", {"policy", "approve", "2"});
  office.Refused(4, "mia", {"policy", "activate", "2", "--reason", "let me"});
  EXPECT_EQ(office.Ask("2"), approval);
  EXPECT_EQ(office.Hash(), old);
  const Json approved = office.Get("omar", {"policy", "approve", "2", "--reason", "read it"});
  EXPECT_EQ(approved["name"], approval);
  EXPECT_EQ(approved["stagedPolicy"], "policies/2");
  EXPECT_EQ(office.Hash(), old);
  office.Refused(6, "omar", {"policy", "approve", "2"});

  const Json active = office.Get("alice", {"policy", "activate", "2", "--reason", "tighter"});
  EXPECT_EQ(active["state"], "POLICY_STATE_ACTIVE");
  EXPECT_EQ(office.Hash(), office.Sha256(file));
  EXPECT_EQ(office.Refused(4, "gus", {"secret", "reveal", "usual", "password"}),
            "nothing permits you secret.reveal of usual: it needs relation owner or backup (now grantee)\n");
  EXPECT_EQ(office.Error(4, "gus", {"secret", "reveal", "usual", "password"})["details"][0]["metadata"]["rule"],
            "default.deny");
  EXPECT_EQ(office.Reveal("mia", "usual"), "fixture-usual");
  EXPECT_EQ(office.Ok("mia", {"policy", "show", "--source"}), ReadFile(file));
  EXPECT_EQ(office.Ok("mia", {"policy", "show", "1", "--source"}), Shipped());
  office.Refused(7, "alice", {"policy", "activate", "2", "--reason", "again"});
  office.Refused(7, "alice", {"policy", "stage", file});

  // The activation was decided by the old one; what came after it by the new one.
  std::string in_force = old;
  for (const Json& leaf : office.Leaves()) {
    EXPECT_EQ(leaf["policy"], in_force) << leaf;
    if (leaf["type"] != "policy.activate" || leaf["outcome"] != "allowed") continue;
    EXPECT_FALSE(leaf["approval"].is_null()) << leaf;
    in_force = office.Sha256(file);
  }
  EXPECT_EQ(in_force, office.Hash());
  EXPECT_THAT(office.Events({"--type", "policy.activate", "--outcome", "allowed"})[0].dump(),
              HasSubstr(in_force));
  office.Restart();
  EXPECT_EQ(office.Hash(), office.Sha256(file));
  office.Refused(4, "gus", {"secret", "reveal", "usual", "password"});
}

TEST(Policy, ABadOneOfAnyKindIsToldByLineAndColumnAndLeavesTheOldOneServing) {
  PolicyStory office;
  const std::string hash = office.Hash();
  struct Bad {
    std::string name;
    std::string text;
    std::string where;  // in what is printed
  };
  const std::string shipped = Shipped();
  const std::vector<Bad> bad = {
      {"empty", "", "1:1: "},
      {"noise", "\x01\x02\x03", "1:1: "},
      {"not-toml", "format = 1\nname = \n", "2:"},
      {"unknown-key", "format = 1\nname = \"x\"\ncolour = 1\n", "3:1: "},
      {"later-format", Replaced(shipped, "format = 1", "format = 2"), "format 2 is not known"},
      {"unknown-action", Replaced(shipped, "\"secret.reveal\"", "\"secret.revael\""), "secret.revael"},
      {"wrong-type", Replaced(shipped, "min_owners = 2", "min_owners = \"2\""), "min_owners"},
      {"twice", Replaced(shipped, "id = \"reveal.tier-2\"", "id = \"reveal.tier-1\""), "reveal.tier-1"},
      {"unreachable",
       shipped + "[[rule]]\nid = \"a\"\neffect = \"permit\"\nactions = [\"secret.reveal\"]\n"
                 "when = { role = [\"auditor\"] }\nwhy = \"x\"\n",
       "rule a is unreachable"},
      {"broken-assertion",
       Replaced(shipped, R"(when = { tier = [3], relation = ["owner", "backup", "grantee"] })",
                "when = { tier = [3] }"),
       "never.stranger-reveals"},
      {"locks-out", "format = 1\nname = \"x\"\n", "locks everybody out"},
  };
  for (const Bad& each : bad) {
    const std::string file = office.File(each.name + ".toml", each.text);
    const Outcome staged = office.Cli("alice", {"policy", "stage", file});
    EXPECT_EQ(staged.exit_code, 2) << each.name << staged.out << staged.err;
    EXPECT_THAT(staged.out + staged.err, HasSubstr(each.where)) << each.name;
    EXPECT_THAT(staged.out + staged.err, HasSubstr(each.name + ".toml")) << each.name;
    EXPECT_EQ(office.Cli("alice", {"policy", "lint", file}).exit_code, 2) << each.name;
  }
  office.Refused(2, "alice", {"policy", "stage", office.dir() / "missing.toml"});
  office.Refused(2, "alice", {"policy", "stage", office.dir().path()});
  const std::string tests = office.File(
      "tests.toml",
      "[[case]]\nname = \"all is open\"\nnow = \"2026-11-22T10:00:00Z\"\naction = \"secret.reveal\"\n"
      "expect = \"allow\"\n");
  EXPECT_THAT(office.Refused(2, "alice", {"policy", "stage", office.OwnersOnly(), "--tests", tests}),
              HasSubstr("tests.toml: 1:1: \"all is open\": got deny"));
  EXPECT_EQ(office.Get("alice", {"policy", "list"})["policies"].size(), 1U) << "nothing was kept";
  EXPECT_EQ(office.Hash(), hash);
  EXPECT_EQ(office.Reveal("gus", "usual"), "fixture-usual");
}

TEST(Policy, EditedFilesAloneChangeNothing) {
  PolicyStory office;
  const std::string hash = office.Hash();
  // Wherever somebody may think that the server looks: where it runs, and beside its data.
  for (const std::string& place : {office.dir().path(), office.data_dir()}) {
    ASSERT_EQ(holdfast::testing::Run({"/bin/mkdir", "-p", place + "/policies"}).exit_code, 0);
    WriteFile(place + "/policies/org.toml", ReadFile(office.OwnersOnly()));
    WriteFile(place + "/org.toml", ReadFile(office.OwnersOnly()));
  }
  EXPECT_EQ(office.Hash(), hash);
  EXPECT_EQ(office.Reveal("gus", "usual"), "fixture-usual");
  office.Restart();
  EXPECT_EQ(office.Hash(), hash);
  EXPECT_EQ(office.Reveal("gus", "usual"), "fixture-usual");
  // A staged file that is edited afterwards is activated as it was staged.
  const std::string file = office.OwnersOnly();
  const std::string staged = office.Sha256(file);
  const std::string id = office.Stage(file);
  WriteFile(file, Shipped() + "# edited\n");
  office.Activate(id);
  EXPECT_EQ(office.Hash(), staged);
}

TEST(Policy, AnotherOneInForceVoidsWhatWaits) {
  PolicyStory office;
  const std::string first = office.Stage(office.OwnersOnly());
  const std::string second = office.Stage(office.File("note.toml", Shipped() + "# note\n"));
  office.Ask(first);
  office.Activate(second);
  office.Refused(6, "omar", {"policy", "approve", first});
  office.Activate(first);
  // And back again, as what it was.
  office.Refused(7, "alice", {"policy", "activate", "1", "--reason", "back"});
  office.Activate(
      office.Stage(office.File("back.toml", office.Ok("mia", {"policy", "show", "1", "--source"}))));
  EXPECT_EQ(office.Hash(), office.Sha256(std::string(HF_SOURCE_DIR) + "/policies/org.toml"));
  const Json list = office.Get("mia", {"policy", "list"})["policies"];
  EXPECT_EQ(Each(list, "state"),
            (std::vector<std::string>{"POLICY_STATE_SUPERSEDED", "POLICY_STATE_SUPERSEDED",
                                      "POLICY_STATE_SUPERSEDED", "POLICY_STATE_ACTIVE"}));
}

TEST(Policy, IsStagedBySecurityAndReadByEverybody) {
  PolicyStory office;
  const std::string file = office.OwnersOnly();
  EXPECT_THAT(office.Refused(4, "mia", {"policy", "stage", file}), HasSubstr("floor.policy-by-security"));
  EXPECT_EQ(office.Events({"--type", "policy.stage", "--outcome", "denied"}).size(), 1U);
  EXPECT_THAT(office.Ok("mia", {"policy", "show", "--floor"}), HasSubstr("floor.requester-is-not-approver"));
  EXPECT_THAT(office.Ok("mia", {"policy", "show"}), HasSubstr("policies/1"));
  EXPECT_THAT(office.Ok("mia", {"policy", "diff", "active", file}), HasSubstr("decided otherwise"));
  EXPECT_THAT(office.Ok("mia", {"policy", "diff", "policies/1", "active"}), HasSubstr("nothing changes"));
  office.Refused(6, "mia", {"policy", "show", "99"});
  office.Refused(6, "mia", {"policy", "show", "none"});
  office.Refused(2, "mia", {"policy", "show", "No/Such"});
  office.Refused(6, "alice", {"policy", "activate", "99", "--reason", "x"});
  office.Refused(7, "alice", {"policy", "activate", "1", "--reason", "x"});
}

TEST(Policy, ExplainsWhatItWouldSayAndWhatWouldBeNeeded) {
  PolicyStory office;
  const Args reveal{"--action", "secret.reveal", "--account", "usual", "--secret", "password"};
  const auto explain = [&](const std::string& holder, const Args& more) {
    Args args{"policy", "explain", "--holder", holder};
    args.insert(args.end(), more.begin(), more.end());
    return args;
  };
  const Json gus = office.Get("alice", explain("gus", reveal));
  EXPECT_EQ(gus["effect"], "DECISION_EFFECT_ALLOW");
  EXPECT_EQ(gus["rule"], "reveal.tier-3");
  EXPECT_EQ(gus["policyHash"], office.Hash());
  const Json omar = office.Get("alice", explain("omar", reveal));
  EXPECT_EQ(omar["effect"], "DECISION_EFFECT_DENY");
  EXPECT_EQ(omar["rule"], "default.deny");
  const Json near = Where(omar["unmatched"], "rule", "reveal.tier-3");
  EXPECT_THAT(near["needs"].dump(), HasSubstr("needs relation owner, backup or grantee; is none"));
  EXPECT_EQ(near["needs"].size(), 1U);
  office.AddAccount("top", "mia", {"--tier", "1", "--backup", "gus"});
  const std::string text =
      office.Ok("mia", explain("mia", {"--action", "secret.reveal", "--account", "top"}));
  EXPECT_THAT(text, StartsWith("needs more (rule reveal.tier-1: "));
  EXPECT_THAT(text, HasSubstr("missing: reason"));
  EXPECT_THAT(text, HasSubstr("missing: approval by 1 of owner, backup, security"));
  EXPECT_THAT(text, HasSubstr("the confirmed device " + office.Fingerprint("mia")));

  // Nobody learns by it what they may not see.
  office.Refused(4, "mia", explain("gus", reveal));
  office.AddAccount("hidden", "alice");
  const Args hidden{"--action", "secret.reveal", "--account", "hidden"};
  const Args absent{"--action", "secret.reveal", "--account", "absent"};
  EXPECT_EQ(office.Refused(4, "mia", explain("mia", hidden)),
            office.Refused(4, "mia", explain("mia", absent)));
  EXPECT_THAT(office.Refused(2, "mia", explain("mia", {"--action", "secret.look"})), HasSubstr("--action"));
  office.Refused(6, "alice", explain("nobody", reveal));

  office.Ok("alice", {"holder", "suspend", "gus", "--reason", "away"});
  EXPECT_EQ(office.Get("alice", explain("gus", reveal))["rule"], "floor.inactive");
  EXPECT_EQ(office.Events({"--type", "secret.reveal"}).size(), 0U) << "nothing was asked for";
}

}  // namespace
}  // namespace holdfast::testing
