#include "vault/custody/break_glass.h"

#include "tests/custody/break_glass_fixture.h"

namespace holdfast::custody {
namespace {

TEST_F(BreakGlassTest, IsTheSameRequestWhenTheCallComesAgain) {
  const Request request = Ask();
  ASSERT_TRUE(RequestBy("bob", request).ok());
  EXPECT_TRUE(new_);
  EXPECT_EQ(last_.state, BreakGlassState::kWaiting);
  EXPECT_GT(last_.left, kHour);
  const std::int64_t size = LogSize();
  ASSERT_TRUE(RequestBy("bob", request).ok());
  EXPECT_FALSE(new_);
  EXPECT_EQ(last_.row.id, 1);
  EXPECT_EQ(LogSize(), size);
  EXPECT_EQ(ReasonOf(RequestBy("bob")), "BREAK_GLASS_OPEN");
  EXPECT_TRUE(RequestBy("carol").ok());  // another's is another request
}

TEST_F(BreakGlassTest, IsBoundedForEachHolder) {
  for (int i = 0; i <= kMaxOpenBreakGlass; ++i) {
    const std::string account = fmt::format("x-{}", i);
    const absl::Status asked = Do([&](WriteTx& tx) -> absl::Status {
      HF_RETURN_IF_ERROR(AddAccount(tx, account));
      HF_RETURN_IF_ERROR(Put(tx, "alice", account, "value", Ask()).status());
      return RequestBreakGlass(tx, As(tx, "bob"), Ask(), account, "password").status();
    });
    if (i < kMaxOpenBreakGlass)
      EXPECT_TRUE(asked.ok()) << asked;
    else
      EXPECT_EQ(ReasonOf(asked), "TOO_MANY_OPEN");
  }
}

TEST_F(BreakGlassTest, ShowsTheValueOfThatMomentOnceAndAgainOnlyForTheSameCall) {
  ASSERT_TRUE(RequestBy("bob").ok());
  EXPECT_EQ(ReasonOf(RevealBy("bob", 1)), "BREAK_GLASS_STATE");
  MakeReady();
  ASSERT_TRUE(PutBy("alice", "value-2").ok());
  EXPECT_EQ(ReasonOf(RevealBy("carol", 1)), "DENIED");
  EXPECT_EQ(ReasonOf(RevealBy("alice", 1)), "DENIED");
  const Request call = Ask();
  ASSERT_TRUE(RevealBy("bob", 1, call).ok());
  EXPECT_EQ(value_, "value-2");
  EXPECT_EQ(show_for_, 5 * kMinute);
  EXPECT_EQ(valid_for_, kMinute);
  ASSERT_TRUE(PutBy("alice", "value-3").ok());
  value_ = "";
  const std::int64_t size = LogSize();
  ASSERT_TRUE(RevealBy("bob", 1, call).ok());
  EXPECT_EQ(value_, "value-2");
  EXPECT_EQ(LogSize(), size);
  const absl::Status again = RevealBy("bob", 1);
  EXPECT_EQ(ReasonOf(again), "BREAK_GLASS_STATE");
  EXPECT_EQ(DetailsOf(again)["state"], "REVEALED");
  // The answer to the same call ends with the time for which the value may be shown.
  EXPECT_TRUE(Do([](WriteTx& tx) {
                return tx.db().Exec("UPDATE break_glass SET revealed_at = revealed_at - ?1", 6 * kMinute);
              }).ok());
  EXPECT_EQ(ReasonOf(RevealBy("bob", 1, call)), "BREAK_GLASS_STATE");
}

TEST_F(BreakGlassTest, IsRotatedAndReviewedByAnotherPersonUnderWhateverName) {
  AddHolder("bob-too", Role::kSecurity, "bob");
  ASSERT_TRUE(RequestBy("bob").ok());
  MakeReady();
  EXPECT_EQ(ReasonOf(RevealBy("bob-too", 1)), "DENIED");  // the one who asked, not the person
  ASSERT_TRUE(RevealBy("bob", 1).ok());
  ASSERT_TRUE(PutBy("bob-too", "value-2").ok());
  ASSERT_TRUE(AttestBy("bob-too", 1).ok());
  EXPECT_EQ(ReasonOf(ReviewBy("alice", 1)), "ROTATION_OPEN");  // a rotation by the same person is none
  EXPECT_EQ(ReasonOf(PutBy("alice", "value-1")), "VALUE_KNOWN");  // nor is the value that was seen
  EXPECT_EQ(ReasonOf(ReviewBy("alice", 1)), "ROTATION_OPEN");
  ASSERT_TRUE(PutBy("alice", "value-3").ok());
  EXPECT_EQ(ReasonOf(ReviewBy("alice", 1)), "ROTATION_OPEN");  // attested by nobody who counts
}

TEST_F(BreakGlassTest, IsClosedByAReviewAfterTheRotationForGood) {
  AddHolder("ada", Role::kAuditor);
  ASSERT_TRUE(RequestBy("bob").ok());
  EXPECT_EQ(ReasonOf(ReviewBy("ada", 1)), "BREAK_GLASS_STATE");
  MakeReady();
  ASSERT_TRUE(RevealBy("bob", 1).ok());
  ASSERT_TRUE(PutBy("alice", "value-2").ok());
  ASSERT_TRUE(AttestBy("alice", 1).ok());
  EXPECT_EQ(ReasonOf(ReviewBy("bob", 1)), "DENIED");
  EXPECT_TRUE(ReviewBy("ada", 1).ok());
  EXPECT_EQ(ReasonOf(ReviewBy("ada", 1)), "BREAK_GLASS_STATE");
}

TEST_F(BreakGlassTest, IsSeenByWhoeverAskedAndWhoeverMaySayNo) {
  ASSERT_TRUE(RequestBy("bob").ok());
  const auto seen_by = [&](const std::string& holder) {
    std::size_t seen = 99;
    EXPECT_TRUE(Do([&](WriteTx& tx) -> absl::Status {
                  HF_ASSIGN_OR_RETURN(const auto list, ListBreakGlass(tx, As(tx, holder), true, 0, 10));
                  seen = list.views.size();
                  return absl::OkStatus();
                }).ok());
    return seen;
  };
  EXPECT_EQ(seen_by("bob"), 1u);
  EXPECT_EQ(seen_by("alice"), 1u);
  EXPECT_EQ(seen_by("carol"), 0u);
  EXPECT_EQ(ReasonOf(Do([&](WriteTx& tx) { return GetBreakGlass(tx, As(tx, "carol"), 1).status(); })),
            "DENIED");
  EXPECT_EQ(ReasonOf(Do([&](WriteTx& tx) { return GetBreakGlass(tx, As(tx, "carol"), 9).status(); })),
            "DENIED");
  EXPECT_EQ(ReasonOf(Do([&](WriteTx& tx) { return GetBreakGlass(tx, As(tx, "alice"), 9).status(); })),
            "NOT_FOUND");
}

}  // namespace
}  // namespace holdfast::custody
