#include "client/log_check.h"

#include "gtest/gtest.h"
#include "tests/client/fake_log.h"

namespace holdfast::client {
namespace {

absl::Status CheckAll(const std::vector<LogEntry>& entries, const evidence::Checkpoint& last,
                      std::vector<evidence::Checkpoint> seen = {}) {
  LogCheck check(FakeLog().Verifier(), std::move(seen));
  for (const LogEntry& entry : entries) HF_RETURN_IF_ERROR(check.Add(entry));
  return check.Finish(last);
}

void ExpectRefused(const absl::Status& status, const std::string& words) {
  EXPECT_EQ(ReasonOf(status), "VERIFICATION_FAILED");
  EXPECT_NE(status.message().find(words), absl::string_view::npos) << status;
}

TEST(LogCheck, AcceptsTheLogThatWasSigned) {
  FakeLog log;
  log.Grow(11);
  EXPECT_TRUE(CheckAll(log.entries(), log.Head()).ok());
}

TEST(LogCheck, AcceptsAnEmptyLog) {
  FakeLog log;
  EXPECT_TRUE(CheckAll({}, log.Head()).ok());
}

TEST(LogCheck, AcceptsALogThatPassesThroughWhatWasSeen) {
  FakeLog log;
  log.Grow(4);
  const auto seen = log.Head();
  log.Grow(5);
  EXPECT_TRUE(CheckAll(log.entries(), log.Head(), {seen}).ok());
  EXPECT_TRUE(CheckAll(log.entries(), log.Head(), {log.Head()}).ok());
}

TEST(LogCheck, RefusesALogThatDoesNot) {
  FakeLog log;
  log.Grow(4);
  auto seen = log.Head();
  seen.root[0] ^= 1;
  log.Grow(5);
  ExpectRefused(CheckAll(log.entries(), log.Head(), {seen}), "first 4 entries");
}

TEST(LogCheck, RefusesALogShorterThanWhatWasSeen) {
  FakeLog log;
  log.Grow(4);
  const auto entries = log.entries();
  const auto head = log.Head();
  log.Grow(1);
  ExpectRefused(CheckAll(entries, head, {log.Head()}), "rolled back");
}

TEST(LogCheck, TakesAnOlderExportForWhatItIsWhenTold) {
  FakeLog log;
  log.Grow(4);
  const auto entries = log.entries();
  const auto head = log.Head();
  log.Grow(1);
  LogCheck check(log.Verifier(), {log.Head()}, /*may_be_older=*/true);
  for (const LogEntry& entry : entries) ASSERT_TRUE(check.Add(entry).ok());
  EXPECT_TRUE(check.Finish(head).ok());
}

TEST(LogCheck, RefusesAChangedLeaf) {
  FakeLog log;
  log.Grow(6);
  auto entries = log.entries();
  entries[2].leaf.insert(1, " ");
  ExpectRefused(CheckAll(entries, log.Head()), "not those that the checkpoint was signed for");
}

TEST(LogCheck, RefusesAMissingOrSwappedEntry) {
  FakeLog log;
  log.Grow(6);
  auto entries = log.entries();
  entries.erase(entries.begin() + 3);
  ExpectRefused(CheckAll(entries, log.Head()), "entry 4 stands where entry 3 belongs");
  entries = log.entries();
  entries.pop_back();
  ExpectRefused(CheckAll(entries, log.Head()), "there are 5 entries");
  entries = log.entries();
  std::swap(entries[1].leaf, entries[2].leaf);
  ExpectRefused(CheckAll(entries, log.Head()), "entry 1 says that it is another one");
}

TEST(LogCheck, RefusesAnotherTextOrSalt) {
  FakeLog log;
  log.Grow(2);
  auto entries = log.entries();
  entries[1].texts["reason"].text = "for fun";
  ExpectRefused(CheckAll(entries, log.Head()), "another text \"reason\"");
  entries = log.entries();
  entries[1].texts["reason"].salt[0] ^= 1;
  ExpectRefused(CheckAll(entries, log.Head()), "another text \"reason\"");
}

TEST(LogCheck, RefusesATextWithoutCommitmentButNotAnErasedOne) {
  FakeLog log;
  log.Grow(2);
  auto entries = log.entries();
  entries[0].texts["ticket"] = LogText{.salt = Bytes(32, 1), .text = "T-1"};
  ExpectRefused(CheckAll(entries, log.Head()), "no commitment");
  entries = log.entries();
  entries[0].texts.clear();
  EXPECT_TRUE(CheckAll(entries, log.Head()).ok());
}

TEST(LogCheck, CountsTextsThatAreNotThere) {
  FakeLog log;
  log.Grow(5);
  LogCheck check(log.Verifier(), {});
  for (LogEntry entry : log.entries()) {
    if (entry.index % 2 == 1) entry.texts.clear();
    ASSERT_TRUE(check.Add(entry).ok());
  }
  EXPECT_TRUE(check.Finish(log.Head()).ok());
  EXPECT_EQ(check.absent_texts(), 2);
}

TEST(LogCheck, RefusesTimeThatGoesBack) {
  FakeLog log;
  log.Grow(2);
  auto entries = log.entries();
  const std::size_t year = entries[1].leaf.find("2026");
  entries[1].leaf.replace(year, 4, "2025");
  ExpectRefused(CheckAll(entries, log.Head()), "older than the one before");
}

TEST(LogCheck, RefusesWhatIsNoLeaf) {
  FakeLog log;
  for (const char* leaf :
       {"", "x", "[]", "{}", R"({"index":0,"texts":{}})", R"({"index":0,"time":1,"texts":{}})",
        R"({"index":"0","time":"2026-11-22T03:00:00Z","texts":{}})"}) {
    LogCheck check(FakeLog().Verifier(), {});
    EXPECT_FALSE(check.Add({.index = 0, .leaf = leaf, .texts = {}}).ok()) << leaf;
  }
}

TEST(ExportLine, HasThisForm) {
  const LogEntry entry{.index = 7,
                       .leaf = R"({"v":1})",
                       .texts = {{"reason", {.salt = Bytes{0x0a, 0xff}, .text = "caf\u00e9 \"x\"\n"}}}};
  EXPECT_EQ(FormatEntryLine(entry),
            "{\"index\":7,\"leaf\":\"{\\\"v\\\":1}\",\"texts\":{\"reason\":{\"salt\":\"0aff\",\"text\":"
            "\"caf\u00e9 \\\"x\\\"\\n\"}}}");
  EXPECT_EQ(FormatCheckpointLine("a\nb\n"), "{\"checkpoint\":\"a\\nb\\n\"}");
}

TEST(ExportLine, ReadsWhatItWrites) {
  FakeLog log;
  log.Grow(1);
  const auto parsed = ParseExportLine(FormatEntryLine(log.entries()[0]));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->entry.leaf, log.entries()[0].leaf);
  EXPECT_EQ(parsed->entry.texts.at("reason").salt, log.entries()[0].texts.at("reason").salt);
  EXPECT_EQ(ParseExportLine(FormatCheckpointLine("note\n"))->checkpoint, "note\n");
}

TEST(ExportLine, RefusesOtherShapes) {
  for (const char* line : {"", "7", "[]", "{}", R"({"index":1})", R"({"index":"1","leaf":"x","texts":{}})",
                           R"({"index":1,"leaf":2,"texts":{}})", R"({"index":1,"leaf":"x","texts":[]})",
                           R"({"index":1,"leaf":"x","texts":{"a":1}})",
                           R"({"index":1,"leaf":"x","texts":{"a":{"salt":"XY","text":"t"}}})"})
    EXPECT_FALSE(ParseExportLine(line).ok()) << line;
}

}  // namespace
}  // namespace holdfast::client
