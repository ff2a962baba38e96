// Older pages put back: before a start, and under connections that are open.
#include "vault/storage/check.h"

#include "tests/storage/fixture.h"
#include "vault/storage/grant_store.h"
#include "vault/storage/key_store.h"
#include "vault/storage/request_store.h"

namespace holdfast::storage {
namespace {

constexpr std::size_t kPage = 4096;

std::string PageOf(const std::string& file, std::size_t page) { return file.substr(page * kPage, kPage); }

// In place: whoever has the file open reads it next.
void PutPage(const std::string& path, std::size_t page, const std::string& content) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(page * kPage));
  file.write(content.data(), std::ssize(content));
}

class CheckTest : public StorageTest {
 protected:
  CheckTest() {
    const Holder bob = AddHolder("bob", "bob");
    sam_ = AddHolder("sam", "sam").id;
    account_ = AddAccount("news").id;
    Grant owner{.account_id = account_, .holder_id = bob.id, .relation = Relation::kOwner};
    EXPECT_TRUE(GrantStore(db()).Insert(owner).ok());
    Grant grant{.account_id = account_, .holder_id = sam_};
    EXPECT_TRUE(GrantStore(db()).Insert(grant).ok());
    grant_ = grant.id;
    for (int i = 0; i < 40; ++i) Ask(i);
    Close();
    older_ = ReadFile(path());
    Reopen();
    EXPECT_TRUE(GrantStore(db()).End(grant_, 50, bob.id).ok());
    for (int i = 40; i < 80; ++i) Ask(i);
    EXPECT_TRUE(RequestStore(db()).Prune(20, 20).ok());
    EXPECT_TRUE(db().Exec("UPDATE holder SET person = 'other', revision = 2 WHERE name = 'sam'").ok());
    sum_ = db().state_sum();
    Close();
    newer_ = ReadFile(path());
  }

  void Ask(int i) {
    EXPECT_TRUE(RequestStore(db())
                    .Put(sam_, "method", "id-" + std::to_string(i), {.body_mac = Bytes(32, 1), .result = "r"}, i)
                    .ok());
  }
  // Checks as opening a vault does.
  std::string OpenReason() {
    auto opened = Connection::OpenWriter(path(), TestKey(), Create::kMustExist, &TestRowHash);
    if (!opened.ok()) return ReasonOf(opened.status());
    const auto check = CheckStructure(**opened);
    if (!check.ok()) return ReasonOf(check.status());
    const auto sum = (*opened)->RecomputeStateSum();
    if (!sum.ok()) return ReasonOf(sum.status());
    if (*sum != sum_) return "other rows";
    if (check->indexes_agree) return "";
    const absl::Status rebuilt = RebuildIndexes(**opened);
    EXPECT_TRUE(rebuilt.ok()) << rebuilt;
    EXPECT_TRUE(GrantStore(**opened).LiveByHolder(sam_, 60)->empty());
    EXPECT_FALSE(GrantStore(**opened).Live(account_, sam_, 60)->has_value());
    EXPECT_TRUE(HolderStore(**opened).ByPerson("sam")->empty());
    EXPECT_EQ(HolderStore(**opened).ByPerson("other")->size(), 1u);
    return "rebuilt";
  }

  std::int64_t sam_ = 0;
  std::int64_t account_ = 0;
  std::int64_t grant_ = 0;
  std::string older_;
  std::string newer_;
  StateSum sum_;
};

TEST_F(CheckTest, RefusesOrMendsEachOlderPage) {
  std::map<std::string, int> outcomes;
  for (std::size_t page = 0; page < older_.size() / kPage; ++page) {
    if (PageOf(older_, page) == PageOf(newer_, page)) continue;
    WriteFile(path(), newer_);
    PutPage(path(), page, PageOf(older_, page));
    const std::string outcome = OpenReason();
    EXPECT_NE(outcome, "") << "page " << page;
    ++outcomes[outcome];
  }
  EXPECT_GT(outcomes["rebuilt"], 1);
  EXPECT_GT(outcomes["other rows"], 1);
  WriteFile(path(), newer_);
  EXPECT_EQ(OpenReason(), "");
}

TEST_F(CheckTest, RefusesSeveralOlderPagesTogether) {
  for (std::size_t first = 0; first < older_.size() / kPage; ++first) {
    for (std::size_t second = first + 1; second < older_.size() / kPage; ++second) {
      if (PageOf(older_, first) == PageOf(newer_, first) || PageOf(older_, second) == PageOf(newer_, second)) continue;
      WriteFile(path(), newer_);
      PutPage(path(), first, PageOf(older_, first));
      PutPage(path(), second, PageOf(older_, second));
      EXPECT_NE(OpenReason(), "") << first << " " << second;
    }
  }
}

TEST_F(CheckTest, RefusesASchemaThatIsNotItsOwn) {
  for (const char* change :
       {"CREATE TRIGGER t AFTER INSERT ON holder BEGIN SELECT 1; END", "DROP INDEX access_grant_one",
        "DROP TRIGGER access_grant_insert", "CREATE TABLE more (id INTEGER) STRICT"}) {
    WriteFile(path(), newer_);
    Reopen();
    ASSERT_TRUE(db().Exec(change).ok());
    const auto check = CheckStructure(db());
    EXPECT_EQ(ReasonOf(check.status()), "DATABASE_DAMAGED") << change;
    Close();
  }
}

// SQLite reads a page again when its cache has dropped it, or when another connection has written.
TEST_F(CheckTest, NoConnectionReadsAnOlderPageOnceThePageWasRead) {
  int refused = 0;
  for (std::size_t page = 1; page < older_.size() / kPage; ++page) {
    if (PageOf(older_, page) == PageOf(newer_, page)) continue;
    WriteFile(path(), newer_);
    Reopen();
    ASSERT_TRUE(CheckStructure(db()).ok());
    PutPage(path(), page, PageOf(older_, page));
    auto reader = Connection::OpenReader(path(), TestKey());
    ASSERT_TRUE(reader.ok()) << reader.status();
    const absl::Status status = (*reader)->Exec("PRAGMA integrity_check");
    EXPECT_EQ(ReasonOf(status), "DATABASE_DAMAGED") << page;
    EXPECT_NE(MessageOf(status).find("while it ran"), std::string_view::npos) << status;
    ++refused;
    reader->reset();
    Close();
  }
  EXPECT_GT(refused, 5);
}

// As a backup from another process does, while the server goes on writing.
TEST_F(CheckTest, AProcessThatOnlyReadsTakesPagesAsTheyCome) {
  WriteFile(path(), newer_);
  auto first = Reader();
  ASSERT_TRUE(first->Exec("PRAGMA integrity_check").ok());
  WriteFile(path(), older_);
  auto second = Reader();
  EXPECT_TRUE(second->Exec("PRAGMA integrity_check").ok());
}

TEST_F(CheckTest, NoConnectionReadsAnOlderFrameOfTheWriteAheadLog) {
  WriteFile(path(), newer_);
  Reopen();
  Ask(100);
  const std::string before = ReadFile(path() + "-wal");
  Ask(101);
  constexpr std::size_t kHeader = 32;
  constexpr std::size_t kFrame = 24 + kPage;
  const std::string after = ReadFile(path() + "-wal");
  ASSERT_GT(after.size(), before.size());
  // The page of the last frame, as an earlier frame has it.
  const std::size_t last = (after.size() - kHeader) / kFrame - 1;
  const auto number = [&](std::size_t frame) { return after.substr(kHeader + frame * kFrame, 4); };
  std::size_t earlier = last;
  while (earlier > 0 && number(--earlier) != number(last)) {
  }
  ASSERT_EQ(number(earlier), number(last));
  std::fstream wal(path() + "-wal", std::ios::binary | std::ios::in | std::ios::out);
  wal.seekp(static_cast<std::streamoff>(kHeader + last * kFrame + 24));
  wal.write(after.data() + kHeader + earlier * kFrame + 24, kPage);
  wal.close();
  EXPECT_EQ(ReasonOf(Reader()->Exec("PRAGMA integrity_check")), "DATABASE_DAMAGED");
}

}  // namespace
}  // namespace holdfast::storage
