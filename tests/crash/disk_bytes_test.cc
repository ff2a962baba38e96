// What lies on disk tells nobody what the vault holds: neither while the server runs, nor afterwards.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "fmt/format.h"
#include "tests/harness/vault_fixture.h"
#include "vault/base/bytes.h"

namespace holdfast::crash {
namespace {

namespace fs = std::filesystem;
using testing::Outcome;
using testing::ReadFile;
using testing::WriteFile;

constexpr int kAccounts = 12;
constexpr char kHolder[] = "zebedee.quartz";
constexpr char kHandle[] = "@MarmaladeObservatory";
constexpr char kReason[] = "Because the walrus insisted upon it";

std::string Account(int i) { return fmt::format("x-gooseberry-{}", i); }
std::string Secret(int i) { return fmt::format("Tr0mbone!{}:pelican-umbrella-accordion", i); }
std::string Note() {
  std::string note;
  for (int i = 0; i < 500; ++i) note += fmt::format("Recovery sentence {} of the periwinkle. ", i);
  return note;
}

// All that must be found nowhere. Parts, as a secret need not lie in one piece: a base64 text is searched for
// from each of the three positions at which it can begin.
std::vector<std::string> Forbidden() {
  std::vector<std::string> strings{kHolder,           "Zebedee Q. Quartz", kHandle,
                                   kReason,           "gooseberry",        "Tr0mbone",
                                   "umbrella-accord", "periwinkle",        "Recovery sentence"};
  for (const std::string part : {"pelican-umbrella-accordion", "gooseberry-", "MarmaladeObservatory"}) {
    for (std::size_t skip = 0; skip < 3; ++skip) {
      const std::string tail = part.substr(skip, (part.size() - skip) / 3 * 3);
      strings.push_back(Base64Encode(AsBytes(tail)));
      strings.push_back(Base64UrlEncode(AsBytes(tail)));
    }
    strings.push_back(HexEncode(AsBytes(part)));
  }
  return strings;
}

class DiskBytes : public ::testing::Test {
 protected:
  DiskBytes() : temp_(vault_.dir() / "temp") {
    fs::create_directory(temp_);
    WriteFile(vault_.dir() / "config.toml", "log = \"json\"\nlog_level = \"debug\"\n");
    // The server inherits them; this process and the fixture have made their own files by now.
    for (const char* variable : {"TMPDIR", "SQLITE_TMPDIR"}) setenv(variable, temp_.c_str(), /*overwrite=*/1);
  }
  ~DiskBytes() override {
    for (const char* variable : {"TMPDIR", "SQLITE_TMPDIR"}) unsetenv(variable);
  }

  void Must(const Outcome& outcome) { ASSERT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err; }

  void Load() {
    vault_.EnrollOfficer();
    Must(vault_.Cli("alice",
                    {"holder", "add", kHolder, "--role", "member", "--display-name", "Zebedee Q. Quartz"}));
    for (int i = 0; i < kAccounts; ++i) {
      Must(vault_.Cli("alice", {"account", "add", Account(i), "--platform", "x", "--handle", kHandle,
                                "--owner", "alice", "--backup", kHolder, "--reason", kReason}));
      Must(vault_.Cli("alice", {"secret", "put", Account(i), "password", "--from-file", "-"}, Secret(i)));
    }
    Must(vault_.Cli("alice", {"secret", "put", Account(0), "story", "--kind", "note", "--from-file", "-"},
                    Note()));
    Must(vault_.Cli("alice", {"secret", "reveal", Account(1), "password", "--reason", kReason}));
    EXPECT_NE(vault_.Cli("alice", {"secret", "reveal", "x-gooseberry-none", "password"}).exit_code, 0);
    // Sorts and joins, which could spill into temporary files.
    Must(vault_.Cli("alice", {"exposure", "list"}));
    Must(vault_.Cli("alice", {"audit", "log"}));
    Must(vault_.Cli("alice", {"handover", "start", "--yes", kHolder, "--reason", kReason}));
  }

  // Everything that the server wrote, or still holds open though it has no name any more.
  std::map<std::string, std::string> Bytes() {
    std::map<std::string, std::string> bytes;
    for (auto entry = fs::recursive_directory_iterator(vault_.dir().path());
         entry != fs::recursive_directory_iterator(); ++entry) {
      if (entry->path().filename().string().starts_with("home-")) {
        entry.disable_recursion_pending();  // the devices' own files
      } else if (entry->is_regular_file()) {
        bytes[entry->path()] = ReadFile(entry->path());
      }
    }
    if (!vault_.Running()) return bytes;
    std::error_code refused;
    for (const auto& entry :
         fs::directory_iterator(fmt::format("/proc/{}/fd", vault_.server_pid()), refused)) {
      if (fs::is_regular_file(entry.path(), refused)) bytes[entry.path()] = ReadFile(entry.path());
    }
    return bytes;
  }

  void ExpectNothingIn(const std::map<std::string, std::string>& files) {
    for (const auto& [path, bytes] : files) {
      for (const std::string& text : Forbidden())
        EXPECT_EQ(bytes.find(text), std::string::npos) << path << " shows: " << text;
    }
  }

  testing::VaultFixture vault_;
  const std::string temp_;
};

TEST_F(DiskBytes, ShowNoNameAndNoSecret) {
  ASSERT_TRUE(vault_.Start({"--config", vault_.dir() / "config.toml"}));
  Load();
  const auto running = Bytes();
  ExpectNothingIn(running);
  // What was searched is what was meant.
  for (const char* file : {"/data/vault.db", "/data/vault.db-wal", "/data/vault.db-shm", "/data/seal",
                           "/data/anchor", "/data/endpoint", "/server.err", "/server.out"}) {
    const auto found = running.find(vault_.dir().path() + file);
    ASSERT_NE(found, running.end()) << file;
    EXPECT_FALSE(found->second.empty()) << file;
  }
  EXPECT_GT(running.at(vault_.data_dir() + "/vault.db-wal").size(), Note().size());
  EXPECT_TRUE(fs::is_empty(temp_));

  EXPECT_EQ(vault_.Stop(SIGTERM), 0);
  ExpectNothingIn(Bytes());
  EXPECT_TRUE(fs::is_empty(temp_));
  EXPECT_GT(fs::file_size(vault_.data_dir() + "/vault.db"), Note().size());
}

}  // namespace
}  // namespace holdfast::crash
