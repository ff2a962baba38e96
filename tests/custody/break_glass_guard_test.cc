// A broken glass opens nothing that would not be given as things are when the secret is shown.
#include "tests/custody/break_glass_fixture.h"
#include "tests/custody/policies.h"
#include "vault/custody/approvals.h"
#include "vault/custody/approving.h"

namespace holdfast::custody {
namespace {

class BreakGlassGuardTest : public BreakGlassTest {
 protected:
  void Activate(const std::string& source) {
    EXPECT_TRUE(Do([&](WriteTx& tx) { return PutInForce(tx, source); }).ok());
  }
  void SetTier(int tier) {
    EXPECT_TRUE(Do([&](WriteTx& tx) { return tx.db().Exec("UPDATE account SET tier = ?1", tier); }).ok());
  }
  BreakGlassPage List(const std::string& holder, std::int64_t after) {
    BreakGlassPage page;
    EXPECT_TRUE(Do([&](WriteTx& tx) -> absl::Status {
                  HF_ASSIGN_OR_RETURN(page, ListBreakGlass(tx, As(tx, holder), false, after, 10));
                  return absl::OkStatus();
                }).ok());
    return page;
  }
};

TEST_F(BreakGlassGuardTest, IsVoidUnderAnotherPolicyAndAskedForAgain) {
  ASSERT_TRUE(RequestBy("bob").ok());
  Activate(std::string(ShippedPolicy()) + "\n# the same rules\n");
  MakeReady();
  const absl::Status refused = RevealBy("bob", 1);
  EXPECT_EQ(ReasonOf(refused), "BREAK_GLASS_STATE");
  EXPECT_EQ(DetailsOf(refused)["state"], "VOID");
  ASSERT_TRUE(RequestBy("bob").ok());
  MakeReady();
  EXPECT_TRUE(RevealBy("bob", 2).ok());
}

TEST_F(BreakGlassGuardTest, AShortWaitIsWorthNothingOnceTheTierWasRaised) {
  SetTier(3);
  ASSERT_TRUE(RequestBy("bob").ok());
  MakeReady();
  SetTier(1);
  const absl::Status refused = RevealBy("bob", 1);
  EXPECT_EQ(ReasonOf(refused), "BREAK_GLASS_STALE");
  EXPECT_EQ(DetailsOf(refused)["rule"], "break-glass.tier-1");
  EXPECT_TRUE(RequestBy("bob").ok()) << "what opens nothing is in nobody's way";
  MakeReady();
  EXPECT_TRUE(RevealBy("bob", 2).ok());
}

TEST_F(BreakGlassGuardTest, ShowsNothingToWhoeverMayNoLongerAsk) {
  ASSERT_TRUE(RequestBy("bob").ok());
  MakeReady();
  // By the shipped rules a workflow may not ask, and whoever asked may see.
  EXPECT_TRUE(Do([](WriteTx& tx) {
                return tx.db().Exec("UPDATE holder SET kind = ?1 WHERE name = 'bob'", HolderKind::kWorkflow);
              }).ok());
  EXPECT_EQ(ReasonOf(RevealBy("bob", 1)), "DENIED");
}

TEST_F(BreakGlassGuardTest, RestsOnTheApprovalThatItsRuleAskedFor) {
  Activate(ShippedWith("require = { reason = true, wait = \"2h\", show = \"5m\" }",
                       "require = { reason = true, wait = \"2h\", show = \"5m\", approvals = 1, approvers = "
                       "[\"security\"], valid = \"4h\" }"));
  const Request request = Ask();
  const auto ask = [&] {
    return Do([&](WriteTx& tx) {
      Actor bob = As(tx, "bob");
      bob.request = request;
      return RequestBreakGlass(tx, bob, request, "press", "password").status();
    });
  };
  ASSERT_EQ(ReasonOf(ask()), "APPROVAL_REQUIRED");
  ASSERT_TRUE(Do([&](WriteTx& tx) { return Approve(tx, As(tx, "alice"), Ask(), "1").status(); }).ok());
  const absl::Status asked = ask();
  ASSERT_TRUE(asked.ok()) << asked;
  MakeReady();
  const absl::Status shown = RevealBy("bob", 1);
  EXPECT_TRUE(shown.ok()) << shown;
}

TEST_F(BreakGlassGuardTest, NeedsSomebodyElseWhoCouldSayNo) {
  AddHolder("eve", Role::kSecurity);
  AddHolder("eve-too", Role::kSecurity, "eve");
  AddHolder("ada", Role::kAuditor);
  for (const char* name : {"eve", "eve-too", "carol"}) Enroll(name);  // carol may not say no
  SetStatusOf("alice", HolderStatus::kSuspended);
  EXPECT_EQ(ReasonOf(RequestBy("eve")), "NOBODY_TO_OBJECT");
  SetStatusOf("alice", HolderStatus::kActive);
  ASSERT_TRUE(RequestBy("eve").ok());
  MakeReady();
  SetStatusOf("alice", HolderStatus::kSuspended);
  EXPECT_EQ(ReasonOf(RevealBy("eve", 1)), "NOBODY_TO_OBJECT") << "ada has no device yet";
  Enroll("ada");
  EXPECT_TRUE(RevealBy("eve", 1).ok());
}

TEST_F(BreakGlassGuardTest, ARefusalThatTellsOfAnUnseenAccountIsOnRecord) {
  Enroll("carol");
  SetStatusOf("alice", HolderStatus::kSuspended);
  const std::int64_t before = LogSize();
  EXPECT_EQ(ReasonOf(RequestBy("bob")), "NOBODY_TO_OBJECT");
  EXPECT_EQ(LogSize(), before + 1);
  EXPECT_TRUE(Do([&](WriteTx& tx) {
                const auto last = storage::EventStore(tx.db()).At(before).value();
                EXPECT_EQ(last->type, "break-glass.request");
                EXPECT_EQ(last->outcome, storage::EventOutcome::kDenied);
                EXPECT_TRUE(last->account_id.has_value());
                return absl::OkStatus();
              }).ok());
}

TEST_F(BreakGlassGuardTest, WhereNobodyCouldObjectNoAccountIsLookedFor) {
  const auto ask = [&](const std::string& account) {
    return Do([&](WriteTx& tx) {
      return RequestBreakGlass(tx, As(tx, "alice"), Ask(), account, "password").status();
    });
  };
  EXPECT_EQ(ReasonOf(ask("press")), "NOBODY_TO_OBJECT");
  EXPECT_EQ(ask("press"), ask("nosuch"));
}

TEST_F(BreakGlassGuardTest, WhoMayAskForNoMoreYesesLearnsOfNoAccount) {
  Activate(ShippedWith("require = { reason = true, wait = \"2h\", show = \"5m\" }",
                       "require = { reason = true, wait = \"2h\", show = \"5m\", approvals = 1, approvers = "
                       "[\"security\"], valid = \"4h\" }"));
  const auto ask = [&](std::size_t number, const std::string& account) {
    Request request = Ask();
    request.body = Bytes(1, static_cast<std::uint8_t>(number));
    return Do([&](WriteTx& tx) {
      Actor bob = As(tx, "bob");
      bob.request = request;
      return RequestBreakGlass(tx, bob, request, account, "password").status();
    });
  };
  for (std::size_t i = 0; i < kMaxOpenApprovals; ++i) ASSERT_EQ(ReasonOf(ask(i, "press")), "APPROVAL_REQUIRED") << i;
  const std::int64_t before = LogSize();
  const absl::Status there = ask(kMaxOpenApprovals, "press");
  EXPECT_EQ(LogSize(), before + 1);
  EXPECT_EQ(there, ask(kMaxOpenApprovals, "nosuch"));
  EXPECT_EQ(ReasonOf(there), "DENIED");
}

TEST_F(BreakGlassGuardTest, IsAskedForSoOftenADay) {
  for (int i = 0; i < kMaxBreakGlassADay; ++i) {
    ASSERT_TRUE(RequestBy("bob").ok()) << i;
    ASSERT_TRUE(
        Do([&](WriteTx& tx) { return VetoBreakGlass(tx, As(tx, "alice"), Ask(), i + 1).status(); }).ok());
  }
  const absl::Status refused = RequestBy("bob");
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), "TOO_MANY_TODAY");
  EXPECT_TRUE(RequestBy("carol").ok());
  EXPECT_TRUE(Do([](WriteTx& tx) {
                return tx.db().Exec("UPDATE break_glass SET requested_at = requested_at - ?1", kDay);
              }).ok());
  EXPECT_TRUE(RequestBy("bob").ok());
}

TEST_F(BreakGlassGuardTest, AreListedByABoundedLookAtATime) {
  ASSERT_TRUE(RequestBy("bob").ok());
  ASSERT_TRUE(Do([](WriteTx& tx) {
                return tx.db().Exec(
                    "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)"
                    " INSERT INTO break_glass (id, requester_id, account_id, secret_id, reason, ticket,"
                    " requested_at, ready_at_elapsed, show, veto_reason, review, policy_id, wait)"
                    " SELECT n.i, requester_id, account_id, secret_id, '', '', 0, 0, 1, '', '', policy_id, 1"
                    " FROM break_glass, n WHERE id = 1",
                    kBreakGlassLookedAt + 1);
              }).ok());
  const BreakGlassPage first = List("carol", 0);
  EXPECT_TRUE(first.views.empty());
  ASSERT_EQ(first.last, kBreakGlassLookedAt);
  EXPECT_EQ(List("carol", *first.last).last, std::nullopt);
  const BreakGlassPage own = List("bob", 0);
  EXPECT_EQ(own.views.size(), 10u);
  EXPECT_EQ(own.last, 10);
  EXPECT_EQ(List("bob", kBreakGlassLookedAt).views.size(), 1u);
}

}  // namespace
}  // namespace holdfast::custody
