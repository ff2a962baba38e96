#include <gmock/gmock.h>

#include <map>

#include "tests/storage/fixture.h"
#include "vault/storage/exposure_store.h"

namespace holdfast::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A history of one secret. "lea" and "lea-bot" are holders of the leaver; "ana" and "ben" are two others.
struct Attested {
  std::int64_t version;
  std::string by;
};
struct Sight {
  std::string holder;
  std::int64_t version;
};
struct Case {
  std::string name;
  std::int64_t versions;
  std::vector<Attested> attested;
  std::vector<Sight> seen;
  std::vector<std::int64_t> live;  // of the leaver
  std::vector<std::int64_t> open;  // of the leaver
  bool fresh;
};

void PrintTo(const Case& history, std::ostream* out) { *out << history.name; }

class ExposureTest : public StorageTest {
 protected:
  ExposureTest() {
    for (const auto& [name, person] : {std::pair<std::string, std::string>{"lea", "lea-person"},
                                       {"lea-bot", "lea-person"},
                                       {"ana", "ana-person"},
                                       {"ben", "ben-person"}})
      holders_[name] = AddHolder(name, person).id;
    account_id_ = AddAccount("acct").id;
    secret_id_ = AddSecret(account_id_, "password").id;
  }
  void See(const std::string& holder, std::int64_t version, Micros now = 10) {
    ASSERT_TRUE(exposures().Record(holders_[holder], secret_id_, version, ExposureHow::kShown, now).ok());
  }
  ExposureStore exposures() { return ExposureStore(db()); }
  KnowledgeStore knowledge() { return KnowledgeStore(db()); }

  std::map<std::string, std::int64_t> holders_;
  std::int64_t account_id_ = 0;
  std::int64_t secret_id_ = 0;
};

class LiveExposure : public ExposureTest, public ::testing::WithParamInterface<Case> {};

TEST_P(LiveExposure, FollowsTheHistoryOfTheSecret) {
  const Case& history = GetParam();
  for (std::int64_t version = 1; version <= history.versions; ++version)
    AddVersion(secret_id_, version, holders_["ana"]);
  for (const Attested& attested : history.attested) Attest(secret_id_, attested.version, holders_[attested.by]);
  for (const Sight& sight : history.seen) See(sight.holder, sight.version);

  const auto tasks = knowledge().OpenByPerson("lea-person");
  ASSERT_TRUE(tasks.ok()) << tasks.status();
  const bool done = history.open.empty() && history.fresh;
  const bool seen = std::any_of(history.seen.begin(), history.seen.end(),
                                [](const Sight& sight) { return sight.holder.starts_with("lea"); });
  EXPECT_EQ(tasks->size(), seen && !done ? 1u : 0u);

  const auto task = knowledge().TaskStateOf(secret_id_, "lea-person");
  ASSERT_TRUE(task.ok()) << task.status();
  EXPECT_EQ(task->open_versions, history.open);
  EXPECT_EQ(task->replaced(), history.fresh);

  const auto all = exposures().List({}, 0, 100);
  ASSERT_TRUE(all.ok()) << all.status();
  std::vector<std::int64_t> listed;
  for (const Exposure& exposure : *all) {
    const bool of_leaver = exposure.holder_id == holders_["lea"] || exposure.holder_id == holders_["lea-bot"];
    if (of_leaver && exposure.live) listed.push_back(exposure.version);
  }
  std::sort(listed.begin(), listed.end());
  listed.erase(std::unique(listed.begin(), listed.end()), listed.end());
  EXPECT_EQ(listed, history.live);
}

INSTANTIATE_TEST_SUITE_P(
    Histories, LiveExposure,
    ::testing::Values(
        Case{"NothingSeenIsNothingLive", 1, {}, {}, {}, {}, true},
        Case{"SeenIsLive", 1, {}, {{"lea", 1}}, {1}, {1}, false},
        Case{"ReplacedAndAttestedByAnotherEnds", 2, {{1, "ana"}}, {{"lea", 1}}, {}, {}, true},
        Case{"ReplacedButNotAttestedStays", 2, {}, {{"lea", 1}}, {1}, {1}, true},
        Case{"AttestedWithoutReplacementStays", 1, {{1, "ana"}}, {{"lea", 1}}, {1}, {}, false},
        Case{"RotationByTheLeaverEndsNothing", 2, {{1, "ana"}}, {{"lea", 1}, {"lea", 2}}, {1, 2}, {2}, false},
        Case{"AttestationByTheLeaverEndsNothing", 2, {{1, "lea"}}, {{"lea", 1}}, {1}, {1}, true},
        Case{"AttestationByTheLeaversOtherHolderEndsNothing",
             2,
             {{1, "lea-bot"}},
             {{"lea", 1}},
             {1},
             {1},
             true},
        Case{"WhatTheLeaverAttestedCanBeAttestedByAnother", 2, {{1, "lea"}, {1, "ana"}}, {{"lea", 1}}, {}, {}, true},
        Case{"ReplacementThatIsDeadEndsNothing", 2, {{1, "ana"}, {2, "ben"}}, {{"lea", 1}}, {1}, {}, false},
        Case{"ReplacementSeenByTheLeaverEndsNothing",
             2,
             {{1, "ana"}, {2, "ana"}},
             {{"lea", 1}, {"lea", 2}},
             {1, 2},
             {},
             false},
        Case{"ReplacementSeenByTheLeaversOtherHolderEndsNothing",
             2,
             {{1, "ana"}},
             {{"lea", 1}, {"lea-bot", 2}},
             {1, 2},
             {2},
             false},
        Case{"TwoHoldersOfOnePersonEndTogether", 2, {{1, "ana"}}, {{"lea", 1}, {"lea-bot", 1}}, {}, {}, true},
        Case{"LaterUnseenReplacementEndsAll",
             3,
             {{1, "ana"}, {2, "ben"}},
             {{"lea", 1}, {"lea", 2}},
             {},
             {},
             true},
        Case{"LaterUnseenReplacementEndsOnlyWhatWasAttested",
             3,
             {{2, "ana"}},
             {{"lea", 1}, {"lea", 2}},
             {1},
             {1},
             true},
        Case{"OlderUnseenVersionIsNoReplacement", 2, {{2, "ana"}}, {{"lea", 2}}, {2}, {}, false},
        Case{"ReplacementSeenByOthersIsStillFresh",
             2,
             {{1, "ana"}},
             {{"lea", 1}, {"ana", 1}, {"ana", 2}, {"ben", 2}},
             {},
             {},
             true},
        Case{"AttestationByAnotherExposedPersonCounts",
             2,
             {{1, "ben"}},
             {{"lea", 1}, {"ben", 1}},
             {},
             {},
             true}),
    [](const auto& info) { return info.param.name; });

TEST_F(ExposureTest, CountsRepeatsInOneRow) {
  AddVersion(secret_id_, 1, holders_["ana"]);
  See("lea", 1, 10);
  See("lea", 1, 25);
  ASSERT_TRUE(exposures().Record(holders_["lea"], secret_id_, 1, ExposureHow::kExported, 30).ok());
  const auto rows = exposures().List({.holder_id = holders_["lea"]}, 0, 10);
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ(rows->at(0).first_at, 10);
  EXPECT_EQ(rows->at(0).last_at, 25);
  EXPECT_EQ(rows->at(0).times, 2);
  EXPECT_EQ(rows->at(0).account_id, account_id_);
  EXPECT_EQ(rows->at(1).how, ExposureHow::kExported);
  EXPECT_EQ(rows->at(1).times, 1);
}

TEST_F(ExposureTest, RefusesAVersionThatDoesNotExist) {
  EXPECT_EQ(ReasonOf(exposures().Record(holders_["lea"], secret_id_, 1, ExposureHow::kShown, 1)),
            "CONSTRAINT");
}

TEST_F(ExposureTest, FiltersAndPagesTheList) {
  AddVersion(secret_id_, 1, holders_["ana"]);
  AddVersion(secret_id_, 2, holders_["ana"]);
  Attest(secret_id_, 1, holders_["ana"]);
  const std::int64_t other_account = AddAccount("other").id;
  const std::int64_t other_secret = AddSecret(other_account, "password").id;
  AddVersion(other_secret, 1, holders_["ana"]);
  See("lea", 1);
  See("ben", 1);
  ASSERT_TRUE(exposures().Record(holders_["lea"], other_secret, 1, ExposureHow::kMade, 5).ok());

  const auto secrets = [this](const ExposureFilter& filter, std::int64_t after, int limit) {
    std::vector<std::pair<std::int64_t, std::int64_t>> out;
    const auto rows = exposures().List(filter, after, limit);
    EXPECT_TRUE(rows.ok());
    for (const Exposure& row : *rows) out.emplace_back(row.holder_id, row.secret_id);
    return out;
  };
  using Pair = std::pair<std::int64_t, std::int64_t>;
  const Pair lea{holders_["lea"], secret_id_};
  const Pair ben{holders_["ben"], secret_id_};
  const Pair made{holders_["lea"], other_secret};
  EXPECT_THAT(secrets({}, 0, 10), ElementsAre(lea, ben, made));
  EXPECT_THAT(secrets({}, 0, 2), ElementsAre(lea, ben));
  EXPECT_THAT(secrets({}, 2, 2), ElementsAre(made));
  EXPECT_THAT(secrets({.holder_id = holders_["lea"]}, 0, 10), ElementsAre(lea, made));
  EXPECT_THAT(secrets({.account_id = account_id_}, 0, 10), ElementsAre(lea, ben));
  EXPECT_THAT(secrets({.live_only = true}, 0, 1), ElementsAre(made));
  EXPECT_THAT(secrets({.account_id = account_id_, .live_only = true}, 0, 10), IsEmpty());
}

TEST_F(ExposureTest, AVersionWithAValueTheLeaverSawIsNoReplacement) {
  AddVersion(secret_id_, 1, holders_["ana"], /*value=*/7);
  AddVersion(secret_id_, 2, holders_["ana"], /*value=*/7);
  See("lea", 1);
  Attest(secret_id_, 1, holders_["ana"]);
  EXPECT_FALSE(knowledge().TaskStateOf(secret_id_, "lea-person")->replaced());
  EXPECT_FALSE(exposures().List({}, 0, 10)->front().live) << "a list tells of no equal values";
  AddVersion(secret_id_, 3, holders_["ana"], /*value=*/8);
  EXPECT_EQ(knowledge().TaskStateOf(secret_id_, "lea-person")->open_versions, std::vector<std::int64_t>{2})
      << "nobody showed it to her, but she knows it";
  Attest(secret_id_, 2, holders_["ana"]);
  EXPECT_TRUE(knowledge().TaskStateOf(secret_id_, "lea-person")->done());
  EXPECT_FALSE(exposures().List({}, 0, 10)->front().live);
}

}  // namespace
}  // namespace holdfast::storage
