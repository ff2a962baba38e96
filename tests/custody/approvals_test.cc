// What an approval is bound to, and when it ends.
#include "tests/custody/approvals_fixture.h"
#include "tests/custody/policies.h"

namespace holdfast::custody {
namespace {

using ::testing::HasSubstr;

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

TEST_F(ApprovalsTest, AreUsedAnewByARepeatThatIsForgotten) {
  std::string source(ShippedPolicy());
  const std::size_t rule = source.find("id = \"reveal.tier-1\"");
  const std::string_view once = "valid = \"4h\", uses = 1";
  Activate(source.replace(source.find(once, rule), once.size(), "valid = \"30d\", uses = 2"));
  const std::string id = Pending(Reveal("gus", For("v")));
  EXPECT_TRUE(Yes("carol", id).ok());
  const Request request = For("v");
  const auto forget = [&] { Must([](WriteTx& tx) { return tx.db().Exec("DELETE FROM request"); }); };
  EXPECT_TRUE(Reveal("gus", request).ok());
  forget();
  EXPECT_TRUE(Reveal("gus", request).ok());
  EXPECT_EQ(State(id), ApprovalState::kUsed);
  forget();
  EXPECT_NE(Pending(Reveal("gus", request)), id);
}

TEST_F(ApprovalsTest, TellTheApproverWhatIsEmptied) {
  Activate(ShippedWith("[tiers.1]\nmin_owners = 2\n", "[tiers.1]\nmin_owners = 1\n"));
  const std::string id = Pending(Do([&](WriteTx& tx) {
    const Request request = For("no backups");
    return UpdateAccount(tx, Asking(tx, "bob", request), request, "top",
                         {.handle = "", .backups = std::vector<std::string>{}}, "")
        .status();
  }));
  Must([&](WriteTx& tx) {
    EXPECT_EQ(storage::ApprovalStore(tx.db()).ById(std::stoll(id)).value()->details,
              "backups: (none); handle: (none)");
    return absl::OkStatus();
  });
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

TEST_F(ApprovalsTest, OfOneCallAboutSeveralPeopleServeAllOfThem) {
  const auto update = [&] {
    return Do([&](WriteTx& tx) {
      const Request request = For("more backups");
      return UpdateAccount(
                 tx, Asking(tx, "bob", request), request, "top",
                 {.handle = "@x; tier: 3", .backups = std::vector<std::string>{"carol", "dora", "omar"}}, "")
          .status();
    });
  };
  const std::string id = Pending(update());  // asked for dora; omar is found out to be one of them
  Must([&](WriteTx& tx) {
    EXPECT_EQ(storage::ApprovalStore(tx.db()).ById(std::stoll(id)).value()->details,
              "backups: holders/carol holders/dora holders/omar; handle: \"@x; tier: 3\"");
    return absl::OkStatus();
  });
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
    return custody::Reveal(tx, Asking(tx, "gus", request), request, {.account = "top", .secret = "pin"})
        .status();
  });
  EXPECT_EQ(ReasonOf(status), "NOT_FOUND");
  EXPECT_TRUE(Events("approval.request").empty());
}

}  // namespace
}  // namespace holdfast::custody
