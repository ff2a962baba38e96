// The cut by somebody else's yes: who is asked, what a yes is for, and what becomes of it when things change.
#include "gmock/gmock.h"
#include "tests/custody/policies.h"
#include "tests/handover/fixture.h"
#include "vault/custody/findings.h"

namespace holdfast::handover {
namespace {

using custody::Tx;
using storage::Approval;
using storage::HandoverState;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// hr starts the handover of bob to carol, who backs nothing up: it waits for alice or omar.
class ApprovalTest : public HandoverTest {
 protected:
  ApprovalTest() {
    AddHolder("hr", Role::kOffboarding);
    AddHolder("omar", Role::kSecurity);
    AddHolder("dave", Role::kMember);
    AddDevice("omar", KeyState::kConfirmed);
    AddAccount("red", "bob");
    AddAccount("blue", "bob");
  }
  std::string Wait() {
    const auto view = Start("hr", "bob", "carol");
    EXPECT_TRUE(view.ok()) << view.status();
    if (!view.ok()) return "";
    EXPECT_EQ(view->row.state, HandoverState::kFrozen);
    return view->row.name;
  }
  Approval Asked(const std::string& name) {
    Approval asked;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto row, FindCase(tx, name));
      HF_ASSIGN_OR_RETURN(const auto found, storage::ApprovalStore(tx.db()).OfCut(row.id));
      asked = found.value();
      return absl::OkStatus();
    });
    return asked;
  }
  bool WaitsForThem(const std::string& who, const std::string& name) {
    bool waits = false;
    const Approval asked = Asked(name);
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(waits, custody::WaitsFor(tx, As(tx, who), asked));
      return absl::OkStatus();
    });
    return waits;
  }
  std::string Told(const std::string& rule) {
    std::string message;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto findings, custody::AllFindings(tx));
      for (const custody::Finding& finding : findings)
        if (finding.rule == rule) message += finding.message;
      return absl::OkStatus();
    });
    return message;
  }
  HandoverState StateOf(const std::string& name) {
    HandoverState state{};
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto row, FindCase(tx, name));
      state = row.state;
      return absl::OkStatus();
    });
    return state;
  }
  void Raise(const std::string& account) {
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(auto row, storage::AccountStore(tx.db()).ByName(account));
      row->tier = 1;
      return storage::AccountStore(tx.db()).Update(*row);
    });
  }
};

TEST_F(ApprovalTest, WaitsForThoseWhoGainNothingAndIsToldByName) {
  const std::string name = Wait();
  for (const char* who : {"alice", "omar"}) EXPECT_TRUE(WaitsForThem(who, name)) << who;
  for (const char* who : {"hr", "carol", "dave"}) EXPECT_FALSE(WaitsForThem(who, name)) << who;
  EXPECT_EQ(Told("handover.cut-waits"),
            "the cut of bob's handover waits for a yes by alice or omar: holdfast approval approve 1");
  const Approval asked = Asked(name);
  EXPECT_EQ(asked.details, "leaver: bob; accounts that move: 2 of tier 2; to: carol 2; cannot be undone: bob's "
                           "access and devices end");
  EXPECT_EQ(ReasonOf(Approve("hr", name)), "DENIED");
  EXPECT_EQ(ReasonOf(Approve("carol", name)), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Approve("dave", name)), "NOT_FOUND") << "not told that there is one";
  ASSERT_EQ(Approve("omar", name), absl::OkStatus());
  EXPECT_EQ(StateOf(name), HandoverState::kCut);
  EXPECT_EQ(OwnerOf("red"), "carol");
  EXPECT_EQ(Told("handover.cut-waits"), "");
  EXPECT_EQ(ReasonOf(Approve("alice", name)), "APPROVAL_STATE");
}

TEST_F(ApprovalTest, IsRefusedAtTheStartWhereNobodyCouldGiveIt) {
  Must([&](WriteTx& tx) { return custody::SuspendHolder(tx, As(tx, "alice"), Ask(), "omar", "").status(); });
  const std::int64_t log = LogSize();
  const absl::Status refused = Start("hr", "bob", "alice").status();
  EXPECT_EQ(ReasonOf(refused), "NO_APPROVER");
  EXPECT_THAT(std::string(MessageOf(refused)), HasSubstr("1 of security"));
  EXPECT_THAT(std::string(MessageOf(refused)), HasSubstr("hr, who asks, and bob, who leaves, and who would gain by it: alice"));
  EXPECT_EQ(StatusOf("bob"), HolderStatus::kActive);
  EXPECT_EQ(LogSize(), log);
  EXPECT_TRUE(Start("hr", "bob", "carol").ok());
}

TEST_F(ApprovalTest, StandsWhenWhoeverStartedTheCaseLeavesTheirSelves) {
  const std::string name = Wait();
  ASSERT_TRUE(Start("omar", "hr").ok());
  EXPECT_EQ(StatusOf("hr"), HolderStatus::kLeaving);
  EXPECT_TRUE(WaitsForThem("alice", name));
  ASSERT_EQ(Approve("alice", name), absl::OkStatus());
  EXPECT_EQ(OwnerOf("red"), "carol");
}

TEST_F(ApprovalTest, IsForThePlanThatWasShown) {
  const std::string name = Wait();
  const Approval asked = Asked(name);
  EXPECT_EQ(FieldOf(Do([&](WriteTx& tx) -> absl::Status {
              HF_ASSIGN_OR_RETURN(const auto row, custody::Approve(tx, As(tx, "alice"), Ask(), "1"));
              return AfterYes(tx, As(tx, "alice"), row, "00").status();
            })),
            "plan_hash");
  EXPECT_EQ(StateOf(name), HandoverState::kFrozen);
  ASSERT_EQ(Approve("alice", name), absl::OkStatus()) << "that was no yes";
}

TEST_F(ApprovalTest, IsAskedForAnewWhenThePlanGivesMoreAndNotWhenItGivesLess) {
  const std::string name = Wait();
  Raise("red");
  EXPECT_EQ(ReasonOf(Approve("alice", name)), "PLAN_CHANGED");
  EXPECT_EQ(StateOf(name), HandoverState::kFrozen);
  const Approval asked = Asked(name);
  EXPECT_EQ(asked.id, 2);
  EXPECT_THAT(asked.details, HasSubstr("1 of tier 1, 1 of tier 2"));
  // Blue goes to somebody else meanwhile: nobody gets more by that.
  Must([&](WriteTx& tx) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto blue, storage::AccountStore(tx.db()).ByName("blue"));
    return custody::SetRelation(tx, blue->id, As(tx, "dave").holder.id, Relation::kOwner, "moved", std::nullopt);
  });
  ASSERT_EQ(Approve("alice", name), absl::OkStatus());
  EXPECT_EQ(OwnerOf("red"), "carol");
  EXPECT_EQ(OwnerOf("blue"), "dave");
}

TEST_F(ApprovalTest, IsAskedForAnewUnderAnotherPolicy) {
  const std::string name = Wait();
  Must([](WriteTx& tx) {
    return custody::PutInForce(
        tx, custody::ShippedWith("[tiers.3]\nmin_owners = 1\n", "[tiers.3]\nmin_owners = 2\n"));
  });
  EXPECT_TRUE(WaitsForThem("alice", name)) << "a case does not end with the policy";
  EXPECT_EQ(ReasonOf(Approve("alice", name)), "PLAN_CHANGED");
  EXPECT_EQ(ReasonOf(RepeatCut("hr", name)), "CUT_WAITS");
  ASSERT_EQ(Approve("alice", name), absl::OkStatus());
  EXPECT_EQ(StateOf(name), HandoverState::kCut);
}

TEST_F(ApprovalTest, TakesAsManyAsThePolicyAsksFor) {
  Must([](WriteTx& tx) {
    return custody::PutInForce(
        tx, custody::ShippedWith("successor_unvetted = true }\nunless = { role = [\"security\"] }\nrequire = { "
                                 "approvals = 1,",
                                 "successor_unvetted = true }\nunless = { role = [\"security\"] }\nrequire = { "
                                 "approvals = 2,"));
  });
  const std::string name = Wait();
  ASSERT_EQ(Approve("alice", name), absl::OkStatus());
  EXPECT_EQ(StateOf(name), HandoverState::kFrozen);
  EXPECT_EQ(ReasonOf(Approve("alice", name)), "ALREADY_VOTED");
  const absl::Status waits = RepeatCut("hr", name);
  EXPECT_EQ(ReasonOf(waits), "CUT_WAITS");
  EXPECT_EQ(DetailsOf(waits)["approvers"], "omar");
  ASSERT_EQ(Approve("omar", name), absl::OkStatus());
  EXPECT_EQ(StateOf(name), HandoverState::kCut);
}

TEST_F(ApprovalTest, OfAnotherPlanIsAskedForByWhoeverChangedIt) {
  const std::string name = Wait();
  EXPECT_EQ(ReasonOf(Change("carol", name, "carol")), "DENIED");
  EXPECT_EQ(FieldOf(Change("hr", name, "bob")), "to");
  ASSERT_EQ(Change("hr", name, "dave"), absl::OkStatus());
  Must([&](WriteTx& tx) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto first, storage::ApprovalStore(tx.db()).ById(1));
    EXPECT_EQ(first->closed_as, storage::ApprovalClosed::kWithdrawn);
    return absl::OkStatus();
  });
  EXPECT_FALSE(WaitsForThem("carol", name));
  // Omar picks himself: somebody else must say yes, and not he.
  ASSERT_EQ(Change("omar", name, "omar"), absl::OkStatus());
  EXPECT_EQ(ReasonOf(Approve("omar", name)), "DENIED");
  ASSERT_EQ(Approve("alice", name), absl::OkStatus());
  EXPECT_EQ(OwnerOf("red"), "omar");
}

TEST_F(ApprovalTest, IsNotNeededForWhatWhoeverChangesThePlanMayDoAlone) {
  const std::string name = Wait();
  ASSERT_EQ(Change("omar", name, "dave"), absl::OkStatus());
  EXPECT_EQ(StateOf(name), HandoverState::kCut);
  EXPECT_EQ(OwnerOf("red"), "dave");
  EXPECT_EQ(ReasonOf(Change("omar", name, "carol")), "HANDOVER_STATE");
}

TEST_F(ApprovalTest, CanBeRefusedButNotWithdrawn) {
  const std::string name = Wait();
  const auto decide = [&](auto what, const char* who, const char* id) {
    return Do([&](WriteTx& tx) { return what(tx, As(tx, who), Ask(), id).status(); });
  };
  EXPECT_EQ(ReasonOf(decide(custody::Withdraw, "hr", "1")), "APPROVAL_OF_CUT");
  ASSERT_EQ(decide(custody::Reject, "omar", "1"), absl::OkStatus());
  EXPECT_EQ(ReasonOf(Approve("alice", name)), "APPROVAL_STATE");
  EXPECT_THAT(Told("handover.cut-waits"), HasSubstr("holdfast handover cut 1"));
  const absl::Status again = RepeatCut("hr", name);
  EXPECT_EQ(ReasonOf(again), "CUT_WAITS");
  EXPECT_EQ(DetailsOf(again)["approval"], "approvals/2");
  ASSERT_EQ(Approve("alice", name), absl::OkStatus());
  EXPECT_EQ(StateOf(name), HandoverState::kCut);
}

TEST_F(ApprovalTest, AYesOfSomebodyWhoIsSuspendedSinceCountsForNothing) {
  Must([](WriteTx& tx) {
    return custody::PutInForce(
        tx, custody::ShippedWith("successor_unvetted = true }\nunless = { role = [\"security\"] }\nrequire = { "
                                 "approvals = 1,",
                                 "successor_unvetted = true }\nunless = { role = [\"security\"] }\nrequire = { "
                                 "approvals = 2,"));
  });
  AddHolder("olga", Role::kSecurity);
  AddDevice("olga", KeyState::kConfirmed);
  const std::string name = Wait();
  ASSERT_EQ(Approve("omar", name), absl::OkStatus());
  Must([&](WriteTx& tx) { return custody::SuspendHolder(tx, As(tx, "alice"), Ask(), "omar", "").status(); });
  ASSERT_EQ(Approve("alice", name), absl::OkStatus());
  EXPECT_EQ(StateOf(name), HandoverState::kFrozen);
  ASSERT_EQ(Approve("olga", name), absl::OkStatus());
  EXPECT_EQ(StateOf(name), HandoverState::kCut);
}

}  // namespace
}  // namespace holdfast::handover
