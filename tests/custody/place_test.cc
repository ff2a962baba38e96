// A copy of a vault is not served unasked, and never writes what belongs to the original.
#include "vault/custody/place.h"

#include <fstream>

#include "tests/custody/fixture.h"
#include "vault/audit/anchor.h"
#include "vault/custody/paths.h"

namespace holdfast::custody {
namespace {

namespace fs = std::filesystem;

class PlaceTest : public CustodyTest {
 protected:
  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  std::string Copy() {
    fs::copy(data_dir(), directory() + "/copy", fs::copy_options::recursive);
    return directory() + "/copy";
  }
  static absl::Status TryOpen(const std::string& path, const OpenOptions& options = {}) {
    return Vault::Open(path, options).status();
  }
  // The type and the rule of the last event.
  static std::string LastEvent(const std::string& path) {
    auto vault = Vault::Open(path);
    EXPECT_TRUE(vault.ok()) << vault.status();
    std::string last;
    EXPECT_TRUE((*vault)->committer()
                    .RunOne([&](WriteTx& tx) -> absl::Status {
                      storage::EventStore events(tx.db());
                      HF_ASSIGN_OR_RETURN(const std::int64_t size, events.Size());
                      HF_ASSIGN_OR_RETURN(const auto row, events.At(size - 1));
                      last = row->type + " by " + row->rule;
                      return absl::OkStatus();
                    })
                    .ok());
    return last;
  }
};

constexpr Place kPlace{.machine = "m", .boot = "b", .device = 1, .directory = 2, .database = 3};

TEST(Moved, TellsAnotherMachineDirectoryAndFileSystem) {
  EXPECT_EQ(Moved(kPlace, kPlace), "");
  Place now = kPlace;
  now.machine = "n";
  EXPECT_NE(Moved(kPlace, now).find("another machine"), std::string::npos);
  now = kPlace;
  now.directory = 9;
  EXPECT_NE(Moved(kPlace, now).find("another directory"), std::string::npos);
  now = kPlace;
  now.device = 9;
  EXPECT_NE(Moved(kPlace, now).find("another file system"), std::string::npos);
}

// Disks are numbered anew when a machine starts.
TEST(Moved, LetsTheDeviceNumberChangeFromOneBootToTheNext) {
  Place now = kPlace;
  now.boot = "c";
  now.device = 9;
  EXPECT_EQ(Moved(kPlace, now), "");
  now.directory = 9;
  EXPECT_NE(Moved(kPlace, now), "");
}

TEST_F(PlaceTest, ACopyIsRefusedAndBothWaysOutAreNamed) {
  Close();
  const std::string copy = Copy();
  const absl::Status refused = TryOpen(copy);
  EXPECT_EQ(ReasonOf(refused), "IS_A_COPY");
  for (const char* way : {"serve --adopt", "restore --from"})
    EXPECT_NE(MessageOf(refused).find(way), std::string_view::npos) << refused;
  EXPECT_TRUE(TryOpen(data_dir()).ok());
}

TEST_F(PlaceTest, AdoptingIsAnEventAndHoldsFromThenOn) {
  Close();
  const std::string copy = Copy();
  const std::string original = Read(AnchorPath(data_dir()));
  ASSERT_TRUE(TryOpen(copy, {.adopt = true}).ok());
  EXPECT_EQ(LastEvent(copy), "vault.adopt by host.adopt");
  EXPECT_EQ(Read(AnchorPath(data_dir())), original);  // its own anchor went on alone
  EXPECT_NE(Read(AnchorPath(copy)), original);
}

TEST_F(PlaceTest, AdoptingWhatNeverMovedIsNoEvent) {
  Close();
  const std::string before = LastEvent(data_dir());
  ASSERT_TRUE(TryOpen(data_dir(), {.adopt = true}).ok());
  EXPECT_EQ(LastEvent(data_dir()), before);
}

TEST_F(PlaceTest, ADirectoryThatWasOnlyRenamedOpens) {
  Close();
  fs::rename(data_dir(), directory() + "/renamed");
  const absl::Status opened = TryOpen(directory() + "/renamed");
  EXPECT_TRUE(opened.ok()) << opened;
}

TEST_F(PlaceTest, WithoutItsRecordOrWithAForeignOneItCountsAsACopy) {
  Close();
  const std::string path = PlacePath(data_dir());
  const std::string good = Read(path);
  const auto expect_copy = [&](const std::string& text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
    EXPECT_EQ(ReasonOf(TryOpen(data_dir())), "IS_A_COPY") << text;
  };
  expect_copy("");
  expect_copy("{}");
  expect_copy(good.substr(0, good.size() / 2));
  std::string forged = good;  // the right numbers, without the vault's key
  const std::size_t digit = forged.find("\"mac\":\"") + 7;
  forged[digit] = forged[digit] == '0' ? '1' : '0';
  expect_copy(forged);
  fs::remove(path);
  EXPECT_EQ(ReasonOf(TryOpen(data_dir())), "IS_A_COPY");
  std::ofstream(path, std::ios::binary | std::ios::trunc) << good;
  EXPECT_TRUE(TryOpen(data_dir()).ok());
}

TEST_F(PlaceTest, AnotherDatabaseFileOfTheSameContentIsNoticed) {
  Close();
  const std::string database = DatabasePath(data_dir());
  fs::copy_file(database, database + ".other");
  fs::rename(database + ".other", database);
  const absl::Status refused = TryOpen(data_dir());
  EXPECT_EQ(ReasonOf(refused), "IS_A_COPY");
  EXPECT_NE(MessageOf(refused).find(database), std::string_view::npos) << refused;
  EXPECT_TRUE(TryOpen(data_dir(), {.adopt = true}).ok());
}

TEST_F(PlaceTest, AnAnchorElsewhereIsTouchedByNoCopyAndByNoTwoVaults) {
  const std::string original = directory() + "/with-anchor";
  const std::string anchor = directory() + "/elsewhere-anchor";
  ASSERT_TRUE(InitVault({.data_dir = original,
                         .officer = "alice",
                         .key_file = directory() + "/key-2",
                         .anchor = anchor,
                         .address = {}})
                  .ok());
  const std::string copy = directory() + "/copy-2";
  fs::copy(original, copy, fs::copy_options::recursive);
  const std::string before = Read(anchor);
  EXPECT_EQ(ReasonOf(TryOpen(copy)), "IS_A_COPY");
  EXPECT_EQ(Read(anchor), before);
  const auto serving = Vault::Open(original);
  ASSERT_TRUE(serving.ok()) << serving.status();
  EXPECT_EQ(ReasonOf(TryOpen(copy, {.adopt = true})), "ANCHOR_IN_USE");
  EXPECT_EQ(Read(anchor), before);
}

TEST_F(PlaceTest, AnAnchorThatInitPutsIntoTheDirectoryGoesWithIt) {
  const std::string made = directory() + "/made";
  ASSERT_TRUE(InitVault({.data_dir = made,
                         .officer = "alice",
                         .key_file = directory() + "/key-3",
                         .anchor = made + "/of-mine",
                         .address = {}})
                  .ok());
  fs::rename(made, directory() + "/made-2");
  const absl::Status opened = TryOpen(directory() + "/made-2");
  EXPECT_TRUE(opened.ok()) << opened;
}

TEST_F(PlaceTest, AKeyFileElsewhereIsNamedAtTheStart) {
  Close();
  fs::rename(key_file(), directory() + "/moved-key");
  const absl::Status missing = TryOpen(data_dir());
  EXPECT_EQ(ReasonOf(missing), "KEY_FILE_MISSING");
  EXPECT_NE(MessageOf(missing).find("--key-file"), std::string_view::npos) << missing;
  EXPECT_TRUE(TryOpen(data_dir(), {.key_file = directory() + "/moved-key"}).ok());
  const absl::Status wrong = TryOpen(data_dir(), {.key_file = directory() + "/none"});
  EXPECT_NE(MessageOf(wrong).find(directory() + "/none"), std::string_view::npos) << wrong;
}

}  // namespace
}  // namespace holdfast::custody
