#include "client/export_file.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "gtest/gtest.h"
#include "tests/client/fake_log.h"
#include "tests/client/temp_home.h"

namespace holdfast::client {
namespace {

std::string ExportOf(const FakeLog& log) {
  std::string text;
  for (const LogEntry& entry : log.entries()) text += FormatEntryLine(entry) + "\n";
  return text + FormatCheckpointLine(log.Note()) + "\n";
}

absl::StatusOr<std::string> Read(const std::string& text) {
  std::istringstream file(text);
  LogCheck check(FakeLog().Verifier(), {});
  return ReadExport(file, check);
}

TEST(ExportFile, IsReadToItsCheckpoint) {
  FakeLog log;
  log.Grow(5);
  std::istringstream file(ExportOf(log));
  LogCheck check(FakeLog().Verifier(), {});
  const auto note = ReadExport(file, check);
  ASSERT_TRUE(note.ok()) << note.status();
  EXPECT_EQ(*note, log.Note());
  EXPECT_TRUE(check.Finish(log.Head()).ok());
}

TEST(ExportFile, IsRefusedWhenCutShortOrContinued) {
  FakeLog log;
  log.Grow(2);
  const std::string text = ExportOf(log);
  EXPECT_FALSE(Read(text.substr(0, text.find("{\"checkpoint\""))).ok());
  EXPECT_FALSE(Read(text.substr(0, text.size() - 10)).ok());
  EXPECT_FALSE(Read(text + text).ok());
  EXPECT_FALSE(Read("").ok());
}

TEST(ExportFile, IsRefusedWhenALineHasNoEnd) { EXPECT_FALSE(Read(std::string(2 * 1024 * 1024, '[')).ok()); }

TEST(ExportWriter, GivesTheFileItsNameOnlyWhenComplete) {
  TempHome home;
  const std::string path = home.File("log.jsonl");
  {
    auto writer = ExportWriter::Open(path);
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE(writer->Write("{}").ok());
  }
  EXPECT_TRUE(std::filesystem::is_empty(home.path()));
  auto writer = ExportWriter::Open(path);
  ASSERT_TRUE(writer->Write("{}").ok());
  ASSERT_TRUE(writer->Finish().ok());
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "{}\n");
  struct stat info = {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

}  // namespace
}  // namespace holdfast::client
