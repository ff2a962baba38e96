// Whose yes counts, and who may give it.
#include "tests/custody/approvals_fixture.h"

namespace holdfast::custody {
namespace {

using ::testing::HasSubstr;

TEST_F(ApprovalsTest, CountPersonsAndNotTheirIdentities) {
  Activate(PolicyWith("2"));
  Add({.name = "omar-2", .person = "P-1", .roles = kSecurity});
  const std::string id = Pending(Reveal("gus", For("v")));
  EXPECT_TRUE(Yes("omar", id).ok());
  EXPECT_EQ(ReasonOf(Yes("omar", id)), "ALREADY_VOTED");
  EXPECT_EQ(ReasonOf(Yes("omar-2", id)), "ALREADY_VOTED");
  EXPECT_EQ(Pending(Reveal("gus", For("v"))), id);
  EXPECT_TRUE(Yes("bob", id).ok());
  EXPECT_TRUE(Reveal("gus", For("v")).ok());
}

TEST_F(ApprovalsTest, AreNeverGivenByWhoeverAsksUnderWhateverName) {
  Add({.name = "gus-admin", .person = "p-77", .roles = kSecurity});
  const std::string id = Pending(Reveal("gus", For("v")));
  for (const char* name : {"gus", "gus-admin"}) {
    const absl::Status status = Yes(name, id);
    EXPECT_EQ(DetailsOf(status)["rule"], "floor.requester-is-not-approver") << status;
  }
  // Who became the requester's person after the yes.
  EXPECT_TRUE(Yes("omar", id).ok());
  Must([&](WriteTx& tx) {
    storage::Holder omar = As(tx, "omar").holder;
    omar.person = "p-77";
    return storage::HolderStore(tx.db()).Update(omar);
  });
  EXPECT_NE(Pending(Reveal("gus", For("v"))), id);
}

TEST_F(ApprovalsTest, CountOnlyPeopleAsTheyAreWhenUsed) {
  for (const HolderStatus status : {HolderStatus::kSuspended, HolderStatus::kLeaving, HolderStatus::kLeft}) {
    const std::string id = Pending(Reveal("gus", For("v")));
    EXPECT_TRUE(Yes("carol", id).ok());
    SetHolder("carol", status);
    EXPECT_NE(Pending(Reveal("gus", For("v"))), id);
    SetHolder("carol", HolderStatus::kActive);
    Must([&](WriteTx& tx) { return tx.db().Exec("UPDATE approval SET closed_as = 2"); });
  }
}

TEST_F(ApprovalsTest, TakeOneMoreYesWhenSomebodyWasAwayForTheLast) {
  Activate(PolicyWith("2"));
  const std::string id = Pending(Reveal("gus", For("v")));
  EXPECT_TRUE(Yes("carol", id).ok());
  SetHolder("carol", HolderStatus::kSuspended);
  EXPECT_TRUE(Yes("omar", id).ok());
  SetHolder("carol", HolderStatus::kActive);
  EXPECT_EQ(Pending(Reveal("gus", For("v"))), id);
  EXPECT_TRUE(Yes("bob", id).ok());
  EXPECT_TRUE(Reveal("gus", For("v")).ok());
}

TEST_F(ApprovalsTest, AreGivenOnlyByThoseWhomTheRuleNames) {
  const std::string id = Pending(Reveal("gus", For("v")));
  const absl::Status status = Yes("dora", id);
  EXPECT_EQ(ReasonOf(status), "NOT_FOUND") << "whom it does not concern is not told that there is one";
  EXPECT_EQ(MessageOf(status), "there is no approval " + id);
  ASSERT_EQ(Events("approval.approve").size(), 1U);
  EXPECT_EQ(Events("approval.approve")[0].outcome, audit::Outcome::kDenied);
  EXPECT_EQ(ReasonOf(Decide(&Reject, "dora", id)), "NOT_FOUND");
  EXPECT_EQ(State(id), ApprovalState::kPending);
  EXPECT_EQ(ReasonOf(Yes("dora", "99")), "NOT_FOUND");
}

TEST_F(ApprovalsTest, AreClosedByOneNoOrByWhoeverAsked) {
  const std::string refused = Pending(Reveal("gus", For("v")));
  EXPECT_EQ(FieldOf(Decide(&Reject, "carol", refused, "")), "reason");
  EXPECT_TRUE(Decide(&Reject, "carol", refused).ok());
  EXPECT_EQ(State(refused), ApprovalState::kRejected);
  EXPECT_EQ(ReasonOf(Yes("bob", refused)), "APPROVAL_STATE");
  EXPECT_EQ(ReasonOf(Decide(&Withdraw, "gus", refused)), "APPROVAL_STATE");

  const std::string withdrawn = Pending(Reveal("gus", For("v")));
  EXPECT_NE(withdrawn, refused);
  EXPECT_EQ(ReasonOf(Decide(&Withdraw, "carol", withdrawn)), "DENIED");
  EXPECT_TRUE(Yes("carol", withdrawn).ok());
  EXPECT_TRUE(Decide(&Withdraw, "gus", withdrawn).ok());
  EXPECT_NE(Pending(Reveal("gus", For("v"))), withdrawn);
  EXPECT_EQ(Events("approval.reject").size(), 1U);
}

TEST_F(ApprovalsTest, CanBeTakenBackUntilTheyAreUsedUp) {
  const std::string id = Pending(Reveal("gus", For("v")));
  EXPECT_TRUE(Yes("carol", id).ok());
  EXPECT_EQ(State(id), ApprovalState::kApproved);
  EXPECT_EQ(ReasonOf(Decide(&Reject, "dora", id)), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Decide(&Reject, "gus", id)), "DENIED");
  EXPECT_TRUE(Decide(&Reject, "carol", id).ok());
  EXPECT_EQ(State(id), ApprovalState::kRejected);
  const std::string other = Pending(Reveal("gus", For("v")));  // what was taken back opens nothing
  EXPECT_NE(other, id);
  EXPECT_TRUE(Yes("carol", other).ok());
  EXPECT_TRUE(Reveal("gus", For("v")).ok());
  EXPECT_EQ(ReasonOf(Decide(&Reject, "carol", other)), "APPROVAL_STATE");
}

TEST_F(ApprovalsTest, OfAccessAreNotGivenByWhoeverGetsIt) {
  const auto grant = [&] {
    return Do([&](WriteTx& tx) {
      const Request request = For("omar for 30 days");
      return CreateGrant(tx, Asking(tx, "bob", request), request,
                         {.account = "top", .holder = "omar", .ttl = 30 * kDay})
          .status();
    });
  };
  const std::string id = Pending(grant());
  EXPECT_EQ(DetailsOf(Yes("omar", id))["rule"], "floor.nobody-vouches-for-themselves");
  Must([&](WriteTx& tx) {
    EXPECT_EQ(storage::ApprovalStore(tx.db()).ById(std::stoll(id)).value()->details, "for: 30d");
    return absl::OkStatus();
  });
  EXPECT_TRUE(Yes("carol", id).ok());
  EXPECT_TRUE(grant().ok());
}

TEST_F(ApprovalsTest, KnowTheEventOfTheLastYesWithinABatchToo) {
  const std::string first = Pending(Reveal("gus", For("v")));
  const std::string second = Pending(Reveal("dora", For("v")));
  const auto yes = [&](const std::string& id) -> Work {
    return [this, id](WriteTx& tx) {
      const Request request = For("yes");
      return Approve(tx, Asking(tx, "carol", request), request, id).status();
    };
  };
  const Work add = [&](WriteTx& tx) { return AddAccount(tx, "x-1"); };
  const Work fails = [&](WriteTx& tx) { return AddAccount(tx, "x-1"); };
  const Work approve_first = yes(first);
  const Work approve_second = yes(second);
  const auto results = vault().committer().Run({&add, &approve_first, &fails, &add, &approve_second});
  ASSERT_TRUE(results.ok());
  EXPECT_TRUE((*results)[1].ok() && (*results)[4].ok());
  const auto events = Events("approval.approve");
  ASSERT_EQ(events.size(), 2U);
  Must([&](WriteTx& tx) {
    storage::ApprovalStore approvals(tx.db());
    EXPECT_EQ(approvals.ById(std::stoll(first)).value()->event_idx, events[0].idx);
    EXPECT_EQ(approvals.ById(std::stoll(second)).value()->event_idx, events[1].idx);
    return absl::OkStatus();
  });
  EXPECT_TRUE(Reveal("dora", For("v")).ok());
  EXPECT_THAT(std::string(AsChars(Events("secret.reveal").back().leaf)),
              HasSubstr(fmt::format("\"approval\":{},", events[1].idx)));
}

TEST_F(ApprovalsTest, AreSeenByThoseWhomTheyConcern) {
  Add({.name = "audrey", .roles = static_cast<std::int64_t>(Role::kAuditor)});
  Add({.name = "stranger", .roles = kMember});
  const std::string id = Pending(Reveal("gus", For("v")));
  const auto reads = [&](const std::string& name) {
    return Do([&](WriteTx& tx) -> absl::Status {
             HF_RETURN_IF_ERROR(FindSeen(tx, As(tx, name), policy::Action::kApprovalRead, id).status());
             const auto row = storage::ApprovalStore(tx.db()).ById(std::stoll(id)).value();
             EXPECT_TRUE(MayRead(tx, As(tx, name), *row).value());
             return absl::OkStatus();
           })
        .ok();
  };
  for (const char* name : {"gus", "bob", "carol", "alice", "audrey"}) EXPECT_TRUE(reads(name)) << name;
  for (const char* name : {"dora", "stranger"}) EXPECT_FALSE(reads(name)) << name;
}

}  // namespace
}  // namespace holdfast::custody
