// Four eyes: what an approval is bound to, whose yes counts, and when it ends.
#include "vault/custody/approvals.h"

#include "gmock/gmock.h"
#include "tests/custody/fixture.h"
#include "vault/custody/approving.h"
#include "vault/storage/policy_store.h"

namespace holdfast::custody {
namespace {

using ::testing::HasSubstr;
using Filter = storage::EventFilter;

constexpr std::int64_t kMember = static_cast<std::int64_t>(Role::kMember);
constexpr std::int64_t kSecurity = static_cast<std::int64_t>(Role::kSecurity);

// Account "top" of tier 1: bob owns it, carol is its backup owner, gus (of person p-77) and dora have access; omar is
// a second officer.
class ApprovalsTest : public CustodyTest {
 protected:
  ApprovalsTest() {
    Add({.name = "gus", .person = "P-77", .roles = kMember});
    Add({.name = "dora", .roles = kMember});
    Add({.name = "omar", .person = "p-1", .roles = kSecurity});
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto top, CreateAccount(tx, As(tx, "alice"), Ask(),
                                                        {.name = "top",
                                                         .platform = "x",
                                                         .tier = 1,
                                                         .owner = "bob",
                                                         .backups = {"carol"}}));
      HF_RETURN_IF_ERROR(Put(tx, "bob", "top", "value", Ask()).status());
      for (const char* name : {"gus", "dora"})
        HF_RETURN_IF_ERROR(SetRelation(tx, top.id, As(tx, name).holder.id, Relation::kGrantee, "", std::nullopt));
      return absl::OkStatus();
    });
  }

  void Must(const Work& work) {
    const absl::Status status = Do(work);
    EXPECT_TRUE(status.ok()) << status;
  }
  void Add(NewHolder holder) {
    Must([&](WriteTx& tx) { return CreateHolder(tx, As(tx, "alice"), Ask(), holder).status(); });
  }
  Actor Asking(const Tx& tx, const std::string& name, const Request& request) const {
    Actor actor = As(tx, name);
    actor.request = request;
    return actor;
  }
  // A request that asks for `what`; each with an id of its own.
  Request For(const std::string& what) {
    Request request = Ask();
    request.method = "reveal";
    request.body = ToBytes(AsBytes(what));
    return request;
  }

  absl::Status Reveal(const std::string& name, const Request& request, const std::string& approval = {}) {
    return Do([&](WriteTx& tx) {
      Actor actor = Asking(tx, name, request);
      actor.approval = approval;
      return custody::Reveal(tx, actor, request, {.account = "top", .secret = "password"}).status();
    });
  }
  // Expects that the call waits; returns the request's id.
  std::string Pending(const absl::Status& status) {
    EXPECT_EQ(ReasonOf(status), "APPROVAL_REQUIRED") << status;
    const std::string name = DetailsOf(status)["approval"];
    EXPECT_THAT(name, HasSubstr("approvals/"));
    return name.substr(name.find('/') + 1);
  }
  absl::Status Decide(decltype(&Approve) decide, const std::string& by, const std::string& id,
                      const std::string& reason = "seen") {
    return Do([&](WriteTx& tx) {
      Request request = Ask();
      request.method = "decide";
      request.reason = reason;
      return decide(tx, Asking(tx, by, request), request, id).status();
    });
  }
  absl::Status Yes(const std::string& by, const std::string& id) { return Decide(&Approve, by, id); }

  ApprovalState State(const std::string& id) {
    ApprovalState state{};
    Must([&](WriteTx& tx) {
      state = StateOf(tx, *storage::ApprovalStore(tx.db()).ById(std::stoll(id)).value());
      return absl::OkStatus();
    });
    return state;
  }
  // Time passes for one of the request's limits.
  void Pass(const std::string& id, const std::string& limit) {
    Must([&](WriteTx& tx) {
      return tx.db().Exec("UPDATE approval SET " + limit + " = ?2 WHERE id = ?1", std::stoll(id), tx.now());
    });
  }
  void SetHolder(const std::string& name, HolderStatus status) {
    Must([&](WriteTx& tx) {
      storage::Holder holder = As(tx, name).holder;
      return SetStatus(tx, holder, status);
    });
  }
  void Activate(std::string source) {
    Must([&](WriteTx& tx) -> absl::Status {
      storage::PolicyStore policies(tx.db());
      storage::PolicyRow row{.sha256 = ToBytes(crypto::Sha256(AsBytes(source))), .source = std::move(source)};
      HF_RETURN_IF_ERROR(policies.Insert(row));
      return policies.SetActive(row.id);
    });
  }
  // The shipped policy, but reveals of tier 1 take so many yeses.
  static std::string PolicyWith(const std::string& yeses) {
    std::string source(ShippedPolicy());
    const std::size_t rule = source.find("id = \"reveal.tier-1\"");
    const std::string_view one = "approvals = 1";
    return source.replace(source.find(one, rule), one.size(), "approvals = " + yeses);
  }
  std::vector<storage::EventRow> Events(const std::string& type) {
    std::vector<storage::EventRow> rows;
    Must([&](WriteTx& tx) {
      rows = storage::EventStore(tx.db())
                 .List(Filter{.type = type}, storage::EventOrder::kOldestFirst, 0, 1000)
                 .value();
      return absl::OkStatus();
    });
    return rows;
  }
};

TEST_F(ApprovalsTest, LetOneCallThroughOnceAndStandInItsEvent) {
  const std::string id = Pending(Reveal("gus", For("v")));
  ASSERT_EQ(Events("approval.request").size(), 1U);
  EXPECT_TRUE(Yes("carol", id).ok());
  EXPECT_EQ(State(id), ApprovalState::kApproved);
  EXPECT_TRUE(Reveal("gus", For("v")).ok());
  EXPECT_EQ(State(id), ApprovalState::kUsed);
  EXPECT_NE(Pending(Reveal("gus", For("v"))), id);
  const auto shown = Events("secret.reveal");
  const auto approved = Events("approval.approve");
  ASSERT_EQ(shown.size(), 1U);
  ASSERT_EQ(approved.size(), 1U);
  EXPECT_THAT(std::string(AsChars(shown[0].leaf)),
              HasSubstr(fmt::format("\"approval\":{},", approved[0].idx)));
}

TEST_F(ApprovalsTest, AreForOneExactCallOfOneHolder) {
  const std::string id = Pending(Reveal("gus", For("v")));
  EXPECT_TRUE(Yes("carol", id).ok());
  EXPECT_NE(Pending(Reveal("gus", For("v, for another reason"))), id);
  EXPECT_NE(Pending(Reveal("dora", For("v"))), id);
  Request other = For("v");
  other.method = "another";
  EXPECT_NE(Pending(Reveal("gus", other)), id);
  EXPECT_EQ(ReasonOf(Reveal("gus", For("w"), id)), "APPROVAL_MISMATCH");
  EXPECT_EQ(ReasonOf(Reveal("dora", For("v"), id)), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Reveal("gus", For("v"), "99")), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Reveal("gus", For("v"), "x")), "NOT_FOUND");
  EXPECT_EQ(State(id), ApprovalState::kApproved);
  EXPECT_TRUE(Reveal("gus", For("v"), id).ok());
  EXPECT_EQ(ReasonOf(Reveal("gus", For("v"), id)), "APPROVAL_STATE");
}

TEST_F(ApprovalsTest, AreForOneVersionThatAnotherOneReplacesInVain) {
  const std::string id = Pending(Reveal("gus", For("v")));
  EXPECT_TRUE(Yes("carol", id).ok());
  Must([&](WriteTx& tx) { return Put(tx, "bob", "top", "another value", Ask()).status(); });
  EXPECT_NE(Pending(Reveal("gus", For("v"))), id);
  EXPECT_EQ(ReasonOf(Reveal("gus", For("v"), id)), "APPROVAL_MISMATCH");
}

TEST_F(ApprovalsTest, AreNotUsedUpByARepeatOfTheSameRequest) {
  const std::string id = Pending(Reveal("gus", For("v")));
  EXPECT_TRUE(Yes("carol", id).ok());
  const Request request = For("v");
  EXPECT_TRUE(Reveal("gus", request).ok());
  EXPECT_TRUE(Reveal("gus", request).ok());
  EXPECT_EQ(Events("secret.reveal").back().outcome, audit::Outcome::kAllowed);
  EXPECT_EQ(Events("secret.reveal").size(), 1U);
  Pass(id, "use_until");
  Pending(Reveal("gus", request));
}

TEST_F(ApprovalsTest, AreAskedForOnceWhileOneWaits) {
  const std::string id = Pending(Reveal("gus", For("v")));
  EXPECT_EQ(Pending(Reveal("gus", For("v"))), id);
  EXPECT_EQ(Pending(Reveal("gus", For("v"), id)), id);
  EXPECT_EQ(Events("approval.request").size(), 1U);
}

TEST_F(ApprovalsTest, AreVoidUnderAnotherPolicy) {
  const std::string approved = Pending(Reveal("gus", For("v")));
  const std::string waiting = Pending(Reveal("gus", For("w")));
  EXPECT_TRUE(Yes("carol", approved).ok());
  Activate(std::string(ShippedPolicy()) + "\n# the same rules\n");
  EXPECT_EQ(State(approved), ApprovalState::kVoid);
  EXPECT_NE(Pending(Reveal("gus", For("v"))), approved);
  EXPECT_EQ(ReasonOf(Reveal("gus", For("v"), approved)), "APPROVAL_STATE");
  EXPECT_EQ(ReasonOf(Yes("carol", waiting)), "APPROVAL_STATE");
}

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
  EXPECT_EQ(ReasonOf(status), "NOT_AN_APPROVER");
  EXPECT_THAT(std::string(MessageOf(status)), HasSubstr("1 of owner, backup, security"));
  ASSERT_EQ(Events("approval.approve").size(), 1U);
  EXPECT_EQ(Events("approval.approve")[0].outcome, audit::Outcome::kDenied);
  EXPECT_EQ(ReasonOf(Decide(&Reject, "dora", id)), "NOT_AN_APPROVER");
  EXPECT_EQ(State(id), ApprovalState::kPending);
  EXPECT_EQ(ReasonOf(Yes("dora", "99")), "NOT_FOUND");
}

TEST_F(ApprovalsTest, RunOutUndecidedAndUnused) {
  const std::string waiting = Pending(Reveal("gus", For("v")));
  Pass(waiting, "decide_until");
  EXPECT_EQ(State(waiting), ApprovalState::kExpired);
  EXPECT_EQ(ReasonOf(Yes("carol", waiting)), "APPROVAL_STATE");
  const std::string approved = Pending(Reveal("gus", For("v")));
  EXPECT_NE(approved, waiting);
  EXPECT_TRUE(Yes("carol", approved).ok());
  Pass(approved, "decide_until");
  EXPECT_EQ(State(approved), ApprovalState::kApproved);
  Pass(approved, "use_until");
  EXPECT_EQ(State(approved), ApprovalState::kExpired);
  EXPECT_NE(Pending(Reveal("gus", For("v"))), approved);
}

TEST_F(ApprovalsTest, AreUsableAsLongAndAsOftenAsTheRuleSays) {
  std::string source(ShippedPolicy());
  const std::size_t rule = source.find("id = \"reveal.tier-1\"");
  const std::string_view once = "valid = \"4h\", uses = 1";
  Activate(source.replace(source.find(once, rule), once.size(), "valid = \"1h\", uses = 2"));
  const std::string id = Pending(Reveal("gus", For("v")));
  EXPECT_TRUE(Yes("carol", id).ok());
  Must([&](WriteTx& tx) {
    const auto row = storage::ApprovalStore(tx.db()).ById(std::stoll(id)).value();
    EXPECT_EQ(*row->use_until - *row->approved_at, kHour);
    return absl::OkStatus();
  });
  EXPECT_TRUE(Reveal("gus", For("v")).ok());
  EXPECT_TRUE(Reveal("gus", For("v")).ok());
  EXPECT_NE(Pending(Reveal("gus", For("v"))), id);
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

TEST_F(ApprovalsTest, OfOneCallAboutSeveralPeopleServeAllOfThem) {
  const auto update = [&] {
    return Do([&](WriteTx& tx) {
      const Request request = For("more backups");
      return UpdateAccount(tx, Asking(tx, "bob", request), request, "top",
                           {.backups = std::vector<std::string>{"carol", "dora", "omar"}}, "")
          .status();
    });
  };
  const std::string id = Pending(update());  // asked for dora; omar is found out to be one of them
  EXPECT_TRUE(Yes("omar", id).ok());
  const std::string again = Pending(update());
  EXPECT_NE(again, id);
  EXPECT_TRUE(Yes("carol", again).ok());
  EXPECT_TRUE(update().ok());
  EXPECT_EQ(State(again), ApprovalState::kUsed);
}

TEST_F(ApprovalsTest, AreNotAskedForByADryRun) {
  const std::int64_t before = LogSize();
  const absl::Status status = Do([&](WriteTx& tx) {
    tx.set_dry_run(true);
    const Request request = For("v");
    return custody::Reveal(tx, Asking(tx, "gus", request), request, {.account = "top", .secret = "password"})
        .status();
  });
  EXPECT_EQ(ReasonOf(status), "APPROVAL_REQUIRED");
  EXPECT_EQ(DetailsOf(status).count("approval"), 0U);
  EXPECT_EQ(LogSize(), before);
}

TEST_F(ApprovalsTest, AreNotAskedForWithoutEnd) {
  for (std::size_t i = 0; i < kMaxOpenApprovals; ++i) Pending(Reveal("gus", For(std::to_string(i))));
  EXPECT_EQ(ReasonOf(Reveal("gus", For("v"))), "TOO_MANY_APPROVALS");
  Pending(Reveal("dora", For("v")));
  EXPECT_TRUE(Decide(&Withdraw, "gus", "1").ok());
  Pending(Reveal("gus", For("v")));
}

TEST_F(ApprovalsTest, AreNotAskedForWhatIsNotThere) {
  const absl::Status status = Do([&](WriteTx& tx) {
    const Request request = For("v");
    return custody::Reveal(tx, Asking(tx, "gus", request), request, {.account = "top", .secret = "pin"}).status();
  });
  EXPECT_EQ(ReasonOf(status), "NOT_FOUND");
  EXPECT_TRUE(Events("approval.request").empty());
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
             HF_RETURN_IF_ERROR(FindReadable(tx, As(tx, name), id).status());
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
