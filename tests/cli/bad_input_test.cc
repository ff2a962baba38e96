// What operators and users get wrong: each is refused in one line that names the thing, and nothing changes.
#include <csignal>
#include <filesystem>
#include <map>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace fs = std::filesystem;

using Files = std::map<std::string, std::string>;

Files FilesIn(const std::string& dir) {
  Files files;
  for (const auto& entry : fs::directory_iterator(dir))
    files[entry.path().filename()] = ReadFile(entry.path());
  files.erase("lock");  // made by whoever looks first
  return files;
}

// A vault that no server runs on, and what is wrong with it.
class BadVault : public ::testing::Test {
 protected:
  // Serving must fail in one line that holds `message`, with the data directory left as it was.
  void ExpectRefused(int exit_code, const std::string& message, const Args& more = {}) {
    const Files before = FilesIn(vault.data_dir());
    fs::remove(vault.dir() / "server.err");
    ASSERT_FALSE(vault.Start(more)) << "serves: " << message;
    const std::string log = vault.server_log();
    EXPECT_THAT(log, StartsWith("holdfastd: "));
    EXPECT_THAT(log, HasSubstr(message));
    EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
    EXPECT_EQ(vault.Stop(SIGKILL), exit_code);
    EXPECT_EQ(FilesIn(vault.data_dir()), before);
  }
  std::string database() const { return vault.data_dir() + "/vault.db"; }

  VaultFixture vault;
};

TEST_F(BadVault, AWrongKeyFileIsNamed) {
  const std::string key = ReadFile(vault.key_file());
  const std::string named = "key file " + vault.key_file();
  VaultFixture other;
  WriteFile(vault.key_file(), ReadFile(other.key_file()));
  ExpectRefused(7, named + " belongs to another vault");
  std::string damaged = key;
  damaged[damaged.size() / 2] ^= 1;
  WriteFile(vault.key_file(), damaged);
  ExpectRefused(7, named);
  WriteFile(vault.key_file(), key.substr(0, key.size() / 2));
  ExpectRefused(7, named + " is not a Holdfast key file or is damaged");
  WriteFile(vault.key_file(), "");
  ExpectRefused(7, named);
  fs::remove(vault.key_file());
  ExpectRefused(7, named + " is missing");
  WriteFile(vault.key_file(), key);
  fs::permissions(vault.key_file(), fs::perms::owner_read | fs::perms::others_read);
  ExpectRefused(7, named + " can be read by others; run chmod 600");
  fs::permissions(vault.key_file(), fs::perms::owner_read);
  EXPECT_TRUE(vault.Start()) << vault.server_log();
}

TEST_F(BadVault, AForeignPlaintextTruncatedOrMissingDatabaseIsRefused) {
  const std::string good = ReadFile(database());
  VaultFixture other;
  WriteFile(database(), ReadFile(other.data_dir() + "/vault.db"));
  ExpectRefused(9, database() + ": the database cannot be read: wrong key, foreign file or damage");
  WriteFile(database(), "SQLite format 3" + std::string(1, '\0') + good.substr(16));
  ExpectRefused(7, database() + ": the database is not encrypted");
  for (const std::size_t size : {good.size() - 1, good.size() - 4096, good.size() / 2, std::size_t{4096},
                                 std::size_t{10}, std::size_t{0}}) {
    WriteFile(database(), good.substr(0, size));
    ExpectRefused(9, database());
  }
  std::string flipped = good;
  flipped[1000] ^= 1;  // of a page that is read first; others are refused when they are read
  WriteFile(database(), flipped);
  ExpectRefused(9, database());
  WriteFile(database(), good);
  const fs::path aside = vault.dir() / "aside.db";  // the file itself: a copy would be another one
  fs::rename(database(), aside);
  ExpectRefused(6, database() + ": the database is not there");
  fs::rename(aside, database());
  EXPECT_TRUE(vault.Start()) << vault.server_log();
}

TEST_F(BadVault, ACopyOfTheDatabaseInItsPlaceIsServedWhenItIsAdopted) {
  const fs::path copy = vault.dir() / "copy.db";
  fs::copy_file(database(), copy);
  fs::rename(copy, database());
  ExpectRefused(7, database() + " is another file than the one that was last served");
  EXPECT_TRUE(vault.Start({"--adopt"})) << vault.server_log();
}

TEST_F(BadVault, AMissingOrForeignAnchorAndADamagedSealAreNamed) {
  const std::string anchor = vault.data_dir() + "/anchor";
  const std::string good = ReadFile(anchor);
  VaultFixture other;
  WriteFile(anchor, ReadFile(other.data_dir() + "/anchor"));
  ExpectRefused(9, anchor);
  WriteFile(anchor, "x");
  ExpectRefused(9, anchor);
  fs::remove(anchor);
  ExpectRefused(6, anchor + " is missing");
  WriteFile(anchor, good);
  WriteFile(vault.data_dir() + "/seal", "x");
  ExpectRefused(9, "/seal is damaged");
  fs::remove(vault.data_dir() + "/seal");
  ExpectRefused(9, "/seal is missing or unreadable, and without it nothing opens the database: put back a copy");
  fs::rename(database(), vault.dir() / "aside.db");
  fs::permissions(vault.data_dir(), fs::perms::owner_all | fs::perms::group_read);
  ExpectRefused(2, "--data-dir: " + vault.data_dir() + " holds no vault");
}

TEST_F(BadVault, ADataDirectoryThatOthersCanReadIsRefused) {
  fs::permissions(vault.data_dir(), fs::perms::owner_all | fs::perms::group_read);
  ExpectRefused(2, "--data-dir: " + vault.data_dir() + " is open to other users: chmod 700 it");
}

TEST_F(BadVault, AnUnknownConfigurationKeyIsNamedWithItsPlace) {
  const std::string config = vault.dir() / "holdfastd.toml";
  const auto refused = [&](const std::string& text, const std::string& message) {
    WriteFile(config, text);
    ExpectRefused(2, config + message, {"--config", config});
  };
  refused("log = \"json\"\nlistn = \"127.0.0.1:0\"\n", ":2:1: unknown key 'listn'");
  refused("log = \"json\"\n\n[tls]\nport = 1\n", ":3:2: unknown key 'tls'");
  refused("log = \"xml\"\n", ":1:7: log: must be \"text\" or \"json\"");
  refused("log = 3\n", ":1:7: 'log' must be a string");
  refused("log = \"json\"\nlog = \"json\"\n", ":2:");
  refused("log = \n", ":1:");
  refused("# " + std::string(5000, 'a') + "\n", ":1: the line is longer than 4096 bytes");
  fs::remove(config);
  ExpectRefused(2, "cannot read " + config, {"--config", config});
}

TEST_F(BadVault, IsNeverMadeOverOneThatIsThere) {
  const Files before = FilesIn(vault.data_dir());
  const auto init = [&](const std::string& dir, const std::string& officer, const std::string& key) {
    const Outcome outcome = vault.Server(
        {"init", "--data-dir", dir, "--officer", officer, "--seal", "key-file", "--key-file", key});
    EXPECT_NE(outcome.exit_code, 0);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    return outcome.err;
  };
  const std::string dir = vault.dir() / "another";
  const std::string key = vault.dir() / "another.key";
  EXPECT_THAT(init(vault.data_dir(), "alice", key), HasSubstr(vault.data_dir() + " is not empty"));
  EXPECT_THAT(init(dir, "alice", vault.key_file()), HasSubstr("a key file is never overwritten"));
  EXPECT_THAT(init(dir, "alice", dir + "/root.key"),
              HasSubstr("--key-file: must lie outside the data directory"));
  EXPECT_THAT(init(dir, "Al Ice", key), HasSubstr("--officer: must be"));
  EXPECT_THAT(init(dir, "", key), HasSubstr("--officer"));
  EXPECT_FALSE(fs::exists(dir));
  EXPECT_FALSE(fs::exists(key));
  EXPECT_EQ(FilesIn(vault.data_dir()), before);
}

TEST_F(BadVault, MistypedOptionsAndPortsAreNamed) {
  const auto refused = [&](const Args& args) {
    const Outcome outcome = vault.Server(args);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    return outcome.err;
  };
  EXPECT_THAT(refused({"init", "--datadir", "x", "--officer", "alice", "--key-file", "k"}),
              HasSubstr("there is no option --datadir"));
  EXPECT_THAT(refused({"serve", "--data-dir", vault.data_dir(), "--port", "1"}), HasSubstr("there is no option --port"));
  EXPECT_THAT(refused({"serve", "--data-dir", vault.data_dir(), "--listen", "127.0.0.1:80000"}),
              HasSubstr("--listen: the port must be from 0 to 65535"));
}

TEST_F(BadVault, ABackupThatIsDamagedOrNoneOrHasNoPlaceIsNamed) {
  const std::string file = vault.dir() / "monday";
  const auto backup = [&](int exit_code, const Args& args) {
    Args all{"backup"};
    all.insert(all.end(), args.begin(), args.end());
    const Outcome outcome = vault.Server(all);
    EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
    return outcome.err;
  };
  const std::string nowhere = vault.dir() / "nowhere";
  EXPECT_THAT(backup(2, {"--data-dir", vault.data_dir(), "--to", nowhere + "/b"}),
              HasSubstr("--to: the directory " + nowhere + " does not exist"));
  backup(0, {"--data-dir", vault.data_dir(), "--to", file});
  EXPECT_THAT(backup(7, {"--data-dir", vault.data_dir(), "--to", file}), HasSubstr("exists already"));
  EXPECT_THAT(backup(6, {"verify", nowhere}), HasSubstr(nowhere + " does not exist"));
  EXPECT_THAT(backup(2, {"verify", vault.data_dir()}), HasSubstr(vault.data_dir() + " is no backup"));
  EXPECT_THAT(backup(7, {"verify", vault.key_file()}),
              HasSubstr(vault.key_file() + " is no backup, or its recovery record"));
  const std::string good = ReadFile(file);
  for (std::size_t at = 2000; at < good.size(); at += good.size() / 7) {
    std::string bad = good;
    bad[at] ^= 1;
    WriteFile(file, bad);
    EXPECT_THAT(backup(9, {"verify", file}), StartsWith("holdfastd: " + file + " is damaged; use another backup")) << at;
    const std::string restored = vault.dir() / "restored";
    const Outcome outcome = vault.Server({"restore", "--from", file, "--data-dir", restored});
    EXPECT_EQ(outcome.exit_code, 9);
    EXPECT_THAT(outcome.err, StartsWith("holdfastd: " + file + " is damaged; use another backup")) << at;
    EXPECT_FALSE(fs::exists(restored));
  }
}

TEST(BadInput, ASecondServerOnOneDirectoryIsShutOut) {
  Office office;
  const Outcome second = office.Server({"serve", "--data-dir", office.data_dir(), "--listen", "127.0.0.1:0"});
  EXPECT_EQ(second.exit_code, 7);
  EXPECT_EQ(second.out, "");
  EXPECT_EQ(second.err, "holdfastd: another holdfastd uses " + office.data_dir() + "; stop it first\n");
  office.Ok("alice", {"status"});
}

TEST(BadInput, ADeviceOfAnotherVaultIsToldApartFromAServerThatIsDown) {
  Office office;
  Office other;
  const auto at_other = [&](const std::string& home) {
    setenv("HOLDFAST_SERVER", other.api().c_str(), 1);
    const Outcome outcome = holdfast::testing::Run({std::string(HF_BIN_DIR) + "/holdfast", "status"}, "",
                                                   {"HOLDFAST_HOME=" + home});
    unsetenv("HOLDFAST_SERVER");
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    return outcome;
  };
  const Outcome foreign = at_other(office.home("alice"));
  EXPECT_EQ(foreign.exit_code, 9);
  EXPECT_THAT(foreign.err, HasSubstr("is not the vault that this device is enrolled with"));

  // A device that trusts the right server, with a certificate of another CA.
  Json mixed = Json::parse(ReadFile(office.home("alice") + "/identity.json"));
  const Json theirs = Json::parse(ReadFile(other.home("alice") + "/identity.json"));
  for (const char* field : {"certificate", "private_key"}) mixed[field] = theirs[field];
  const std::string path = office.home("alice") + "/identity.json";
  const std::string good = ReadFile(path);
  WriteFile(path, mixed.dump());
  EXPECT_THAT(office.Refused(3, "alice", {"status"}), HasSubstr("another vault's"));
  WriteFile(path, "{}");
  EXPECT_THAT(office.Refused(7, "alice", {"status"}),
              HasSubstr(path + " is damaged: enroll this device anew"));
  WriteFile(path, good);
  fs::permissions(path, fs::perms::owner_read | fs::perms::group_read);
  office.Refused(7, "alice", {"status"});
  fs::permissions(path, fs::perms::owner_read);
  office.Ok("alice", {"status"});

  office.Stop(SIGTERM);
  EXPECT_THAT(office.Refused(8, "alice", {"status"}), HasSubstr("cannot reach the vault at " + office.api()));
}

TEST(BadInput, StringsExpireAfterAnHourAndCertificatesAtTheirEnd) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  const std::string string = office.NewString("mia");
  office.RestartAhead(3599);
  office.Ok("mia", {"status"});
  office.RestartAhead(3601);
  EXPECT_THAT(office.Refused(3, "mia", {"enroll", "--replace"}, string),
              HasSubstr("expired"));

  constexpr int kLater = 6 * 365 * 24 * 3600;
  office.RestartAhead(kLater);
  EXPECT_THAT(office.Refused(3, "mia", {"status"}), HasSubstr("this device's certificate expired at"));
  EXPECT_THAT(office.Refused(3, "alice", {"holder", "list"}), HasSubstr("enroll --replace"));
  office.Stop(SIGTERM);
  const Outcome anew = office.Server({"enroll", "--data-dir", office.data_dir(), "alice"});
  ASSERT_EQ(anew.exit_code, 0) << anew.err;
  ASSERT_TRUE(office.Start()) << office.server_log();
  office.Ok("alice", {"enroll", "--replace"}, anew.out);
  EXPECT_EQ(office.Get("alice", {"status"})["caller"]["name"], "holders/alice");
  office.Ok("alice", {"audit", "verify"});
}

TEST(BadInput, NamesThatAreEmptyTooLongOrNotUtf8AreRefusedByTheirOption) {
  Office office;
  office.AddAccount("news", "alice");
  const std::string before = office.State();
  const std::string broken = "\xc3\x28";
  const std::vector<std::pair<Args, std::string>> cases = {
      {{"account", "add", "", "--platform", "x", "--owner", "alice"}, "ID: must be"},
      {{"account", "add", broken, "--platform", "x", "--owner", "alice"}, "ID: must be"},
      {{"account", "add", std::string(64, 'a'), "--platform", "x", "--owner", "alice"}, "ID: must be"},
      {{"account", "add", "a", "--platform", "", "--owner", "alice"}, "--platform: is required"},
      {{"account", "add", "a", "--platform", broken, "--owner", "alice"}, "--platform: is not UTF-8"},
      {{"account", "add", "a", "--platform", "x", "--owner", ""}, "--owner"},
      {{"account", "update", "news", "--handle", broken}, "--handle: is not UTF-8"},
      {{"account", "update", "news", "--purpose", std::string(501, 'p')},
       "--purpose: is longer than 500 bytes"},
      {{"account", "update", "news", "--url", "two\nlines"}, "--url: holds a control character"},
      {{"holder", "add", "", "--role", "member"}, "ID: must be"},
      {{"holder", "add", "É", "--role", "member"}, "ID: must be"},
      {{"holder", "add", "mia", "--role", "member", "--display-name", broken},
       "--display-name: is not UTF-8"},
      {{"holder", "add", "mia", "--role", "king"}, "--role"},
      {{"holder", "show", "holders/"}, "ID: must be"},
      {{"holder", "show", "accounts/news"}, "ID: must be"},
      {{"secret", "list", "news/secrets/x"}, "ACCOUNT: must be"},
      {{"handover", "close", "7/tasks"}, "CASE: must be"},
      {{"--reason", broken, "holder", "list"}, "--reason: is not UTF-8"},
      {{"--reason", std::string(1001, 'r'), "holder", "suspend", "alice"},
       "--reason: is longer than 1000 bytes"}};
  for (const auto& [args, message] : cases) {
    const Outcome outcome = office.Cli("alice", {args});
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(message));
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_EQ(office.State(), before);
}

TEST(BadInput, UnknownCommandsAndOptionsAreUsageErrors) {
  Office office;
  for (const Args& args : std::vector<Args>{
           {"bogus"}, {"account"}, {"account", "show"}, {"status", "--bogus"}, {"-o", "xml", "status"}}) {
    const Outcome outcome = office.Cli("alice", args);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, StartsWith("holdfast: "));
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_EQ(office.Error(2, "alice", {"account", "show"})["status"], "INVALID_ARGUMENT");
  EXPECT_THAT(office.Ok("nobody", {}), HasSubstr("account"));
  EXPECT_THAT(office.Ok("nobody", {"--version"}), StartsWith("holdfast "));
  EXPECT_THAT(office.Server({"--version"}).out, StartsWith("holdfastd "));
}

TEST(BadInput, ANumberOutOfBoundsIsToldInWords) {
  Office office;
  const std::string on = "must be a whole number from 1 on, not ";
  const std::vector<std::pair<Args, std::string>> wrong = {
      {{"secret", "reveal", "news", "password", "--version", "0"}, "--version: " + on + "0"},
      {{"secret", "reveal", "news", "password", "--version", "two"}, "--version: " + on + "two"},
      {{"secret", "destroy", "news", "password", "0"}, "VERSION: " + on + "0"},
      {{"secret", "attest", "news", "password", "x", "--evidence", "x"}, "VERSION: " + on + "x"},
      {{"secret", "attest", "news", "password", "--through", "0", "--evidence", "x"}, "--through: " + on + "0"},
      {{"exposure", "add", "news", "password", "--holder", "mia", "--version", "1.5"}, "--version: " + on + "1.5"},
      {{"account", "add", "news", "--platform", "x", "--tier", "4"}, "--tier: must be a whole number from 1 to 3, not 4"},
      {{"audit", "log", "--limit", "0"}, "--limit: " + on + "0"},
      {{"audit", "export", "--from", "99999999999999999999"}, "--from: must be a whole number from 0 on, not 9999"},
      {{"policy", "diff", "a", "b", "--lines", "0"}, "--lines: must be a whole number from 1 to 1000, not 0"},
  };
  for (const auto& [args, told] : wrong) EXPECT_THAT(office.Refused(2, "alice", args), HasSubstr(told));
}

}  // namespace
}  // namespace holdfast::testing
