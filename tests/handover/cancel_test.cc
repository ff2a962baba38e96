// A freeze writes statuses and nothing else, so a case that is cancelled before its cut leaves no trace but its own.
#include <random>

#include "tests/handover/fixture.h"
#include "vault/crypto/fingerprint.h"
#include "vault/custody/approving.h"
#include "vault/custody/break_glass.h"
#include "vault/storage/approval_store.h"
#include "vault/storage/state.h"

namespace holdfast::handover {
namespace {

using custody::Tx;
using storage::HandoverState;

enum class Detail { kAll, kPlain };  // kPlain: without what is random, as ciphertexts and pseudonyms

// The columns of a table that two worlds may differ in: when and how often a holder's row was written.
bool IsOwnTrace(std::string_view table, std::string_view column) {
  return table == "holder" && (column == "updated_at" || column == "revision");
}

// All rows that decisions rest on, cases and repeats of requests excepted.
std::string Dump(const Tx& tx, Detail detail) {
  std::string dump;
  for (const std::string_view table : storage::kStateTables) {
    if (table.starts_with("handover") || table == "request" || table == "policy") continue;
    const std::string_view only = table == "approval" ? " WHERE handover_id IS NULL" : "";
    std::string columns;
    auto info = tx.db().Query(fmt::format("SELECT name, type FROM pragma_table_info('{}')", table));
    while (info.Step()) {
      if (IsOwnTrace(table, info.Text(0)) || (detail == Detail::kPlain && info.Text(1) == "BLOB")) continue;
      columns += fmt::format("{}quote(\"{}\")", columns.empty() ? "" : " || ',' || ", info.Text(0));
    }
    EXPECT_TRUE(info.status().ok()) << info.status();
    auto rows = tx.db().Query(fmt::format("SELECT {} AS line FROM {}{} ORDER BY line", columns, table, only));
    while (rows.Step()) dump += fmt::format("{}: {}\n", table, rows.Text(0));
    EXPECT_TRUE(rows.status().ok()) << rows.status();
  }
  return dump;
}

// omar, an officer with another identity, a workflow and open ends of every kind, is to leave.
class CancelTest : public HandoverTest {
 protected:
  CancelTest() {
    AddHolder("omar", Role::kSecurity);
    AddHolder("hr", Role::kOffboarding);
    AddHolder("dave", Role::kMember);
    AddDevice("omar", KeyState::kConfirmed);
    AddDevice("omar", KeyState::kUnconfirmed, "alice");
    AddHolder("omar-too", Role::kMember, "omar");
    AddHolder("omar-old", Role::kMember, "omar");
    Must([&](WriteTx& tx) {
      return custody::SuspendHolder(tx, As(tx, "alice"), Ask(), "omar-old", "").status();
    });
    Must([&](WriteTx& tx) {
      return custody::CreateHolder(tx, As(tx, "alice"), Ask(),
                                   {.name = "robot",
                                    .person = "omar",
                                    .kind = HolderKind::kWorkflow,
                                    .roles = static_cast<std::int64_t>(Role::kMember)})
          .status();
    });
    Must([&](WriteTx& tx) {
      return custody::CreateHolder(tx, As(tx, "omar"), Ask(),
                                   {.name = "eve", .roles = static_cast<std::int64_t>(Role::kMember)})
          .status();
    });
    AddDevice("eve", KeyState::kUnconfirmed, "omar");
    AddAccount("red", "omar");
    AddAccount("blue", "dave", {"bob"});
    Put("omar", "red");
    Put("dave", "blue");
    Must([&](WriteTx& tx) {
      return custody::CreateAccount(tx, As(tx, "alice"), Ask(),
                                    {.name = "crown", .platform = "x", .tier = 1, .owner = "bob", .backups = {"dave"}})
          .status();
    });
    // What omar asks for waits; what he broke waits too.
    EXPECT_EQ(ReasonOf(AskForGrant("omar")), "APPROVAL_REQUIRED");
    Put("bob", "crown");
    Must([&](WriteTx& tx) {
      return custody::RequestBreakGlass(tx, As(tx, "omar"), Ask(), "crown", "password").status();
    });
  }

  absl::Status AskForGrant(const std::string& by) {
    return Do([&](WriteTx& tx) {
      const custody::Request request = Ask();
      return custody::CreateGrant(tx, Asking(tx, by, request), request,
                                  {.account = "crown", .holder = "carol", .ttl = 7 * kDay})
          .status();
    });
  }
  std::string Freeze() {
    const auto view = Start("hr", "omar", "carol");
    EXPECT_TRUE(view.ok()) << view.status();
    EXPECT_EQ(view->row.state, HandoverState::kFrozen);
    return view.ok() ? view->row.name : "";
  }
  std::string Rows(Detail detail = Detail::kAll) {
    std::string rows;
    Must([&](WriteTx& tx) {
      rows = Dump(tx, detail);
      return absl::OkStatus();
    });
    return rows;
  }
};

TEST_F(CancelTest, PutsBackWhateverTheFreezeChangedAndNothingElse) {
  const std::string before = Rows();
  const std::string name = Freeze();
  for (const char* one : {"omar-too", "omar-old", "robot"}) EXPECT_EQ(StatusOf(one), HolderStatus::kSuspended) << one;
  EXPECT_EQ(StatusOf("omar"), HolderStatus::kLeaving);
  EXPECT_EQ(ReasonOf(Cancel("hr", name)), "DENIED");
  EXPECT_EQ(ReasonOf(Cancel("omar", name)), "DENIED");
  EXPECT_EQ(ReasonOf(Cancel("carol", name)), "DENIED");
  ASSERT_EQ(Cancel("alice", name), absl::OkStatus());
  EXPECT_EQ(Rows(), before);
  for (const char* one : {"omar", "omar-too", "robot"}) EXPECT_EQ(StatusOf(one), HolderStatus::kActive) << one;
  EXPECT_EQ(StatusOf("omar-old"), HolderStatus::kSuspended);
  EXPECT_EQ(ReasonOf(Cancel("alice", name)), "HANDOVER_STATE");
  EXPECT_EQ(ReasonOf(Approve("alice", name)), "APPROVAL_STATE");
  EXPECT_EQ(ReasonOf(Close(name)), "HANDOVER_STATE");
  EXPECT_NE(Freeze(), name) << "it can be started again";
}

TEST_F(CancelTest, ComesTooLateAfterTheCut) {
  const std::string name = Freeze();
  ASSERT_EQ(Approve("alice", name), absl::OkStatus());
  EXPECT_EQ(ReasonOf(Cancel("alice", name)), "HANDOVER_STATE");
  EXPECT_EQ(StatusOf("omar"), HolderStatus::kLeaving);
}

TEST_F(CancelTest, TheCutEndsWhatTheFreezeOnlyRefused) {
  ASSERT_EQ(Approve("alice", Freeze()), absl::OkStatus());
  Must([&](WriteTx& tx) -> absl::Status {
    for (const char* holder : {"omar", "eve"}) {
      HF_ASSIGN_OR_RETURN(const auto keys, storage::KeyStore(tx.db()).ByHolder(As(tx, holder).holder.id));
      for (const storage::DeviceKey& key : keys) EXPECT_EQ(key.state, KeyState::kRevoked) << holder;
    }
    HF_ASSIGN_OR_RETURN(const auto asked, storage::ApprovalStore(tx.db()).ById(1));
    EXPECT_EQ(asked->closed_as, storage::ApprovalClosed::kWithdrawn);
    auto open = tx.db().Query("SELECT count(*) FROM enrollment WHERE used_at IS NULL AND void_at IS NULL"
                              " AND (holder_id IN (SELECT id FROM holder WHERE person = 'omar')"
                              " OR issuer_id IN (SELECT id FROM holder WHERE person = 'omar'))");
    EXPECT_TRUE(open.Step());
    EXPECT_EQ(open.Int(0), 0);
    auto glass = tx.db().Query("SELECT veto_reason FROM break_glass");
    EXPECT_TRUE(glass.Step());
    EXPECT_NE(glass.Text(0), "");
    return absl::OkStatus();
  });
}

TEST_F(CancelTest, WhatTheFrozenHandedOutOrAskedForIsRefusedWhileTheyAre) {
  const auto confirm = [&] {
    return Do([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto keys, storage::KeyStore(tx.db()).ByHolder(As(tx, "eve").holder.id));
      return custody::ConfirmKey(tx, As(tx, "alice"), Ask(), "eve",
                                 crypto::KeyFingerprint(keys[0].cert_sha256, keys[0].box_public))
          .status();
    });
  };
  const auto approve = [&] {
    return Do([&](WriteTx& tx) { return custody::Approve(tx, As(tx, "dave"), Ask(), "1").status(); });
  };
  const std::string name = Freeze();
  EXPECT_EQ(ReasonOf(confirm()), "ISSUER_INACTIVE");
  EXPECT_EQ(ReasonOf(approve()), "REQUESTER_INACTIVE");
  Must([&](WriteTx& tx) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto row, storage::ApprovalStore(tx.db()).ById(1));
    HF_ASSIGN_OR_RETURN(const bool waits, custody::WaitsFor(tx, As(tx, "dave"), *row));
    EXPECT_FALSE(waits);
    return absl::OkStatus();
  });
  for (const char* one : {"omar-too", "robot"})
    EXPECT_EQ(ReasonOf(Do([&](WriteTx& tx) {
                return custody::ResumeHolder(tx, As(tx, "alice"), Ask(), one, "").status();
              })),
              "PERSON_LEAVING");
  ASSERT_EQ(Cancel("alice", name), absl::OkStatus());
  EXPECT_EQ(confirm(), absl::OkStatus());
  EXPECT_EQ(approve(), absl::OkStatus());
}

TEST_F(CancelTest, LeavesAWorkflowToWhoeverAnswersForItSince) {
  const std::string name = Freeze();
  Must([&](WriteTx& tx) {
    return custody::UpdateHolder(tx, As(tx, "alice"), Ask(), "robot", {.person = "dave"}, "").status();
  });
  Must([&](WriteTx& tx) { return custody::ResumeHolder(tx, As(tx, "alice"), Ask(), "robot", "").status(); });
  Must([&](WriteTx& tx) { return custody::SuspendHolder(tx, As(tx, "alice"), Ask(), "robot", "").status(); });
  ASSERT_EQ(Cancel("alice", name), absl::OkStatus());
  EXPECT_EQ(StatusOf("robot"), HolderStatus::kSuspended) << "that was alice's doing, not the case's";
}

TEST_F(CancelTest, OfTier1TakesTwo) {
  AddHolder("olga", Role::kSecurity);
  AddDevice("olga", KeyState::kConfirmed);
  AddHolder("otto", Role::kMember);
  Must([&](WriteTx& tx) {
    return custody::CreateAccount(tx, As(tx, "alice"), Ask(),
                                  {.name = "jewel", .platform = "x", .tier = 1, .owner = "omar", .backups = {"otto"}})
        .status();
  });
  const std::string name = Freeze();
  EXPECT_EQ(ReasonOf(Cancel("olga", name)), "APPROVAL_REQUIRED");
  Must([&](WriteTx& tx) { return custody::Approve(tx, As(tx, "alice"), Ask(), "3").status(); });
  EXPECT_EQ(Cancel("olga", name), absl::OkStatus());
}

TEST_F(CancelTest, IsNobodysWhoWouldTakeOver) {
  const auto view = Start("hr", "omar", "");  // the custodian, alice, takes over what omar owns
  ASSERT_TRUE(view.ok()) << view.status();
  ASSERT_EQ(view->row.state, HandoverState::kCut);  // tier 2, so offboarding does it alone
  AddHolder("olga", Role::kSecurity);
  AddDevice("olga", KeyState::kConfirmed);
  AddAccount("green", "dave");
  const auto other = Start("hr", "dave", "olga");
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(ReasonOf(Cancel("olga", other->row.name)), "DENIED");
  EXPECT_EQ(Cancel("alice", other->row.name), absl::OkStatus());
}

TEST_F(CancelTest, AnOfficersLoneSuspensionStandsStillWithTheCaseAndLapsesAfterIt) {
  AddHolder("olga", Role::kSecurity);
  AddDevice("olga", KeyState::kConfirmed);
  AddAccount("green", "olga");
  Must([&](WriteTx& tx) { return custody::SuspendHolder(tx, As(tx, "alice"), Ask(), "olga", "").status(); });
  const auto lapse_later = [&] {
    Must([&](WriteTx& base) {
      WriteTx tx(base.db(), base.now() + 2 * kDay, base.elapsed(), base.keys(),
                 std::shared_ptr<const custody::Policy>(std::shared_ptr<void>(), &base.policy()));
      return custody::LapseSuspensions(tx);
    });
  };
  const std::string before = Rows();
  const auto view = Start("hr", "olga", "carol");
  ASSERT_TRUE(view.ok()) << view.status();
  ASSERT_EQ(view->row.state, HandoverState::kFrozen);
  lapse_later();
  EXPECT_EQ(StatusOf("olga"), HolderStatus::kLeaving) << "nobody comes back by waiting";
  ASSERT_EQ(Cancel("omar", view->row.name), absl::OkStatus());
  EXPECT_EQ(StatusOf("olga"), HolderStatus::kSuspended);
  EXPECT_EQ(Rows(), before);
  lapse_later();
  EXPECT_EQ(StatusOf("olga"), HolderStatus::kActive);
}

// What others do to what is none of omar's; each may be refused.
class Others {
 public:
  explicit Others(unsigned seed) : random_(seed) {}

  template <class Test, class As, class Ask>
  absl::Status Step(Test& test, WriteTx& tx, As as, Ask ask) {
    const char* const holders[] = {"bob", "carol", "dave", "alice"};
    const std::string who = holders[random_() % 4];
    const std::string whom = holders[random_() % 3];
    // Not carol, the successor: while she cannot take over there is no plan, and a cancel takes two officers.
    const std::string bystander = holders[random_() % 2 * 2];
    switch (random_() % 8) {
      case 0:
        return test(tx, who, fmt::format("value {}", random_()));
      case 1:
        return custody::CreateGrant(tx, as(tx, who), ask(), {.account = "blue", .holder = whom}).status();
      case 2:
        return custody::RevokeGrant(tx, as(tx, who), ask(), "blue", whom).status();
      case 3:
        return custody::SuspendHolder(tx, as(tx, "alice"), ask(), bystander, "").status();
      case 4:
        return custody::ResumeHolder(tx, as(tx, "alice"), ask(), bystander, "").status();
      case 5:
        return custody::UpdateAccount(tx, as(tx, who), ask(), "blue",
                                      {.purpose = fmt::format("purpose {}", random_())}, "")
            .status();
      case 6:
        return custody::CreateHolder(tx, as(tx, "alice"), ask(),
                                     {.name = fmt::format("new-{}", random_()),
                                      .roles = static_cast<std::int64_t>(Role::kMember)})
            .status();
      default:
        return custody::Reveal(tx, as(tx, who), ask(), {.account = "blue", .secret = "password"}).status();
    }
  }

 private:
  std::mt19937 random_;
};

TEST_F(CancelTest, LeavesWhatOthersDidMeanwhileAsItWouldBeWithoutTheCase) {
  constexpr int kHistories = 60;
  constexpr int kSteps = 12;
  const auto put = [&](WriteTx& tx, const std::string& by, const std::string& value) {
    return custody::CustodyTest::Put(tx, by, "blue", value, Ask()).status();
  };
  const auto as = [&](const Tx& tx, const std::string& name) { return As(tx, name); };
  const auto ask = [&] { return Ask(); };
  int done = 0;
  Micros begin = 0;
  // The world after a history, which is undone.
  const auto run = [&](unsigned seed, bool with_case) {
    std::string rows;
    Do([&](WriteTx& base) {
      // Both worlds live at the same time.
      if (begin == 0) begin = base.now();
      Micros now = begin;
      const auto act = [&](const custody::Work& work) {
        now += kMinute;
        WriteTx tx(base.db(), now, base.elapsed(), base.keys(),
                   std::shared_ptr<const custody::Policy>(std::shared_ptr<void>(), &base.policy()));
        EXPECT_TRUE(tx.db().Savepoint().ok());
        const absl::Status status = work(tx);
        EXPECT_TRUE((status.ok() ? tx.db().ReleaseSavepoint() : tx.db().RollbackSavepoint()).ok());
        return status;
      };
      std::string name;
      const absl::Status started = act([&](WriteTx& tx) -> absl::Status {
        if (!with_case) return absl::OkStatus();
        HF_ASSIGN_OR_RETURN(const CaseView view, handover::Start(tx, As(tx, "hr"), Ask(),
                                                                 {.leaver = "omar", .wanted = {.to = "carol"}}));
        name = view.row.name;
        return absl::OkStatus();
      });
      EXPECT_EQ(started, absl::OkStatus());
      Others others(seed);
      for (int i = 0; i < kSteps; ++i)
        done += act([&](WriteTx& tx) { return others.Step(put, tx, as, ask); }).ok() ? 1 : 0;
      const absl::Status cancelled = act([&](WriteTx& tx) -> absl::Status {
        if (!with_case) return absl::OkStatus();
        return handover::Cancel(tx, As(tx, "alice"), Ask(), name, "").status();
      });
      EXPECT_EQ(cancelled, absl::OkStatus());
      rows = Dump(base, Detail::kPlain);
      return absl::CancelledError("undone");
    }).IgnoreError();
    return rows;
  };
  for (unsigned seed = 1; seed <= kHistories && !HasFailure(); ++seed)
    EXPECT_EQ(run(seed, /*with_case=*/true), run(seed, /*with_case=*/false)) << "seed " << seed;
  EXPECT_GT(done, kHistories * 6) << "histories in which little happens";
}

}  // namespace
}  // namespace holdfast::handover
