// A case and what its leaver knows: of any secret, in any spelling, by whatever way.
#include "tests/custody/fixture.h"
#include "vault/base/retry.h"
#include "vault/custody/findings.h"
#include "vault/custody/knowledge.h"
#include "vault/custody/known_value.h"
#include "vault/handover/case.h"
#include "vault/handover/settle.h"

namespace holdfast::handover {
namespace {

using custody::CustodyTest;
using custody::WriteTx;
using storage::SettledAs;

class KnowledgeTest : public CustodyTest {
 protected:
  // bob owns a and b, and knows the passwords of both.
  KnowledgeTest() {
    for (const char* account : {"a", "b"}) {
      Must([&](WriteTx& tx) {
        return custody::CreateAccount(tx, As(tx, "alice"), Ask(),
                                      {.name = account, .platform = "x", .owner = "bob", .backups = {"carol"}})
            .status();
      });
      EXPECT_EQ(Put("bob", account, std::string("value of ") + account), "");
    }
    for (const char* name : {"dave", "erin"})
      Must([&](WriteTx& tx) {
        return custody::CreateHolder(tx, As(tx, "alice"), Ask(),
                                     {.name = name, .roles = static_cast<std::int64_t>(Role::kMember)})
            .status();
      });
  }
  void Must(const custody::Work& work) {
    const absl::Status status = Do(work);
    ASSERT_TRUE(status.ok()) << status;
  }
  std::string Put(const std::string& by, const std::string& account, const std::string& value) {
    return ReasonOf(Do([&](WriteTx& tx) { return CustodyTest::Put(tx, by, account, value, Ask()).status(); }));
  }
  std::string Attest(const std::string& by, const std::string& account, std::int64_t through = 0,
                     bool current = false) {
    return ReasonOf(Do([&](WriteTx& tx) {
      return custody::Attest(tx, As(tx, by), Ask(),
                             {.account = account,
                              .secret = "password",
                              .through = through,
                              .current = current,
                              .evidence = "tried it"})
          .status();
    }));
  }
  void Start(const std::string& leaver) {
    Must([&](WriteTx& tx) {
      return handover::Start(tx, As(tx, "alice"), Ask(), {.leaver = leaver}).status();
    });
  }
  std::string Close(const std::string& name = "1") {
    return ReasonOf(
        Do([&](WriteTx& tx) { return handover::Close(tx, As(tx, "alice"), Ask(), name, "").status(); }));
  }
  std::vector<TaskView> Tasks(const std::string& name = "1") {
    std::vector<TaskView> tasks;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto row, FindCase(tx, name));
      HF_ASSIGN_OR_RETURN(tasks, TasksOf(tx, row));
      return absl::OkStatus();
    });
    return tasks;
  }
  std::string Settle(const std::string& by, std::int64_t task, SettledAs as) {
    return ReasonOf(Do([&](WriteTx& tx) {
      return handover::Settle(tx, As(tx, by), Ask(),
                              {.name = "1", .task = task, .as = as, .evidence = "looked at it"})
          .status();
    }));
  }
  int RulesSeenBy(const std::string& holder, const std::string& rule) {
    int seen = 0;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto findings, custody::ListFindings(tx, As(tx, holder), {}, 0, 100));
      for (const custody::Finding& finding : findings) seen += finding.rule == rule ? 1 : 0;
      return absl::OkStatus();
    });
    return seen;
  }
  std::vector<std::string> Rules() {
    std::vector<std::string> rules;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto findings, custody::AllFindings(tx));
      for (const custody::Finding& finding : findings) rules.push_back(finding.rule);
      return absl::OkStatus();
    });
    return rules;
  }
};

TEST_F(KnowledgeTest, TwoPasswordsSwappedAreNoRotation) {
  // Before the case, nobody is told anything.
  ASSERT_EQ(Put("carol", "a", "value of b"), "");
  ASSERT_EQ(Put("carol", "b", "value of a"), "");
  Start("bob");
  EXPECT_EQ(Attest("carol", "a"), "");
  EXPECT_EQ(Attest("carol", "b"), "");
  EXPECT_EQ(Close(), "TASKS_OPEN");
  EXPECT_EQ(Put("carol", "a", "value of b"), "VALUE_KNOWN");
  EXPECT_EQ(Put("carol", "a", "fresh 1"), "");
  EXPECT_EQ(Put("carol", "b", "fresh 2"), "");
  EXPECT_EQ(Close(), "TASKS_OPEN") << "what was swapped may still work";
  EXPECT_EQ(Attest("carol", "a"), "");
  EXPECT_EQ(Attest("carol", "b"), "");
  EXPECT_EQ(Close(), "");
}

TEST_F(KnowledgeTest, AwayAndBackIsNoRotation) {
  ASSERT_EQ(Put("carol", "a", "fresh 1"), "");
  Start("bob");
  EXPECT_EQ(Put("carol", "a", "value of a"), "VALUE_KNOWN");
  ASSERT_EQ(Put("carol", "b", "fresh 2"), "");
  for (const char* account : {"a", "b"}) EXPECT_EQ(Attest("carol", account), "");
  EXPECT_EQ(Close(), "");
}

TEST_F(KnowledgeTest, ASecretThatTheLeaverNeverSawIsATaskWhenTheyKnowItsValue) {
  Must([&](WriteTx& tx) {
    return custody::CreateAccount(tx, As(tx, "alice"), Ask(), {.name = "c", .platform = "x", .owner = "carol"})
        .status();
  });
  ASSERT_EQ(Put("carol", "c", " value of a\n"), "");
  Start("bob");
  EXPECT_EQ(Tasks().size(), 3u);
}

// Whoever may put values in elsewhere would learn by looking here again and again.
TEST_F(KnowledgeTest, NoListPlanOrFindingOfOthersTellsThatAGuessIsRight) {
  Must([&](WriteTx& tx) {
    return custody::CreateAccount(tx, As(tx, "alice"), Ask(), {.name = "c", .platform = "x", .owner = "dave"})
        .status();
  });
  const auto seen = [&] {
    std::string all;
    Must([&](WriteTx& tx) -> absl::Status {
      tx.set_dry_run(true);
      HF_ASSIGN_OR_RETURN(const CaseView plan, handover::Start(tx, As(tx, "alice"), Ask(),
                                                               {.leaver = "dave", .wanted = {.to = "carol"}}));
      for (const TaskView& task : plan.tasks) all += task.account + (task.done() ? " done;" : " open;");
      return absl::OkStatus();
    });
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto findings, custody::ListFindings(tx, As(tx, "bob"), {}, 0, 100));
      for (const custody::Finding& finding : findings) all += finding.message + ";";
      HF_ASSIGN_OR_RETURN(const auto exposures, storage::ExposureStore(tx.db()).List({}, 0, 100));
      for (const storage::Exposure& exposure : exposures) all += exposure.live ? "live;" : "ended;";
      return absl::OkStatus();
    });
    return all;
  };
  ASSERT_EQ(Put("dave", "c", "a guess"), "");
  const std::string before = seen();
  ASSERT_EQ(Put("dave", "c", "value of a"), "");
  const std::string right = seen();
  ASSERT_EQ(Put("dave", "c", "another guess"), "");
  const std::string wrong = seen();
  EXPECT_EQ(right.size() - before.size(), wrong.size() - right.size()) << before << "\n" << right << "\n" << wrong;
  EXPECT_EQ(right + wrong.substr(right.size()), wrong);
}

TEST_F(KnowledgeTest, TellsFiveValuesAnHourAndNoMoreAndNothingToTheLeaverOrWithoutATask) {
  for (int i = 0; i < 8; ++i) ASSERT_EQ(Put("bob", "b", fmt::format("old {}", i)), "");
  ASSERT_EQ(Put("carol", "a", "old 1"), "") << "no case, no answer";
  Start("bob");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Put("carol", "a", fmt::format("old {}", i)), "VALUE_KNOWN");
  EXPECT_EQ(Put("alice", "a", "old 4"), "VALUE_KNOWN") << "one that was told is told again";
  EXPECT_EQ(Put("alice", "a", "old 5"), "TOO_MANY_KNOWN_VALUES");
  EXPECT_EQ(Put("alice", "a", "a guess"), "TOO_MANY_KNOWN_VALUES") << "whether it is known or not";
  EXPECT_EQ(Put("alice", "b", "a guess"), "") << "of this secret alone";
}

TEST_F(KnowledgeTest, PutsOfOneHolderAreBoundedAMinute) {
  std::string reason;
  int stored = 0;
  for (; stored < 20 && reason.empty(); ++stored) reason = Put("carol", "a", fmt::format("value {}", stored));
  EXPECT_EQ(reason, "TOO_MANY_PUTS");
  EXPECT_EQ(static_cast<std::size_t>(stored), custody::kMaxPutsAMinute + 1);
  EXPECT_EQ(Put("bob", "a", "another's"), "");
}

TEST_F(KnowledgeTest, ARefusedPutIsToldWhenItWillBeTaken) {
  for (std::size_t i = 0; i < custody::kMaxPutsAMinute; ++i)
    ASSERT_EQ(Put("carol", "a", fmt::format("value {}", i)), "");
  const absl::Status refused =
      Do([&](WriteTx& tx) { return CustodyTest::Put(tx, "carol", "a", "one more", Ask()).status(); });
  ASSERT_EQ(ReasonOf(refused), "TOO_MANY_PUTS");
  const std::int64_t wait = RetryAfterMillis(refused).value_or(0) * 1000;
  EXPECT_LE(wait, kMinute);
  const auto let_pass = [&](Micros time) {
    Must([&](WriteTx& tx) { return tx.db().Exec("UPDATE secret_version SET created_at = created_at - ?1", time); });
  };
  constexpr Micros kSlack = 30 * kSecond;
  ASSERT_GT(wait, kSlack);
  let_pass(wait - kSlack);
  EXPECT_EQ(Put("carol", "a", "one more"), "TOO_MANY_PUTS");
  let_pass(kSlack);
  EXPECT_EQ(Put("carol", "a", "one more"), "");
}

TEST_F(KnowledgeTest, AnHourOfKnownValuesIsToldWhenItIsOver) {
  for (int i = 0; i < 8; ++i) ASSERT_EQ(Put("bob", "b", fmt::format("old {}", i)), "");
  Start("bob");
  for (int i = 0; i < 5; ++i) ASSERT_EQ(Put("carol", "a", fmt::format("old {}", i)), "VALUE_KNOWN");
  const absl::Status refused =
      Do([&](WriteTx& tx) { return CustodyTest::Put(tx, "alice", "a", "old 6", Ask()).status(); });
  const std::int64_t wait = RetryAfterMillis(refused).value_or(0) * 1000;
  ASSERT_GT(wait, 30 * kMinute);
  EXPECT_LE(wait, kHour);
  Must([&](WriteTx& tx) { return tx.db().Exec("UPDATE value_refusal SET refused_at = refused_at - ?1", wait); });
  EXPECT_EQ(Put("alice", "a", "old 6"), "VALUE_KNOWN");
}

TEST_F(KnowledgeTest, PutsOfOneHolderAreBoundedAnHourOverAllSecrets) {
  Must([this](WriteTx& tx) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto carol, custody::FindHolder(tx, "carol"));
    // As if carol had put that many into another secret within the last hour.
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(custody::kMaxPutsAnHour); ++i)
      HF_RETURN_IF_ERROR(tx.db().Exec("INSERT INTO secret_version (secret_id, version, epoch, sealed, created_by,"
                                      " created_at, in_use_since) VALUES (2, ?1, 1, x'', ?2, ?3, ?3)",
                                      1000 + i, carol.id, tx.now() - kMinute * 2));
    return absl::OkStatus();
  });
  EXPECT_EQ(Put("carol", "a", "one more"), "TOO_MANY_PUTS");
  EXPECT_EQ(Put("bob", "a", "another's"), "");
}

TEST_F(KnowledgeTest, LooksUpEachSecretsStateAtOnceAsOneByOne) {
  ASSERT_EQ(Put("bob", "a", "one"), "");
  ASSERT_EQ(Put("carol", "b", "one"), "");
  ASSERT_EQ(Put("bob", "b", "two"), "");
  ASSERT_EQ(Put("carol", "b", "three"), "");
  Must([](WriteTx& tx) -> absl::Status {
    for (const char* person : {"alice", "bob", "carol", "nobody"}) {
      for (const auto by : {storage::KnownBy::kValue, storage::KnownBy::kExposure}) {
        storage::KnowledgeStore store(tx.db(), by);
        HF_ASSIGN_OR_RETURN(const auto states, store.StatesOf(person));
        std::vector<std::int64_t> open;
        for (std::int64_t secret = 1; secret <= 2; ++secret) {
          HF_ASSIGN_OR_RETURN(const storage::TaskState alone, store.TaskStateOf(secret, person));
          EXPECT_EQ(states.contains(secret), alone.concerns) << person << secret;
          if (!alone.concerns) continue;
          EXPECT_EQ(states.at(secret).open_versions, alone.open_versions) << person << secret;
          EXPECT_EQ(states.at(secret).done(), alone.done()) << person << secret;
          if (!alone.done()) open.push_back(secret);
        }
        HF_ASSIGN_OR_RETURN(const auto listed, store.OpenByPerson(person));
        EXPECT_EQ(listed, open) << person;
      }
    }
    return absl::OkStatus();
  });
}

TEST_F(KnowledgeTest, AFullSecretStillTakesARotation) {
  Must([](WriteTx& tx) {
    // As if ten thousand values had been put in.
    HF_RETURN_IF_ERROR(tx.db().Exec("UPDATE secret SET current_version = ?1 WHERE id = 1",
                                    custody::kMaxVersionsPerSecret - 1));
    return absl::OkStatus();
  });
  ASSERT_EQ(Put("bob", "a", "the last one"), "");
  EXPECT_EQ(Put("bob", "a", "one more"), "TOO_MANY_VERSIONS");
  Start("bob");
  EXPECT_EQ(Put("carol", "a", "fresh"), "");
  EXPECT_EQ(Put("carol", "a", "one more"), "TOO_MANY_VERSIONS") << "the rotation is done";
}

TEST_F(KnowledgeTest, WhatTheLeaverAttestedAnotherAttestsToo) {
  ASSERT_EQ(Put("carol", "a", "fresh 1"), "");
  ASSERT_EQ(Put("carol", "b", "fresh 2"), "");
  ASSERT_EQ(Attest("bob", "a"), "");
  Start("bob");
  ASSERT_EQ(Attest("carol", "b"), "");
  EXPECT_EQ(Close(), "TASKS_OPEN");
  EXPECT_EQ(Attest("carol", "a"), "");
  EXPECT_EQ(Attest("carol", "a"), "ALREADY_ATTESTED");
  EXPECT_EQ(Close(), "");
}

TEST_F(KnowledgeTest, TheNewestVersionIsAttestedDeadOnlyOnPurposeAndIsAFindingUntilReplaced) {
  EXPECT_EQ(Attest("carol", "a"), "NOTHING_TO_ATTEST");
  EXPECT_EQ(Attest("carol", "a", /*through=*/1), "IS_CURRENT");
  EXPECT_EQ(Attest("carol", "a", /*through=*/2), "NOT_FOUND");
  EXPECT_EQ(Attest("carol", "a", 0, /*current=*/true), "");
  EXPECT_THAT(Rules(), ::testing::Contains("secret.dead"));
  Start("bob");
  EXPECT_EQ(Put("carol", "b", "fresh 2"), "");
  EXPECT_EQ(Attest("carol", "b"), "");
  EXPECT_EQ(Close(), "TASKS_OPEN") << "no value works";
  EXPECT_EQ(Put("carol", "a", "fresh 1"), "");
  EXPECT_THAT(Rules(), ::testing::Not(::testing::Contains("secret.dead")));
  EXPECT_EQ(Close(), "");
}

// The same value twice, as it was or respelled, is one value: it dies once.
TEST_F(KnowledgeTest, AttestingAnEarlierVersionOfTheValueInForceDeadIsAttestingTheValueInForce) {
  ASSERT_EQ(Put("carol", "a", "same"), "");
  ASSERT_EQ(Put("carol", "a", "same\n"), "");
  EXPECT_EQ(RulesSeenBy("alice", "value.reused"), 1);
  EXPECT_EQ(RulesSeenBy("carol", "value.reused"), 0);
  ASSERT_EQ(Attest("carol", "a", /*through=*/2), "") << "as if they were not equal";
  EXPECT_EQ(RulesSeenBy("alice", "secret.dead"), 1);
  EXPECT_EQ(RulesSeenBy("carol", "secret.dead"), 0) << "whoever puts a guess in and attests would learn by it";
  Start("bob");
  EXPECT_EQ(Put("carol", "b", "fresh 2"), "");
  EXPECT_EQ(Attest("carol", "b"), "");
  EXPECT_EQ(Close(), "TASKS_OPEN") << "no value works";
  EXPECT_EQ(Put("carol", "a", "fresh 1"), "");
  EXPECT_EQ(RulesSeenBy("alice", "value.reused"), 0);
  EXPECT_EQ(RulesSeenBy("alice", "secret.dead"), 0);
  EXPECT_EQ(Close(), "");
}

TEST_F(KnowledgeTest, AValueThatWasAttestedDeadAndComesBackWorksAgain) {
  ASSERT_EQ(Put("carol", "a", "fresh 1"), "");
  ASSERT_EQ(Attest("carol", "a"), "");
  ASSERT_EQ(Put("carol", "a", "value of a"), "");
  EXPECT_EQ(RulesSeenBy("alice", "secret.dead"), 0);
  EXPECT_EQ(RulesSeenBy("alice", "value.reused"), 1);
  Start("bob");
  EXPECT_EQ(Tasks().size(), 2u) << "bob knows it";
}

TEST_F(KnowledgeTest, ATaskAlsoEndsWhenSomebodyElseSaysThatNothingIsLeftToOpen) {
  Start("bob");
  const auto tasks = Tasks();
  ASSERT_EQ(tasks.size(), 2u);
  EXPECT_EQ(Settle("dave", tasks[0].id, SettledAs::kClosed), "DENIED");
  EXPECT_EQ(Settle("carol", 99, SettledAs::kClosed), "DENIED") << "not told which tasks there are";
  EXPECT_EQ(Settle("alice", 99, SettledAs::kClosed), "NOT_FOUND");
  EXPECT_EQ(Settle("carol", tasks[0].id, SettledAs::kClosed), "");
  EXPECT_EQ(Settle("carol", tasks[0].id, SettledAs::kClosed), "TASK_DONE");
  EXPECT_EQ(Close(), "TASKS_OPEN");
  EXPECT_EQ(Settle("alice", tasks[1].id, SettledAs::kNoSecret), "");
  EXPECT_EQ(Close(), "");
  EXPECT_THAT(Rules(), ::testing::Not(::testing::Contains("exposed.gone")));
  EXPECT_EQ(Put("carol", "a", "value of a"), "");
  EXPECT_THAT(Rules(), ::testing::Contains("exposed.gone")) << "what is put in later counts again";
}

TEST_F(KnowledgeTest, WhoKnewAValueBeforeHasATaskToo) {
  Must([&](WriteTx& tx) {
    return custody::DeclareKnown(tx, As(tx, "carol"), Ask(),
                                 {.account = "a", .secret = "password", .holder = "dave"})
        .status();
  });
  EXPECT_EQ(ReasonOf(Do([&](WriteTx& tx) {
              return custody::DeclareKnown(tx, As(tx, "dave"), Ask(),
                                           {.account = "a", .secret = "password", .holder = "erin"})
                  .status();
            })),
            "DENIED");
  EXPECT_THAT(Rules(), ::testing::Contains("exposed.no-access"));
  Start("dave");
  ASSERT_EQ(Tasks().size(), 1u);
  EXPECT_EQ(Put("carol", "a", "fresh"), "");
  EXPECT_EQ(Attest("carol", "a"), "");
  EXPECT_EQ(Close(), "");
}

TEST_F(KnowledgeTest, RemovingASecretHidesNoExposure) {
  Must([&](WriteTx& tx) {
    return custody::Remove(tx, As(tx, "bob"), Ask(), "a", "password", "").status();
  });
  EXPECT_EQ(ReasonOf(Do([&](WriteTx& tx) {
              return custody::Reveal(tx, As(tx, "bob"), Ask(), {.account = "a", .secret = "password"}).status();
            })),
            "NOT_FOUND");
  Start("bob");
  EXPECT_EQ(Tasks().size(), 2u);
  EXPECT_EQ(Put("carol", "b", "fresh"), "");
  EXPECT_EQ(Attest("carol", "b"), "");
  EXPECT_EQ(Close(), "TASKS_OPEN");
  EXPECT_EQ(Attest("carol", "a", 0, /*current=*/true), "");
  EXPECT_EQ(Close(), "") << "it is none, and what was typed there is dead";
}

TEST_F(KnowledgeTest, EqualValuesAreAFindingForSecurityAlone) {
  EXPECT_THAT(Rules(), ::testing::Not(::testing::Contains("value.reused")));
  ASSERT_EQ(Put("bob", "b", "value of a"), "");
  EXPECT_EQ(RulesSeenBy("alice", "value.reused"), 2);
  EXPECT_EQ(RulesSeenBy("bob", "value.reused"), 0) << "an owner who puts values in would learn others' by it";
}

}  // namespace
}  // namespace holdfast::handover
