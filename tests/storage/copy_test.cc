#include "vault/storage/copy.h"

#include "tests/storage/fixture.h"
#include "vault/storage/check.h"

namespace holdfast::storage {
namespace {

class CopyTest : public StorageTest {
 protected:
  std::string copy() const { return path() + ".copy"; }
  void ExpectWhole(const SecretBytes& key) {
    auto opened = Connection::OpenWriter(copy(), key, Create::kMustExist, &TestRowHash);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_TRUE(CheckStructure(**opened).ok());
    EXPECT_EQ(*(*opened)->RecomputeStateSum(), db().state_sum());
    EXPECT_TRUE(HolderStore(**opened).ByName("ana")->has_value());
  }
};

TEST_F(CopyTest, HoldsWhatIsInTheWriteAheadLogAlone) {
  AddHolder("ana", "ana");
  ASSERT_GT(db().WalFrames(), 0);
  ASSERT_TRUE(CopyDatabase(db(), TestKey(), copy()).ok());
  EXPECT_EQ(std::filesystem::status(copy()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_FALSE(std::filesystem::exists(copy() + "-wal"));
  ExpectWhole(TestKey());
}

TEST_F(CopyTest, CanHaveAnotherKey) {
  AddHolder("ana", "ana");
  ASSERT_TRUE(CopyDatabase(db(), TestKey(9), copy()).ok());
  EXPECT_EQ(ReasonOf(Connection::OpenReader(copy(), TestKey()).status()), "DATABASE_UNREADABLE");
  ExpectWhole(TestKey(9));
}

TEST_F(CopyTest, IsMadeOfFilesWithoutNames) {
  AddHolder("ana", "ana");
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path() + suffix);
  ASSERT_TRUE(CopyDatabase(db(), TestKey(), copy()).ok());
  ExpectWhole(TestKey());
}

TEST_F(CopyTest, OverwritesNothing) {
  WriteFile(copy(), "something");
  EXPECT_EQ(ReasonOf(CopyDatabase(db(), TestKey(), copy())), "DATABASE_EXISTS");
  EXPECT_EQ(ReadFile(copy()), "something");
}

}  // namespace
}  // namespace holdfast::storage
