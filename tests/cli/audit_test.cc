// The record: found by filter, exported, and verified by the client, by an outsider and against what was seen
// before.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<std::string> Lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class Audit : public ::testing::Test {
 protected:
  Audit() {
    office.AddOmar();
    office.AddMember("mia");
    office.AddHolder("ada", "auditor", "omar");
    office.AddAccount("news", "mia");
    office.Put("mia", "news", "fixture-1");
    office.Reveal("mia", "news", {"--reason", "für die Frühausgabe \"heute\""});
    office.Refused(4, "omar", {"secret", "reveal", "news", "password"});
  }

  std::string Export(const std::string& name) const {
    const std::string path = office.dir() / name;
    office.Ok("ada", {"audit", "export", "--out", path});
    return path;
  }
  // Verifies changed lines offline; the answer must be exit code 9.
  std::string Tampered(const std::vector<std::string>& lines) const {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    const std::string path = office.dir() / "tampered";
    WriteFile(path, text);
    EXPECT_NE(Outsider(path).exit_code, 0);
    return office.Refused(9, "ada", {"audit", "verify", "--file", path});
  }
  // The vault's public key, as ada's device keeps it.
  std::string Verifier() const {
    return Json::parse(ReadFile(office.home("ada") + "/identity.json"))["checkpoint_verifier"];
  }
  Outcome Outsider(const std::string& path) const { return Outsider(path, Verifier()); }
  static Outcome Outsider(const std::string& path, const std::string& verifier) {
    // -O: a check must not be one that Python leaves out.
    return holdfast::testing::Run(
        {"/usr/bin/python3", "-O", std::string(HF_SOURCE_DIR) + "/tests/cli/verify_export.py", path, verifier});
  }

  Office office;
};

TEST_F(Audit, LogIsFoundByActorAccountSubjectTypeOutcomeAndTime) {
  const auto count = [&](const Args& filters) { return office.Events(filters, "ada").size(); };
  EXPECT_EQ(count({"--actor", "mia", "--type", "secret.*"}), 2U);
  EXPECT_EQ(count({"--account", "news", "--type", "secret.reveal"}), 2U);
  EXPECT_EQ(count({"--account", "news", "--type", "secret.reveal", "--outcome", "denied"}), 1U);
  EXPECT_EQ(count({"--account", "news", "--secret", "password", "--actor", "mia", "--type", "secret.reveal"}),
            1U);
  EXPECT_EQ(count({"--subject", "mia", "--type", "key.*"}), 2U);  // enrolled, confirmed
  EXPECT_EQ(count({"--limit", "3"}), 3U);
  EXPECT_GT(count({"--since", "1h"}), 10U);
  EXPECT_EQ(count({"--until", "2020-01-01"}), 0U);
  EXPECT_THAT(office.Refused(2, "ada", {"audit", "log", "--secret", "password"}), HasSubstr("--account"));
  office.Refused(2, "ada", {"audit", "log", "--since", "yesterday"});
  office.Refused(4, "mia", {"audit", "log"});
  office.Refused(4, "mia", {"audit", "export"});
  office.Refused(4, "mia", {"audit", "verify"});

  const Json event = office.Events({"--actor", "mia", "--type", "secret.reveal"}, "ada")[0];
  EXPECT_EQ(event["secret"], "accounts/news/secrets/password");
  EXPECT_EQ(event["version"], "1");
  EXPECT_EQ(event["outcome"], "OUTCOME_ALLOWED");
  EXPECT_EQ(event["rule"], "reveal.tier-2");
  EXPECT_EQ(Where(event["texts"], "field", "reason")["text"], "für die Frühausgabe \"heute\"");
  const std::string table = office.Ok("ada", {"audit", "log", "--actor", "mia", "--type", "secret.reveal"});
  EXPECT_THAT(table, HasSubstr("für die Frühausgabe"));
  EXPECT_GT(count({"--type", "audit.read", "--actor", "ada"}), 8U);  // reading the log is on record too
}

TEST_F(Audit, VerifiesOnlineAndOfflineAndByAnOutsidersScript) {
  EXPECT_THAT(office.Ok("ada", {"audit", "verify"}), HasSubstr("no older checkpoint to compare with"));
  EXPECT_THAT(office.Ok("ada", {"audit", "verify"}),
              HasSubstr("no entry missing or changed since checkpoint of size"));
  const std::string path = Export("export");
  EXPECT_THAT(office.Ok("ada", {"audit", "verify", "--file", path}), StartsWith("verified: "));
  const Outcome outsider = Outsider(path);
  EXPECT_EQ(outsider.exit_code, 0) << outsider.err;
  const Json verified = office.Get("ada", {"audit", "verify", "--file", path});
  EXPECT_THAT(outsider.out, HasSubstr(verified["root"].get<std::string>()));
  EXPECT_EQ(verified["entries"], Lines(ReadFile(path)).size() - 1);
  EXPECT_EQ(verified["absent_texts"], 0);

  // Somebody who is not even enrolled, with the public key alone.
  const std::string key = Verifier();
  office.Ok("stranger", {"audit", "verify", "--file", path, "--verifier", key});
  EXPECT_THAT(office.Refused(2, "ada", {"audit", "verify", "--file", path, "--verifier", "x"}),
              HasSubstr("--verifier"));
  office.Refused(2, "ada", {"audit", "verify", "--file", "/nonexistent"});
}

TEST_F(Audit, ExportsThatWereTamperedWithAreCaught) {
  const std::vector<std::string> lines = Lines(ReadFile(Export("export")));
  ASSERT_GT(lines.size(), 12U);
  auto changed = lines;
  const std::size_t reveal = [&] {
    std::size_t i = 0;
    while (lines[i].find("Frühausgabe") == std::string::npos) ++i;
    return i;
  }();
  changed[reveal].replace(changed[reveal].find("Frühausgabe"), 12, "Spätausgabe!");
  EXPECT_THAT(Tampered(changed), HasSubstr("another text \"reason\""));

  changed = lines;
  changed[reveal].replace(changed[reveal].find("allowed"), 7, "denied ");
  EXPECT_THAT(Tampered(changed), HasSubstr("not those of the checkpoint seen before"));

  changed = lines;
  changed.erase(changed.begin() + 4);
  EXPECT_THAT(Tampered(changed), HasSubstr("entries are missing"));

  changed = lines;
  std::swap(changed[4], changed[5]);
  Tampered(changed);

  changed = lines;
  changed.erase(changed.end() - 2);  // the newest entry
  Tampered(changed);

  // Whoever recomputes the root after a change has no signature for it: an outsider must look.
  changed = lines;
  std::string& note = changed.back();
  char& of_signature = note[note.size() - 20];
  of_signature = of_signature == 'A' ? 'B' : 'A';
  EXPECT_THAT(Tampered(changed), HasSubstr("not signed with the vault's key"));
  EXPECT_THAT(Outsider(office.dir() / "tampered").err, HasSubstr("not signed"));

  changed = lines;
  changed.pop_back();
  EXPECT_THAT(Tampered(changed), HasSubstr("cut short"));

  changed = lines;
  changed.back().replace(changed.back().find("\\n") + 2, 1, "9");  // the size that was signed
  EXPECT_THAT(Tampered(changed), HasSubstr("not signed with the vault's key"));
}

TEST_F(Audit, AnExportMustExtendAnOlderCheckpoint) {
  const auto lines = Lines(ReadFile(Export("older")));
  const std::string note = Json::parse(lines.back())["checkpoint"];
  const std::string held = office.dir() / "held";
  WriteFile(held, note);
  office.Reveal("mia", "news");
  const std::string newer = Export("newer");
  EXPECT_THAT(office.Ok("ada", {"audit", "verify", "--file", newer, "--checkpoint", held}),
              HasSubstr("held holds"));

  WriteFile(held, Json::parse(Lines(ReadFile(newer)).back())["checkpoint"].get<std::string>());
  EXPECT_THAT(
      office.Refused(9, "ada", {"audit", "verify", "--file", office.dir() / "older", "--checkpoint", held}),
      HasSubstr("rolled back"));
  WriteFile(held, "not a note");
  office.Refused(9, "ada", {"audit", "verify", "--file", newer, "--checkpoint", held});
}

TEST_F(Audit, ABrokenExportIsResumed) {
  const auto whole = Lines(ReadFile(Export("export")));
  const std::string rest = office.Ok("ada", {"-q", "audit", "export", "--from", "5"});
  const auto lines = Lines(rest);
  ASSERT_GT(lines.size(), whole.size() - 5);  // the export itself was recorded
  EXPECT_EQ(lines[0], whole[5]);
  EXPECT_EQ(lines[1], whole[6]);
}

TEST_F(Audit, LeavesHoldNoNamesAndNoReasons) {
  for (const std::string& line : Lines(ReadFile(Export("export")))) {
    const Json entry = Json::parse(line);
    if (!entry.contains("leaf")) continue;
    const std::string leaf = entry["leaf"];
    for (const std::string name : {"alice", "omar", "mia", "news", "Frühausgabe", "127.0.0.1", "fixture"})
      EXPECT_EQ(leaf.find(name), leaf.npos) << leaf;
  }
}

}  // namespace
}  // namespace holdfast::testing
