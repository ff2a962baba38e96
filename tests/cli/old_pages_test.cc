// An older page of the database, or of its write-ahead log, put back before a start: it takes no key, and each page's
// MAC is right. After each of the operations below every page that it changed is tried: the vault refuses to start, or
// all that people read and may do is as if nothing had been put back.
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "gmock/gmock.h"
#include "tests/cli/office.h"
#include "vault/crypto/init.h"
#include "vault/custody/vault.h"

namespace holdfast::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPage = 4096;
constexpr std::size_t kWalHeader = 32;
constexpr std::size_t kFrameHeader = 24;
constexpr std::size_t kFrame = kFrameHeader + kPage;

std::string PageOf(const std::string& database, std::size_t page) { return database.substr(page * kPage, kPage); }

// The file stays the one that it is.
void WriteInPlace(const std::string& path, std::size_t offset, const std::string& content) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(offset));
  file.write(content.data(), std::ssize(content));
  ASSERT_TRUE(file.good()) << path;
}

class OldPages : public ::testing::Test {
 protected:
  struct Files {
    std::string database;
    std::string wal;
    std::string anchor;
  };

  OldPages() {
    EXPECT_TRUE(crypto::Init().ok());
    office.AddOmar();
    for (const char* member : {"bob", "sam", "mia"}) office.AddMember(member);
    office.AddHolder("ada", "auditor", "omar");
    office.AddHolder("hr", "offboarding", "omar");
    office.AddAccount("news", "bob", {"--backup", "alice"});
    office.AddAccount("shop", "bob", {"--backup", "alice"});
    office.Ok("bob", {"account", "add", "vip", "--platform", "x", "--owner", "bob", "--backup", "alice", "--tier",
                      "1"});
    office.Put("bob", "news", "fixture-1");
    office.Put("bob", "shop", "fixture-2");
    office.Put("bob", "vip", "fixture-3");
    office.Ok("bob", {"access", "grant", "--account", "news", "--holder", "sam", "--reason", "needed"});
  }

  Files Read() const {
    return {.database = ReadFile(DatabasePath()),
            .wal = ReadFile(DatabasePath() + "-wal"),
            .anchor = ReadFile(AnchorPath())};
  }
  std::string DatabasePath() const { return office.data_dir() + "/vault.db"; }
  std::string AnchorPath() const { return office.data_dir() + "/anchor"; }

  // Puts everything back as it was; devices forget what they saw since.
  void PutBack(const Files& files) const {
    fs::remove(DatabasePath() + "-wal");
    fs::remove(DatabasePath() + "-shm");
    fs::resize_file(DatabasePath(), files.database.size());
    WriteInPlace(DatabasePath(), 0, files.database);
    if (!files.wal.empty()) WriteFile(DatabasePath() + "-wal", files.wal);
    WriteInPlace(AnchorPath(), 0, files.anchor);
    for (const auto& entry : fs::directory_iterator(office.dir().path())) {
      if (entry.is_directory()) fs::remove(entry.path() / "checkpoint");
    }
  }

  // All that people can read and may do. `entries`: of the log that existed then.
  std::string Probe(std::int64_t entries) const {
    std::string seen;
    const auto ask = [&](const std::string& who, Args args) {
      args.insert(args.begin(), {"-o", "json"});
      const Outcome outcome = office.Cli(who, args);
      seen += who + " " + args[2] + " " + args[3] + " " + std::to_string(outcome.exit_code) + "\n" + outcome.out;
      if (outcome.exit_code != 0) seen += outcome.err;
    };
    const Json log = office.Get("omar", {"audit", "log"});
    for (const Json& event : log["events"]) {
      if (std::stoll(event["index"].get<std::string>()) < entries) seen += event.dump() + "\n";
    }
    for (const char* group : {"access", "holder", "exposure", "approval", "handover"})
      ask("omar", {group, "list"});
    ask("omar", {"secret", "versions", "news", "password"});
    if (seen.find("handovers/1") != seen.npos) ask("omar", {"handover", "tasks", "1"});
    for (const char* who : {"sam", "mia"}) ask(who, {"secret", "reveal", "news", "password", "--reason", "z"});
    // Each server listens on a port of its own.
    for (std::size_t at = seen.find(office.api()); at != seen.npos; at = seen.find(office.api()))
      seen.replace(at, office.api().size(), "SERVER");
    return seen;
  }
  // The same of a server that is started for it.
  std::string ProbeOnce(std::int64_t entries) {
    EXPECT_TRUE(office.Start()) << office.server_log();
    std::string seen = Probe(entries);
    EXPECT_EQ(office.Stop(SIGTERM), 0);
    return seen;
  }
  static std::int64_t EntriesOf(const std::string& anchor) {
    std::int64_t entries = 0;
    for (const std::size_t slot : {std::size_t{0}, std::size_t{1024}}) {
      const std::size_t line = anchor.find('\n', slot);
      if (line != anchor.npos) entries = std::max(entries, std::int64_t{std::atoll(anchor.c_str() + line + 1)});
    }
    return entries;
  }

  struct Tally {
    int refused = 0;
    int harmless = 0;
  };
  // Without damage this process opens it too: a refusal is about the page.
  void ExpectOpens(const Files& newest) {
    PutBack(newest);
    const auto opened = custody::Vault::Open(office.data_dir());
    ASSERT_TRUE(opened.ok()) << opened.status();
  }
  // Opens what `damage` leaves of `newest`, and if it opens, asks the real server.
  void Try(const Files& newest, const std::string& expected, const std::function<void()>& damage, Tally& tally) {
    PutBack(newest);
    damage();
    auto opened = custody::Vault::Open(office.data_dir());
    if (!opened.ok()) {
      const std::string reason = ReasonOf(opened.status());
      EXPECT_THAT(reason, ::testing::AnyOf("STATE_DAMAGED", "LOG_DAMAGED", "LOG_ROLLED_BACK", "DATABASE_DAMAGED",
                                           "DATABASE_UNREADABLE"))
          << opened.status();
      if (tally.refused++ > 0) return;
      EXPECT_FALSE(office.Start()) << "refused in this process and not by the server";
      return;
    }
    ++tally.harmless;
    opened->reset();
    PutBack(newest);
    damage();
    EXPECT_EQ(ProbeOnce(EntriesOf(newest.anchor)), expected);
  }

  void TryEachPage(const std::string& name, const std::function<void()>& operation) {
    ASSERT_EQ(office.Stop(SIGTERM), 0);
    const Files before = Read();
    ASSERT_TRUE(office.Start()) << office.server_log();
    operation();
    ASSERT_EQ(office.Stop(SIGTERM), 0);
    const Files after = Read();
    ASSERT_TRUE(after.wal.empty());
    ASSERT_NO_FATAL_FAILURE(ExpectOpens(after));
    PutBack(after);
    const std::string expected = ProbeOnce(EntriesOf(after.anchor));
    Tally tally;
    for (std::size_t page = 0; page < before.database.size() / kPage; ++page) {
      if (PageOf(before.database, page) == PageOf(after.database, page)) continue;
      SCOPED_TRACE(::testing::Message() << name << ", page " << page);
      Try(after, expected, [&] { WriteInPlace(DatabasePath(), page * kPage, PageOf(before.database, page)); }, tally);
    }
    std::printf("%s: %d older pages refused, %d without effect\n", name.c_str(), tally.refused, tally.harmless);
    EXPECT_GT(tally.refused, 0) << name;
    EXPECT_GT(tally.harmless, 0) << name;
    PutBack(after);
    ASSERT_TRUE(office.Start()) << office.server_log();
  }

  Office office;
};

TEST_F(OldPages, OfTheDatabaseAreRefusedOrWithoutEffect) {
  TryEachPage("a secret is revealed", [this] { office.Reveal("sam", "news"); });
  TryEachPage("a grant ends", [this] {
    office.Ok("bob", {"access", "revoke", "--account", "news", "--holder", "sam", "--reason", "out"});
  });
  TryEachPage("access is granted", [this] {
    office.Ok("bob", {"access", "grant", "--account", "news", "--holder", "mia", "--reason", "needed"});
  });
  TryEachPage("a value is replaced", [this] { office.Put("bob", "news", "fixture-4"); });
  TryEachPage("an account changes hands", [this] {
    office.Ok("bob", {"account", "update", "shop", "--owner", "mia"});
  });
  TryEachPage("somebody is suspended", [this] {
    office.Ok("omar", {"holder", "suspend", "ada", "--reason", "lost"});
  });
  TryEachPage("a suspension ends", [this] { office.Ok("omar", {"holder", "resume", "ada"}); });
  TryEachPage("a device ends", [this] {
    office.Ok("omar", {"-y", "holder", "revoke-key", "ada", "--fingerprint", office.Fingerprint("ada")});
  });
  TryEachPage("somebody comes", [this] { office.AddMember("zoe"); });
  TryEachPage("an approval is asked for", [this] {
    office.Refused(5, "bob", {"secret", "reveal", "vip", "password", "--reason", "y"});
  });
  TryEachPage("an approval is given", [this] { office.Ok("alice", {"approval", "approve", "1"}); });
  TryEachPage("somebody leaves", [this] {
    office.Ok("hr", {"handover", "start", "--yes", "sam", "--reason", "last day"});
  });
}

// Here somebody writes into the file of a vault that runs. The vault refuses pages that it reads again; those that it
// has in memory are right.
TEST_F(OldPages, UnderARunningVaultGiveNobodyAnything) {
  ASSERT_EQ(office.Stop(SIGTERM), 0);
  const Files before = Read();
  ASSERT_TRUE(office.Start()) << office.server_log();
  office.Ok("bob", {"access", "revoke", "--account", "news", "--holder", "sam", "--reason", "out"});
  office.Put("bob", "news", "fixture-6");
  ASSERT_EQ(office.Stop(SIGTERM), 0);
  const Files after = Read();
  int tried = 0;
  for (std::size_t page = 0; page < before.database.size() / kPage; ++page) {
    if (PageOf(before.database, page) == PageOf(after.database, page)) continue;
    SCOPED_TRACE(::testing::Message() << "page " << page);
    PutBack(after);
    ASSERT_TRUE(office.Start()) << office.server_log();
    WriteInPlace(DatabasePath(), page * kPage, PageOf(before.database, page));
    // Another connection writes in between, so that the readers look at the file again.
    office.Cli("alice", {"account", "add", "more", "--platform", "x", "--owner", "alice"});
    for (int i = 0; i < 2; ++i) {
      const Outcome shown = office.Cli("sam", {"secret", "reveal", "news", "password", "--reason", "z"});
      EXPECT_EQ(shown.out, "");
      EXPECT_THAT(shown.exit_code, ::testing::AnyOf(1, 4)) << shown.err;
      const Outcome listed = office.Cli("omar", {"access", "list", "--account", "news"});
      if (listed.exit_code == 0) {
        EXPECT_THAT(listed.out, ::testing::Not(::testing::HasSubstr("sam")));
      }
      const Outcome own = office.Cli("bob", {"secret", "reveal", "news", "password", "--reason", "z"});
      if (own.exit_code == 0) {
        EXPECT_EQ(own.out, "fixture-6");
      }
    }
    office.Stop(SIGKILL);
    ++tried;
  }
  std::printf("under a running vault: %d older pages\n", tried);
  EXPECT_GT(tried, 8);
  PutBack(after);
  ASSERT_TRUE(office.Start()) << office.server_log();
}

// Whoever changes a frame can make its checksums anew: they are not keyed.
void FixChecksums(std::string& wal) {
  std::uint32_t one = 0;
  std::uint32_t two = 0;
  const auto word = [&](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, wal.data() + at, sizeof value);
    return value;
  };
  const auto add = [&](std::size_t at, std::size_t size) {
    for (std::size_t i = at; i < at + size; i += 8) {
      one += word(i) + two;
      two += word(i + 4) + one;
    }
  };
  const auto put = [&](std::size_t at) {
    const std::uint32_t sums[] = {__builtin_bswap32(one), __builtin_bswap32(two)};
    std::memcpy(wal.data() + at, sums, sizeof sums);
  };
  add(0, 24);
  put(24);
  for (std::size_t frame = kWalHeader; frame + kFrame <= wal.size(); frame += kFrame) {
    add(frame, 8);
    add(frame + kFrameHeader, kPage);
    put(frame + 16);
  }
}

std::size_t PageNumber(const std::string& wal, std::size_t frame) {
  std::uint32_t number = 0;
  std::memcpy(&number, wal.data() + kWalHeader + frame * kFrame, sizeof number);
  return __builtin_bswap32(number);
}

TEST_F(OldPages, OfTheWriteAheadLogAreRefusedOrWithoutEffect) {
  office.Restart();  // the log is short
  const Files before = Read();
  office.Ok("bob", {"access", "revoke", "--account", "news", "--holder", "sam", "--reason", "out"});
  office.Put("bob", "news", "fixture-5");
  ASSERT_EQ(office.Stop(SIGKILL), 128 + SIGKILL);
  const Files after = Read();
  const std::size_t frames = (after.wal.size() - kWalHeader) / kFrame;
  std::string again = after.wal;
  FixChecksums(again);
  ASSERT_EQ(again, after.wal) << "checksums are made as SQLite makes them";
  ASSERT_NO_FATAL_FAILURE(ExpectOpens(after));
  PutBack(after);
  const std::string expected = ProbeOnce(EntriesOf(after.anchor));
  Tally tally;
  std::map<std::size_t, std::string> older;  // each page as the frames before have it
  std::set<std::size_t> last_of;             // frames with the newest version of their page
  std::map<std::size_t, std::size_t> newest;
  for (std::size_t frame = 0; frame < frames; ++frame) newest[PageNumber(after.wal, frame)] = frame;
  for (const auto& [page, frame] : newest) last_of.insert(frame);
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const std::size_t page = PageNumber(after.wal, frame);
    const std::size_t at = kWalHeader + frame * kFrame + kFrameHeader;
    std::string content = older.contains(page) ? older[page] : PageOf(before.database, page - 1);
    older[page] = after.wal.substr(at, kPage);
    if (content.size() != kPage || !last_of.contains(frame)) continue;
    SCOPED_TRACE(::testing::Message() << "frame " << frame << ", page " << page);
    std::string wal = after.wal;
    wal.replace(at, kPage, content);
    FixChecksums(wal);
    Try(after, expected, [&] { WriteInPlace(DatabasePath() + "-wal", 0, wal); }, tally);
  }
  std::printf("write-ahead log: %d older pages refused, %d without effect\n", tally.refused, tally.harmless);
  EXPECT_GT(tally.refused, 3);
  // Its end cut off: the database is older than its anchor.
  Tally cut;
  Try(after, expected, [&] { fs::resize_file(DatabasePath() + "-wal", kWalHeader + (frames / 2) * kFrame); }, cut);
  EXPECT_EQ(cut.refused, 1);
  PutBack(after);
  ASSERT_TRUE(office.Start()) << office.server_log();
}

}  // namespace
}  // namespace holdfast::testing
