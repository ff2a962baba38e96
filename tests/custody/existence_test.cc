// Existence is told only to whom the row may be shown; a repeated call is answered as what its caller may see now.
#include <gmock/gmock.h>

#include "tests/custody/fixture.h"
#include "vault/custody/renaming.h"

namespace holdfast::custody {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ExistenceTest : public CustodyTest {
 protected:
  // Of tier 3, so that nobody needs a yes.
  absl::StatusOr<storage::Account> Add(const std::string& by, const std::string& name, const std::string& owner,
                                       const Request& request, bool dry_run = false) {
    absl::StatusOr<storage::Account> made = absl::InternalError("not run");
    const absl::Status done = Do([&](WriteTx& tx) {
      tx.set_dry_run(dry_run);
      made = CreateAccount(tx, As(tx, by), request,
                           {.name = name, .platform = "x", .tier = 3, .owner = owner});
      if (dry_run) RecordRehearsal(tx, As(tx, by), made.status());
      return made.status();
    });
    EXPECT_EQ(done, made.status());
    return made;
  }

  absl::StatusOr<storage::Account> Rename(const std::string& by, const std::string& name, const std::string& to,
                                          bool dry_run = false) {
    absl::StatusOr<storage::Account> renamed = absl::InternalError("not run");
    EXPECT_EQ(Do([&](WriteTx& tx) {
                tx.set_dry_run(dry_run);
                renamed = RenameAccount(tx, As(tx, by), Ask(), name, to, "");
                if (dry_run) RecordRehearsal(tx, As(tx, by), renamed.status());
                return renamed.status();
              }),
              renamed.status());
    return renamed;
  }

  storage::EventRow LastEvent() {
    storage::EventRow last;
    EXPECT_TRUE(Do([&](WriteTx& tx) {
                  last = storage::EventStore(tx.db()).At(LogSize() - 1).value().value();
                  return absl::OkStatus();
                }).ok());
    return last;
  }
  std::string TextOfLast(const std::string& field) {
    const storage::EventRow last = LastEvent();
    for (const storage::EventText& each : last.texts)
      if (each.field == field) return each.text;
    return "";
  }
};

TEST_F(ExistenceTest, ADryRunTellsNobodyWhichIdsAnUnseenAccountHasTaken) {
  ASSERT_TRUE(Add("alice", "news", "alice", Ask()).ok());
  const auto taken = Add("bob", "news", "bob", Ask(), /*dry_run=*/true);
  ASSERT_TRUE(taken.ok()) << taken.status();
  const auto free = Add("bob", "fresh", "bob", Ask(), /*dry_run=*/true);
  ASSERT_TRUE(free.ok()) << free.status();
  EXPECT_EQ(taken->name, "news");
  EXPECT_EQ(taken->tier, free->tier);
  EXPECT_FALSE(Has("fresh"));
  // Whoever sees the account is told.
  EXPECT_EQ(ReasonOf(Add("alice", "news", "alice", Ask(), /*dry_run=*/true).status()), "ALREADY_EXISTS");
}

TEST_F(ExistenceTest, ADryRunIsOnRecord) {
  const std::int64_t before = LogSize();
  ASSERT_TRUE(Add("bob", "fresh", "bob", Ask(), /*dry_run=*/true).ok());
  EXPECT_EQ(LogSize(), before + 1);
  EXPECT_EQ(LastEvent().type, "call.rehearsed");
  EXPECT_EQ(TextOfLast("answer"), "would succeed");
  ASSERT_TRUE(Add("bob", "mine", "bob", Ask()).ok());
  ASSERT_FALSE(Add("bob", "mine", "bob", Ask(), /*dry_run=*/true).ok());
  EXPECT_EQ(TextOfLast("answer"), "ALREADY_EXISTS");
}

TEST_F(ExistenceTest, TheIdOfAnUnseenAccountIsRefusedOnRecordWithoutAWordOfTheAccount) {
  ASSERT_TRUE(Add("alice", "news", "alice", Ask()).ok());
  const auto refused = Add("bob", "news", "bob", Ask());
  EXPECT_EQ(ReasonOf(refused.status()), "ID_TAKEN");
  EXPECT_THAT(std::string(MessageOf(refused.status())), Not(HasSubstr("exists")));
  EXPECT_EQ(LastEvent().outcome, storage::EventOutcome::kDenied);
  EXPECT_EQ(LastEvent().rule, "account.id-taken");
}

TEST_F(ExistenceTest, ARenamingTellsNobodyWhichIdsAnUnseenAccountHasTaken) {
  ASSERT_TRUE(Add("alice", "news", "alice", Ask()).ok());
  ASSERT_TRUE(Rename("alice", "news", "press").ok());
  ASSERT_TRUE(Add("bob", "mine", "bob", Ask()).ok());
  for (const char* taken : {"news", "press"}) {
    const auto rehearsed = Rename("bob", "mine", taken, /*dry_run=*/true);
    ASSERT_TRUE(rehearsed.ok()) << rehearsed.status();
    EXPECT_EQ(rehearsed->name, taken);
    const auto refused = Rename("bob", "mine", taken);
    EXPECT_EQ(ReasonOf(refused.status()), "ID_TAKEN");
    EXPECT_THAT(std::string(MessageOf(refused.status())), Not(HasSubstr("had")));
    EXPECT_EQ(LastEvent().rule, "account.id-taken");
    EXPECT_EQ(ReasonOf(Rename("alice", "mine", taken, /*dry_run=*/true).status()), "ALREADY_EXISTS");
  }
  EXPECT_TRUE(Has("mine"));
}

TEST_F(ExistenceTest, ARenamingThatSomebodyElseMadeIsNotThereForWhoGuessesIt) {
  ASSERT_TRUE(Add("alice", "news", "alice", Ask()).ok());
  ASSERT_TRUE(Rename("alice", "news", "press").ok());
  EXPECT_EQ(Rename("bob", "news", "press").status(), Rename("bob", "nosuch", "press").status());
}

TEST_F(ExistenceTest, ARepeatedCreateShowsNothingToWhoHasLostTheAccount) {
  const Request first = Ask();
  ASSERT_TRUE(Add("bob", "news", "bob", first).ok());
  EXPECT_TRUE(Add("bob", "news", "bob", first).ok());
  ASSERT_TRUE(Do([&](WriteTx& tx) {
                return UpdateAccount(tx, As(tx, "alice"), Ask(), "news", {.owner = "carol"}, "").status();
              }).ok());
  const auto again = Add("bob", "news", "bob", first);
  EXPECT_EQ(ReasonOf(again.status()), "DENIED") << again.status();
  EXPECT_EQ(LastEvent().outcome, storage::EventOutcome::kDenied);
}

TEST_F(ExistenceTest, GivingUpAccessTellsNobodyWhichAccountsThereAre) {
  ASSERT_TRUE(Add("alice", "news", "alice", Ask()).ok());
  const auto revoke = [&](const char* account) {
    return Do([&](WriteTx& tx) {
      return RevokeGrant(tx, As(tx, "bob"), Ask(), account, "bob").status();
    });
  };
  const absl::Status there = revoke("news");
  const absl::Status nowhere = revoke("nosuch");
  EXPECT_EQ(there, nowhere);
  EXPECT_EQ(LastEvent().outcome, storage::EventOutcome::kDenied);
}

TEST_F(ExistenceTest, WhoSeesAnAccountIsToldThatThereIsNothingToRevoke) {
  ASSERT_TRUE(Add("alice", "news", "alice", Ask()).ok());
  EXPECT_TRUE(absl::IsNotFound(
      Do([&](WriteTx& tx) { return RevokeGrant(tx, As(tx, "alice"), Ask(), "news", "bob").status(); })));
}

}  // namespace
}  // namespace holdfast::custody
