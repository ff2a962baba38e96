#include "vault/custody/refusals.h"

#include "tests/custody/fixture.h"

namespace holdfast::custody {
namespace {

audit::Event Refusal(std::int64_t actor, const std::string& rule) {
  audit::Event event;
  event.type = "call.refused";
  event.actor = audit::Ref{actor, Bytes(16, static_cast<std::uint8_t>(actor))};
  event.outcome = audit::Outcome::kDenied;
  event.rule = rule;
  return event;
}

TEST(Refusals, AreWrittenUpToARateAndCountedBeyondIt) {
  Refusals refusals;
  for (int i = 0; i < kRefusalsWritten; ++i) EXPECT_TRUE(refusals.Admit(Refusal(1, "a"), 100));
  EXPECT_FALSE(refusals.waiting());
  for (int i = 0; i < 5000; ++i) EXPECT_FALSE(refusals.Admit(Refusal(1, "a"), 200 + i));
  EXPECT_TRUE(refusals.Admit(Refusal(2, "a"), 300)) << "another holder has a rate of their own";
  EXPECT_TRUE(refusals.Admit(Refusal(1, "b"), 300)) << "and so has another rule";
  audit::Event allowed = Refusal(1, "a");
  allowed.outcome = audit::Outcome::kAllowed;
  EXPECT_TRUE(refusals.Admit(allowed, 300));
  EXPECT_FALSE(refusals.Due(200 + kRefusalsCountedFor - 1));
  EXPECT_TRUE(refusals.Due(200 + kRefusalsCountedFor));
  const auto events = refusals.Take(6000);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].texts.at("folded"), "5000");
  EXPECT_EQ(events[0].texts.at("first-time"), FormatTime(200));
  EXPECT_EQ(events[0].texts.at("last-time"), FormatTime(5199));
  EXPECT_EQ(events[0].actor->id, 1);
  EXPECT_TRUE(refusals.Admit(events[0], 6000)) << "what tells of the others is always written";
  EXPECT_FALSE(refusals.waiting());
  EXPECT_TRUE(refusals.Take(6000).empty());
  EXPECT_FALSE(refusals.Admit(Refusal(1, "a"), 6000));
  EXPECT_TRUE(refusals.Admit(Refusal(1, "a"), 100 + kRefusalsWindow)) << "the next minute begins anew";
}

TEST(Refusals, OfMoreKindsThanCanBeKeptAreCountedTogether) {
  Refusals refusals;
  int written = 0;
  const int many = static_cast<int>(kRefusalKinds) + 1000;
  for (int i = 0; i < many; ++i) written += refusals.Admit(Refusal(i + 1, "a"), 100) ? 1 : 0;
  EXPECT_EQ(written, static_cast<int>(kRefusalKinds) + kRefusalsWritten);
  const auto events = refusals.Take(100);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].texts.at("folded"), std::to_string(1000 - kRefusalsWritten));
}

class RefusedTest : public CustodyTest {
 protected:
  // bob asks for what no rule permits.
  void BeRefused(int times) {
    for (int i = 0; i < times; ++i)
      EXPECT_EQ(ReasonOf(Do([&](WriteTx& tx) {
                  return IssueEnrollment(tx, As(tx, "bob"), Ask(), "carol").status();
                })),
                "DENIED");
  }
};

TEST_F(RefusedTest, WhoIsRefusedAThousandTimesLeavesAFewEventsAndTheirNumber) {
  const std::int64_t before = LogSize();
  BeRefused(1000);
  EXPECT_EQ(LogSize() - before, kRefusalsWritten);
  EXPECT_TRUE(vault().committer().RefusalsWait());
  ASSERT_TRUE(vault().committer().RecordRefusals(/*always=*/true).ok());
  EXPECT_EQ(LogSize() - before, kRefusalsWritten + 1);
  EXPECT_FALSE(vault().committer().RefusalsWait());
  Close();
  Open();  // the log is whole
}

// The log's last entry vouches for every row: a vault in which one changed without an entry would not open again.
TEST_F(RefusedTest, WhatChangesARowIsAlwaysWritten) {
  const std::int64_t before = LogSize();
  constexpr int kTimes = 2 * kRefusalsWritten;
  for (int i = 0; i < kTimes; ++i) {
    const absl::Status refused = Do([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(storage::Holder bob, FindHolder(tx, "bob"));
      tx.DoInstead([bob](WriteTx& instead) mutable {
        ++bob.revision;
        audit::Event event = Refusal(bob.id, "a");
        event.actor = RefTo(bob);
        instead.Record(std::move(event));
        return storage::HolderStore(instead.db()).Update(bob);
      });
      return MakeError(absl::StatusCode::kPermissionDenied, "DENIED", "no");
    });
    EXPECT_EQ(ReasonOf(refused), "DENIED");
  }
  EXPECT_EQ(LogSize() - before, kTimes);
  Close();
  Open();
}

}  // namespace
}  // namespace holdfast::custody
