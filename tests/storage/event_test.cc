#include <gmock/gmock.h>

#include "tests/storage/fixture.h"
#include "vault/storage/event_store.h"
#include "vault/storage/tree_store.h"

namespace holdfast::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class EventTest : public StorageTest {
 protected:
  // idx:      0    1    2    3    4    5
  // time:    10   10   20   20   30   30
  // actor:    1    2    1    2    1    -
  // type:    a    b    a    b    a    b
  // account:  5    5    5    6    6    6
  void Fill() {
    for (std::int64_t i = 0; i < 6; ++i) {
      EventRow row{.idx = i,
                   .time = 10 * (i / 2 + 1),
                   .type = i % 2 == 0 ? "a" : "b",
                   .actor_id = 1 + i % 2,
                   .account_id = i < 3 ? 5 : 6,
                   .outcome = i == 4 ? EventOutcome::kDenied : EventOutcome::kAllowed,
                   .rule = "r",
                   .leaf = Bytes(3, static_cast<std::uint8_t>(i))};
      if (i == 5) row.actor_id = std::nullopt;
      if (i == 2) row.secret_id = 8;
      if (i == 3) row.subject_id = 9;
      if (i == 4) row.handover_id = 7;
      ASSERT_TRUE(events().Append(row).ok());
    }
  }
  static std::vector<std::int64_t> Indexes(const absl::StatusOr<std::vector<EventRow>>& rows) {
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::vector<std::int64_t> found;
    for (const EventRow& row : *rows) found.push_back(row.idx);
    return found;
  }
  // Newest first.
  std::vector<std::int64_t> Find(const EventFilter& filter, int limit = 100) {
    return Indexes(events().List(filter, *events().RangeOf(filter), limit));
  }
  EventStore events() { return EventStore(db()); }
};

TEST_F(EventTest, GivesBackWhatWasAppended) {
  EXPECT_EQ(*events().Size(), 0);
  const EventRow row{.idx = 0,
                     .time = 77,
                     .type = "secret.revealed",
                     .actor_id = 1,
                     .account_id = 2,
                     .secret_id = 3,
                     .subject_id = 4,
                     .version = 5,
                     .handover_id = 6,
                     .outcome = EventOutcome::kDenied,
                     .rule = "floor-1",
                     .leaf = {1, 2, 3}};
  ASSERT_TRUE(events().Append(row).ok());
  EXPECT_EQ(*events().Size(), 1);
  const auto read = events().At(0);
  ASSERT_TRUE(read.ok() && read->has_value());
  EXPECT_EQ((*read)->time, 77);
  EXPECT_EQ((*read)->type, "secret.revealed");
  EXPECT_EQ((*read)->actor_id, 1);
  EXPECT_EQ((*read)->account_id, 2);
  EXPECT_EQ((*read)->secret_id, 3);
  EXPECT_EQ((*read)->subject_id, 4);
  EXPECT_EQ((*read)->version, 5);
  EXPECT_EQ((*read)->handover_id, 6);
  EXPECT_EQ((*read)->outcome, EventOutcome::kDenied);
  EXPECT_EQ((*read)->rule, "floor-1");
  EXPECT_EQ((*read)->leaf, (Bytes{1, 2, 3}));
  EXPECT_FALSE(events().At(1)->has_value());
}

TEST_F(EventTest, NeverTakesAnIndexTwice) {
  Fill();
  EXPECT_EQ(events().Append({.idx = 3}).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(EventTest, FiltersByEveryColumn) {
  Fill();
  EXPECT_THAT(Find({}), ElementsAre(5, 4, 3, 2, 1, 0));
  EXPECT_THAT(Find({.actor_id = 1}), ElementsAre(4, 2, 0));
  EXPECT_THAT(Find({.account_id = 6}), ElementsAre(5, 4, 3));
  EXPECT_THAT(Find({.secret_id = 8}), ElementsAre(2));
  EXPECT_THAT(Find({.subject_id = 9}), ElementsAre(3));
  EXPECT_THAT(Find({.handover_id = 7}), ElementsAre(4));
  EXPECT_THAT(Find({.type = "b"}), ElementsAre(5, 3, 1));
  EXPECT_THAT(Find({.outcome = EventOutcome::kDenied}), ElementsAre(4));
  EXPECT_THAT(Find({.actor_id = 1, .account_id = 5, .type = "a"}), ElementsAre(2, 0));
  EXPECT_THAT(Find({.actor_id = 1, .type = "b"}), IsEmpty());
}

TEST_F(EventTest, TakesAllTypesThatBeginAlike) {
  std::int64_t idx = 0;
  for (const char* type : {"secret.put", "secretary.hire", "secret.reveal", "a.secret.put", "secret%"})
    ASSERT_TRUE(events().Append({.idx = idx++, .time = 1, .type = type, .rule = "r", .leaf = {1}}).ok());
  EXPECT_THAT(Find({.type_prefix = "secret."}), ElementsAre(2, 0));
  EXPECT_THAT(Find({.type_prefix = "secret%"}), ElementsAre(4));
  EXPECT_THAT(Find({.type = "secret.put", .type_prefix = "secret."}), ElementsAre(0));
}

TEST_F(EventTest, TakesTimesFromInclusiveToExclusive) {
  Fill();
  EXPECT_THAT(Find({.time_from = 20}), ElementsAre(5, 4, 3, 2));
  EXPECT_THAT(Find({.time_from = 11}), ElementsAre(5, 4, 3, 2));
  EXPECT_THAT(Find({.time_to = 20}), ElementsAre(1, 0));
  EXPECT_THAT(Find({.time_to = 21}), ElementsAre(3, 2, 1, 0));
  EXPECT_THAT(Find({.time_from = 20, .time_to = 30}), ElementsAre(3, 2));
  EXPECT_THAT(Find({.time_from = 31}), IsEmpty());
  EXPECT_THAT(Find({.time_to = 10}), IsEmpty());
  EXPECT_THAT(Find({.actor_id = 1, .time_from = 20}), ElementsAre(4, 2));
}

TEST_F(EventTest, PagesInBothDirections) {
  Fill();
  EXPECT_THAT(Indexes(events().From(2, 2)), ElementsAre(2, 3));
  EXPECT_THAT(Indexes(events().From(5, 2)), ElementsAre(5));
  EXPECT_THAT(Find({}, 2), ElementsAre(5, 4));
  EXPECT_THAT(Indexes(events().List({}, {.first = 0, .last = 3}, 2)), ElementsAre(3, 2));
  EXPECT_THAT(Indexes(events().List({.actor_id = 2}, {.first = 0, .last = 2}, 10)), ElementsAre(1));
}

TEST_F(EventTest, ServesEachIdFromItsIndex) {
  for (const std::string column : {"actor", "account", "secret", "subject", "handover"}) {
    Statement plan = db().Query("EXPLAIN QUERY PLAN SELECT * FROM event WHERE idx BETWEEN ?1 AND ?2 AND " +
                                    column + "_id = ?3 ORDER BY idx DESC",
                                0, 9, 1);
    ASSERT_TRUE(plan.Step());
    EXPECT_NE(plan.Text(3).find("INDEX event_" + column), std::string::npos) << plan.Text(3);
    EXPECT_FALSE(plan.Step()) << "sorts";
  }
}

TEST_F(EventTest, KeepsTextsInTheirRow) {
  const EventRow row{.idx = 0,
                     .type = "t",
                     .rule = "r",
                     .leaf = {1},
                     .texts = {{.field = "reason", .salt = Bytes(32, 2), .text = "r\xc3\xa9vision"},
                               {.field = "ticket", .salt = Bytes(32, 1), .text = ""}}};
  ASSERT_TRUE(events().Append(row).ok());
  const auto texts = (*events().At(0))->texts;
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_EQ(texts[0].field, "reason");
  EXPECT_EQ(texts[0].text, "r\xc3\xa9vision");
  EXPECT_EQ(texts[0].salt, Bytes(32, 2));
  EXPECT_EQ(texts[1].field, "ticket");
  EXPECT_EQ(texts[1].text, "");
}

TEST_F(EventTest, GivesAsManyTextsAsAreWhole) {
  const EventRow row{.idx = 0,
                     .type = "t",
                     .rule = "r",
                     .leaf = {1},
                     .texts = {{.field = "a", .salt = {1}, .text = "x"}, {.field = "b", .salt = {2}, .text = "y"}}};
  ASSERT_TRUE(events().Append(row).ok());
  ASSERT_TRUE(db().Exec("UPDATE event SET texts = substr(texts, 1, length(texts) - 1)").ok());
  EXPECT_EQ((*events().At(0))->texts.size(), 1u);
  ASSERT_TRUE(db().Exec("UPDATE event SET texts = x'ffffffff00'").ok());
  EXPECT_TRUE((*events().At(0))->texts.empty());
}

TEST_F(EventTest, KeepsTreeHashesByPosition) {
  TreeStore tree(db());
  EXPECT_EQ(*tree.Count(), 0);
  TreeHash one{};
  one.fill(1);
  TreeHash two{};
  two.fill(2);
  ASSERT_TRUE(tree.Append(0, {one}).ok());
  ASSERT_TRUE(tree.Append(1, {two, one}).ok());
  EXPECT_EQ(*tree.Count(), 3);
  EXPECT_EQ(*tree.Read(0), one);
  EXPECT_EQ(*tree.Read(1), two);
  EXPECT_EQ(*tree.Read(2), one);
  EXPECT_EQ(tree.Append(2, {two}).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(EventTest, TakesAMissingOrMisshapenTreeHashForDamage) {
  TreeStore tree(db());
  EXPECT_EQ(tree.Read(0).status().code(), absl::StatusCode::kDataLoss);
  ASSERT_TRUE(db().Exec("INSERT INTO tree_hash VALUES (1, x'0102')").ok());
  EXPECT_EQ(tree.Read(0).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace holdfast::storage
