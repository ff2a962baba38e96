// A policy changes as a whole, by two, and from one command to the next; whatever goes wrong leaves the old
// one.
#include "vault/custody/policy_change.h"

#include <gmock/gmock.h>

#include "tests/custody/policy_office.h"

namespace holdfast::custody {
namespace {

using ::testing::HasSubstr;

class PolicyChangeTest : public PolicyOffice {};

std::string Hash(std::string_view source) { return HexEncode(crypto::Sha256(AsBytes(source))); }

TEST_F(PolicyChangeTest, TakesTwoOfficersAndIsThenInForceForTheNextCommand) {
  const std::string source = Variant("new");
  const ReviewedPolicy policy = Reviewed(source);
  const std::int64_t id = Stage(policy);
  EXPECT_NE(InForce(), id);
  const absl::Status alone = Do(Activating(id, policy, AskFor(id)));
  EXPECT_EQ(ReasonOf(alone), "APPROVAL_REQUIRED") << alone;
  const std::string approval = DetailsOf(alone)["approval"];
  EXPECT_EQ(Do(Approving(approval, "alice")).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Do(Approving(approval, "bob")).code(), absl::StatusCode::kNotFound) << "it is no business of a member";
  EXPECT_EQ(ReasonOf(Do(Activating(id, policy, AskFor(id)))), "APPROVAL_REQUIRED");
  ASSERT_TRUE(Do(Approving(approval)).ok());
  EXPECT_NE(InForce(), id);
  const absl::Status activated = Do(Activating(id, policy, AskFor(id)));
  ASSERT_TRUE(activated.ok()) << activated;
  EXPECT_EQ(InForce(), id);

  const auto events = Events();
  EXPECT_EQ(events.back().type, "policy.activate");
  EXPECT_EQ(events.back().policy, Hash(ShippedPolicy())) << "decided by the old one";
  EXPECT_EQ(events.back().sha256, Hash(source));
  ASSERT_TRUE(Do([&](WriteTx& tx) { return AddAccount(tx, "x-news"); }).ok());
  EXPECT_EQ(Events().back().policy, Hash(source));
}

TEST_F(PolicyChangeTest, IsStagedBySecurityAloneAndNotTwice) {
  const ReviewedPolicy policy = Reviewed(Variant("new"));
  const absl::Status member = Do([&](WriteTx& tx) { return Stage(tx, policy, "bob").status(); });
  EXPECT_EQ(member.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(DetailsOf(member)["rule"], "floor.policy-by-security");
  const ReviewedPolicy same = Reviewed(std::string(ShippedPolicy()));
  EXPECT_EQ(ReasonOf(Do([&](WriteTx& tx) { return Stage(tx, same).status(); })), "ALREADY_ACTIVE");
  const std::int64_t id = Stage(policy);
  const auto events = Events();
  EXPECT_EQ(events.back().type, "policy.stage");
  EXPECT_EQ(events.back().sha256, Hash(policy.source()));
  EXPECT_EQ(ReasonOf(Do(Activating(InForce(), same, AskFor(InForce())))), "ALREADY_ACTIVE");
  EXPECT_EQ(ReasonOf(Do(Activating(id + 1, policy, AskFor(id + 1)))), "NOT_FOUND");
}

TEST_F(PolicyChangeTest, ARepeatOfTheActivationIsAnsweredAsTheFirstTime) {
  const ReviewedPolicy policy = Reviewed(Variant("new"));
  const std::int64_t id = Stage(policy);
  Prepare(id, policy);
  const Request request = AskFor(id);
  ASSERT_TRUE(Do(Activating(id, policy, request)).ok());
  const std::int64_t size = LogSize();
  const absl::Status again = Do(Activating(id, policy, request));
  EXPECT_TRUE(again.ok()) << again;
  EXPECT_EQ(LogSize(), size);
  EXPECT_EQ(ReasonOf(Do(Activating(id, policy, AskFor(id)))), "ALREADY_ACTIVE");
}

TEST_F(PolicyChangeTest, LaterCommandsOfTheSameBatchAreDecidedByTheNewOne) {
  const ReviewedPolicy policy = Reviewed(
      Variant("nobody adds accounts",
              {{R"(actions = ["account.create", "account.update")", R"(actions = ["account.update")"}}));
  const std::int64_t id = Stage(policy);
  Prepare(id, policy);
  const std::string by_new = Hash(policy.source());
  const Work before = [&](WriteTx& tx) { return AddAccount(tx, "x-before"); };
  const Work activate = Activating(id, policy, AskFor(id));
  const Work after = [&](WriteTx& tx) { return AddAccount(tx, "x-after"); };
  const auto results = vault().committer().Run({&before, &activate, &after});
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_TRUE((*results)[0].ok()) << (*results)[0];
  EXPECT_TRUE((*results)[1].ok()) << (*results)[1];
  EXPECT_EQ((*results)[2].code(), absl::StatusCode::kPermissionDenied);
  EXPECT_FALSE(Has("x-after"));
  const auto events = Events();
  const std::size_t last = events.size() - 1;
  EXPECT_EQ(events[last].outcome, "denied");
  EXPECT_EQ(events[last].policy, by_new) << "a refusal too carries what decided it";
  EXPECT_EQ(events[last - 1].type, "policy.activate");
  EXPECT_EQ(events[last - 1].policy, Hash(ShippedPolicy()));
  EXPECT_EQ(events[last - 2].policy, Hash(ShippedPolicy()));
}

TEST_F(PolicyChangeTest, AnActivationThatIsUndoneLeavesTheOldOneServing) {
  const ReviewedPolicy policy = Reviewed(Variant("new"));
  const std::int64_t id = Stage(policy);
  const std::int64_t old = InForce();
  Prepare(id, policy);
  const Work fails = [&](WriteTx& tx) -> absl::Status {
    HF_RETURN_IF_ERROR(Activating(id, policy, AskFor(id))(tx));
    return MakeError(absl::StatusCode::kAborted, "FAILS_LATER", "after all");
  };
  const Work dry = [&](WriteTx& tx) {
    tx.set_dry_run(true);
    return Activating(id, policy, AskFor(id))(tx);
  };
  std::int64_t seen = 0;
  const Work next = [&](WriteTx& tx) {
    seen = tx.policy().id;
    return AddAccount(tx, "x-next");
  };
  for (const Work* undone : {&fails, &dry}) {
    seen = 0;
    const Work account = [&, n = undone == &fails ? 1 : 2](WriteTx& tx) {
      seen = tx.policy().id;
      return AddAccount(tx, fmt::format("x-{}", n));
    };
    const auto results = vault().committer().Run({undone, &account});
    ASSERT_TRUE(results.ok()) << results.status();
    EXPECT_TRUE((*results)[1].ok()) << (*results)[1];
    EXPECT_EQ(seen, old);
    EXPECT_EQ(Events().back().policy, Hash(ShippedPolicy()));
  }
  Close();
  Open();
  EXPECT_EQ(InForce(), old);
  EXPECT_TRUE(Do(next).ok());
  EXPECT_EQ(seen, old);
  EXPECT_TRUE(Do(Activating(id, policy, AskFor(id))).ok())
      << "the approval was not used up by what was undone";
}

TEST_F(PolicyChangeTest, ADamagedStagedTextLeavesTheOldOneServing) {
  const ReviewedPolicy policy = Reviewed(Variant("new"));
  const std::int64_t id = Stage(policy);
  const std::int64_t old = InForce();
  Prepare(id, policy);
  ASSERT_TRUE(Do([&](WriteTx& tx) {
                return tx.db().Exec(
                    "UPDATE policy SET source = replace(source, '# new', '# bad') WHERE id = ?1", id);
              }).ok());
  EXPECT_EQ(ReasonOf(Do(Activating(id, policy, AskFor(id)))), "POLICY_DAMAGED");
  EXPECT_EQ(InForce(), old);
  EXPECT_TRUE(Do([&](WriteTx& tx) { return AddAccount(tx, "x-news"); }).ok());
}

TEST_F(PolicyChangeTest, WhatWasReviewedMustBeWhatIsActivated) {
  const ReviewedPolicy staged = Reviewed(Variant("staged"));
  const ReviewedPolicy other = Reviewed(Variant("other"));
  const std::int64_t id = Stage(staged);
  EXPECT_EQ(ReasonOf(Do(Activating(id, other, AskFor(id)))), "POLICY_DAMAGED");
  const Request request = AskFor(id);
  EXPECT_EQ(ReasonOf(Do([&](WriteTx& tx) {
              return ActivatePolicy(tx, Asking(tx, "alice", request), request, std::to_string(id),
                                    Hash(other.source()), staged)
                  .status();
            })),
            "ETAG_MISMATCH");
}

TEST_F(PolicyChangeTest, AnotherPolicyInForceVoidsWhatWasApprovedUnderTheOldOne) {
  const ReviewedPolicy one = Reviewed(Variant("one"));
  const ReviewedPolicy two = Reviewed(Variant("two"));
  const std::int64_t first = Stage(one);
  const std::int64_t second = Stage(two);
  Prepare(first, one);
  Prepare(second, two);
  ASSERT_TRUE(Do(Activating(first, one, AskFor(first))).ok());
  EXPECT_EQ(ReasonOf(Do(Activating(second, two, AskFor(second)))), "APPROVAL_REQUIRED");
  EXPECT_EQ(InForce(), first);
}

TEST_F(PolicyChangeTest, AnEarlierTextComesBackUnderANewNumberAndRevivesNoApproval) {
  const std::int64_t shipped = InForce();
  const ReviewedPolicy policy = Reviewed(Variant("new"));
  const ReviewedPolicy other = Reviewed(Variant("other"));
  const ReviewedPolicy before = Reviewed(std::string(ShippedPolicy()));
  const std::int64_t never = Stage(other);
  Prepare(never, other);
  const std::int64_t id = Stage(policy);
  Prepare(id, policy);
  ASSERT_TRUE(Do(Activating(id, policy, AskFor(id))).ok());
  EXPECT_EQ(ReasonOf(Do(Activating(shipped, before, AskFor(shipped)))), "POLICY_SUPERSEDED");
  const std::int64_t back = Stage(before);
  Prepare(back, before);
  ASSERT_TRUE(Do(Activating(back, before, AskFor(back))).ok());
  EXPECT_EQ(InForce(), back);
  EXPECT_EQ(ReasonOf(Do(Activating(never, other, AskFor(never)))), "APPROVAL_REQUIRED");
}

TEST_F(PolicyChangeTest, KeepsTheTextsOfTheNewestStagedOnes) {
  const ReviewedPolicy policy = Reviewed(Variant("again and again"));
  const std::int64_t oldest = Stage(policy);
  for (int i = 1; i < kKeptStaged; ++i) Stage(policy);
  const auto source = [&](std::int64_t id) {
    std::string text;
    EXPECT_TRUE(Do([&](WriteTx& tx) {
                  text = storage::PolicyStore(tx.db()).ById(id).value()->source;
                  return absl::OkStatus();
                }).ok());
    return text;
  };
  EXPECT_EQ(source(oldest), policy.source());
  const std::int64_t newest = Stage(policy);
  EXPECT_EQ(source(oldest), "");
  EXPECT_EQ(source(newest), policy.source());
  EXPECT_EQ(source(InForce()), ShippedPolicy());
  EXPECT_EQ(ReasonOf(Do(Activating(oldest, policy, AskFor(oldest)))), "POLICY_DROPPED");
}

TEST_F(PolicyChangeTest, WithoutAReadablePolicyNothingIsDecided) {
  ASSERT_TRUE(Do([&](WriteTx& tx) {
                return tx.db().Exec("UPDATE policy SET source = source || '#' WHERE id = ?1", tx.policy().id);
              }).ok());
  const auto reader = vault().OpenReader();
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(ReasonOf(Policies().Active(**reader).status()), "POLICY_DAMAGED");
  Close();
  EXPECT_EQ(ReasonOf(Vault::Open(data_dir()).status()), "POLICY_DAMAGED");
}

}  // namespace
}  // namespace holdfast::custody
