#include "vault/custody/elapsed.h"

#include "tests/custody/fixture.h"
#include "vault/custody/ledger.h"

namespace holdfast::custody {
namespace {

class ElapsedTest : public CustodyTest {
 protected:
  Micros Elapsed() {
    Micros elapsed = -1;
    EXPECT_TRUE(Do([&](WriteTx& tx) {
                  elapsed = tx.elapsed();
                  return absl::OkStatus();
                }).ok());
    return elapsed;
  }
  void StartAndStopLedger() {
    auto ledger = Ledger::Start(
        vault().TakeCommitter(), vault().keys(), vault().policies(), [this] { return vault().OpenReader(); },
        {.readers = 1, .max_queue = 10, .fatal = [](const absl::Status& status) { FAIL() << status; }});
    ASSERT_TRUE(ledger.ok()) << ledger.status();
  }
};

TEST_F(ElapsedTest, GoesOnFromWhatWasSaved) {
  const Micros first = Elapsed();
  EXPECT_GE(first, 0);
  EXPECT_GE(Elapsed(), first);
  ASSERT_TRUE(vault().committer().SaveElapsed(/*always=*/true).ok());
  Close();
  Open();
  EXPECT_GE(Elapsed(), first);
}

TEST_F(ElapsedTest, IsSavedWhenTheLedgerStops) {
  const Micros before = Elapsed();
  StartAndStopLedger();
  Close();
  Open();
  EXPECT_GE(Elapsed(), before);
}

// As when an older page is put back: what was saved is less than an event says.
TEST_F(ElapsedTest, IsNeverLessThanTheLogSays) {
  ASSERT_TRUE(Do([](WriteTx& tx) { return custody::Elapsed::Save(tx.db(), 5 * kHour); }).ok());
  Close();
  Open();
  ASSERT_TRUE(Do([this](WriteTx& tx) { return AddAccount(tx, "x-acme"); }).ok());
  ASSERT_TRUE(Do([](WriteTx& tx) { return custody::Elapsed::Save(tx.db(), 0); }).ok());
  Close();
  Open();
  EXPECT_GE(Elapsed(), 5 * kHour);
}

TEST_F(ElapsedTest, LosesWhatCameAfterTheLastTimeInACrash) {
  ASSERT_TRUE(Do([](WriteTx& tx) { return custody::Elapsed::Save(tx.db(), 5 * kHour); }).ok());
  Close();  // without a word, as a crash
  Open();
  EXPECT_GE(Elapsed(), 5 * kHour);
  EXPECT_LT(Elapsed(), 5 * kHour + kMinute);
}

}  // namespace
}  // namespace holdfast::custody
