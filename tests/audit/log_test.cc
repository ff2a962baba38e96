#include "vault/audit/log.h"

#include "tests/audit/fixture.h"
#include "vault/storage/event_store.h"
#include "vault/storage/tree_store.h"

namespace holdfast::audit {
namespace {

class LogTest : public AuditTest {
 protected:
  void Make(int entries) {
    auto log = Load();
    ASSERT_TRUE(log.ok()) << log.status();
    ASSERT_NO_FATAL_FAILURE(Append(*log, entries));
  }
  // Somebody with the database key changes the file behind the log's back.
  void Tamper(std::string_view sql) { ASSERT_TRUE(db().Exec(sql).ok()) << sql; }
  std::string LoadReason() { return ReasonOf(Load().status()); }
};

TEST_F(LogTest, LoadsWhatItAppended) {
  auto log = Load();
  ASSERT_TRUE(log.ok());
  ASSERT_NO_FATAL_FAILURE(Append(*log, 7));
  const auto again = Load();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->tip().edge.size(), 7);
  EXPECT_EQ(again->tip().edge.Root(), log->tip().edge.Root());
  EXPECT_EQ(again->tip().last_time, 1'006);
}

TEST_F(LogTest, NeverLetsTimeGoBack) {
  auto log = Load();
  ASSERT_NO_FATAL_FAILURE(Append(*log, 1, 5'000));
  ASSERT_NO_FATAL_FAILURE(Append(*log, 1, 2'000));
  EXPECT_EQ(log->tip().last_time, 5'000);
  EXPECT_TRUE(Load().ok());
}

TEST_F(LogTest, KeepsTextsBesideTheLeafAndOnlyCommitmentsInIt) {
  Make(1);
  const auto row = storage::EventStore(db()).At(0);
  ASSERT_TRUE(row.ok() && row->has_value());
  const std::string leaf(AsChars((*row)->leaf));
  EXPECT_EQ(leaf.find("because"), std::string::npos);
  const auto& texts = (*row)->texts;
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_EQ(texts[0].text, "because");
  const auto hash = crypto::Sha256({texts[0].salt, AsBytes(texts[0].text)});
  EXPECT_NE(leaf.find(R"("reason":")" + HexEncode(hash) + '"'), std::string::npos);
}

TEST_F(LogTest, DetectsAChangedLeaf) {
  Make(7);
  Tamper(
      "UPDATE event SET leaf = CAST(replace(CAST(leaf AS TEXT), 'allowed', 'refused') AS BLOB) WHERE idx = "
      "3");
  EXPECT_EQ(LoadReason(), "LOG_DAMAGED");
}

// Whoever edits what an entry is found by would hide it from those who look for it.
TEST_F(LogTest, DetectsColumnsThatAreNotTheLeafs) {
  Make(7);
  for (const char* change : {"type = 'other'", "outcome = 2", "rule = 'x'", "actor_id = 1", "version = 3",
                             "secret_id = 4", "account_id = 5", "subject_id = 6", "handover_id = 7"}) {
    ASSERT_TRUE(db().Begin().ok());
    Tamper(std::string("UPDATE event SET ") + change + " WHERE idx = 3");
    EXPECT_EQ(LoadReason(), "LOG_DAMAGED") << change;
    ASSERT_TRUE(db().Rollback().ok());
  }
  EXPECT_EQ(LoadReason(), "");
}

TEST_F(LogTest, DetectsAMissingEntry) {
  Make(7);
  Tamper("DELETE FROM event WHERE idx = 3");
  EXPECT_EQ(LoadReason(), "LOG_DAMAGED");
}

TEST_F(LogTest, DetectsAMissingLastEntry) {
  Make(7);
  Tamper("DELETE FROM event WHERE idx = 6");
  EXPECT_EQ(LoadReason(), "LOG_DAMAGED");
}

TEST_F(LogTest, DetectsSwappedEntries) {
  Make(7);
  Tamper("CREATE TEMP TABLE kept AS SELECT leaf FROM event WHERE idx = 2");
  Tamper("UPDATE event SET leaf = (SELECT leaf FROM event WHERE idx = 4) WHERE idx = 2");
  Tamper("UPDATE event SET leaf = (SELECT leaf FROM kept) WHERE idx = 4");
  EXPECT_EQ(LoadReason(), "LOG_DAMAGED");
}

TEST_F(LogTest, DetectsAChangedTreeHash) {
  Make(7);
  const std::int64_t count = storage::TreeStore(db()).Count().value();
  for (std::int64_t id = 1; id <= count; ++id) {
    Tamper("CREATE TEMP TABLE kept AS SELECT hash FROM tree_hash WHERE id = " + std::to_string(id));
    Tamper("UPDATE tree_hash SET hash = zeroblob(32) WHERE id = " + std::to_string(id));
    EXPECT_EQ(LoadReason(), "LOG_DAMAGED") << id;
    Tamper("UPDATE tree_hash SET hash = (SELECT hash FROM kept) WHERE id = " + std::to_string(id));
    Tamper("DROP TABLE kept");
  }
  EXPECT_TRUE(Load().ok());
}

TEST_F(LogTest, ExtendsWhatWasAnchoredAtEachSize) {
  auto log = Load();
  std::vector<evidence::Checkpoint> seen;
  for (int i = 0; i < 9; ++i) {
    ASSERT_NO_FATAL_FAILURE(Append(*log, 1));
    seen.push_back(CheckpointOf(*log));
  }
  for (const evidence::Checkpoint& checkpoint : seen)
    EXPECT_TRUE(log->CheckExtends(db(), checkpoint).ok()) << checkpoint.size;
}

TEST_F(LogTest, RefusesToBeShorterThanItsAnchor) {
  auto log = Load();
  ASSERT_NO_FATAL_FAILURE(Append(*log, 5));
  evidence::Checkpoint anchored = CheckpointOf(*log);
  anchored.size = 6;
  EXPECT_EQ(ReasonOf(log->CheckExtends(db(), anchored)), "LOG_ROLLED_BACK");
}

// As when an older copy was put back and then written to: as long or longer, but another history.
TEST_F(LogTest, RefusesToBeAForkOfItsAnchor) {
  auto log = Load();
  ASSERT_NO_FATAL_FAILURE(Append(*log, 5));
  evidence::Checkpoint anchored = CheckpointOf(*log);
  anchored.root[0] ^= 1;
  EXPECT_EQ(ReasonOf(log->CheckExtends(db(), anchored)), "LOG_ROLLED_BACK");
  ASSERT_NO_FATAL_FAILURE(Append(*log, 5));
  EXPECT_EQ(ReasonOf(log->CheckExtends(db(), anchored)), "LOG_ROLLED_BACK");
}

class LogStateTest : public LogTest {
 protected:
  LogStateTest() : log_(Load().value()) {
    storage::Holder holder{.name = "alice", .pseudonym = Bytes(16, 1), .person = "alice", .roles = 8};
    EXPECT_TRUE(storage::HolderStore(db()).Insert(holder).ok());
    Append(log_, 1);
  }
  std::string CheckReason() {
    const auto sum = db().RecomputeStateSum();
    EXPECT_TRUE(sum.ok()) << sum.status();
    return ReasonOf(log_.CheckState(db(), *sum));
  }
  Log log_;
};

TEST_F(LogStateTest, AcceptsTheRowsThatTheLastEventSaw) { EXPECT_EQ(CheckReason(), ""); }

TEST_F(LogStateTest, DetectsARoleGivenBehindItsBack) {
  Tamper("UPDATE holder SET roles = 1 WHERE name = 'alice'");
  EXPECT_EQ(CheckReason(), "STATE_DAMAGED");
  Tamper("UPDATE holder SET roles = 8 WHERE name = 'alice'");
  EXPECT_EQ(CheckReason(), "");
}

TEST_F(LogStateTest, DetectsAHolderWhoWasRemovedOrAdded) {
  Tamper(
      "INSERT INTO holder (id, name, pseudonym, kind, person, display_name, roles, status, created_at, updated_at, "
      "revision, qualifications) SELECT 99, 'mallory', randomblob(16), kind, 'mallory', 'm', 1, status, created_at, "
      "updated_at, revision, qualifications FROM holder");
  EXPECT_EQ(CheckReason(), "STATE_DAMAGED");
  Tamper("DELETE FROM holder WHERE id = 99");
  EXPECT_EQ(CheckReason(), "");
  Tamper("DELETE FROM holder");
  EXPECT_EQ(CheckReason(), "STATE_DAMAGED");
}

TEST_F(LogStateTest, WritesTheSumOnlyUnderAKeyAndTheIndex) {
  const storage::StateSum sum = db().state_sum();
  EXPECT_EQ(StateMac(state_key_, 0, sum), StateMac(state_key_, 0, sum));
  EXPECT_NE(StateMac(state_key_, 0, sum), StateMac(state_key_, 1, sum));
  EXPECT_NE(StateMac(state_key_, 0, sum), StateMac(SecretBytes::CopyOf(Bytes(32, 8)), 0, sum));
}

}  // namespace
}  // namespace holdfast::audit
