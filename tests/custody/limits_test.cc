// No operation leaves an account with less than its tier needs.
#include "vault/custody/limits.h"

#include <gmock/gmock.h>

#include "tests/custody/fixture.h"
#include "tests/custody/policies.h"
#include "vault/custody/importing.h"

namespace holdfast::custody {
namespace {

using ::testing::HasSubstr;

// Tier 2 needs two owners here, and lets nobody in for more than 30 days: what holds of tier 1 in the shipped
// policy, without its approvals.
class LimitsTest : public CustodyTest {
 protected:
  LimitsTest() {
    AddHolder("dave");
    AddHolder("bob-too", "bob");
    Must([](WriteTx& tx) {
      return PutInForce(
          tx, ShippedWith("[tiers.2]\nmin_owners = 1\n", "[tiers.2]\nmin_owners = 2\nmax_grant = \"30d\"\n"));
    });
  }

  void Must(const Work& work) {
    const absl::Status status = Do(work);
    ASSERT_TRUE(status.ok()) << status;
  }
  void AddHolder(const std::string& name, const std::string& person = "") {
    Must([&](WriteTx& tx) {
      return CreateHolder(tx, As(tx, "alice"), Ask(),
                          {.name = name, .person = person, .roles = static_cast<std::int64_t>(Role::kMember)})
          .status();
    });
  }
  absl::Status Add(const std::string& name, int tier, const std::vector<std::string>& backups) {
    return Do([&](WriteTx& tx) {
      return CreateAccount(tx, As(tx, "alice"), Ask(),
                           {.name = name, .platform = "x", .tier = tier, .owner = "bob", .backups = backups})
          .status();
    });
  }
  absl::Status Change(const AccountChange& change) {
    return Do(
        [&](WriteTx& tx) { return UpdateAccount(tx, As(tx, "alice"), Ask(), "news", change, "").status(); });
  }
  absl::Status Revoke(const std::string& holder) {
    return Do([&](WriteTx& tx) { return RevokeGrant(tx, As(tx, "alice"), Ask(), "news", holder).status(); });
  }
  absl::Status Suspend(const std::string& holder) {
    return Do([&](WriteTx& tx) { return SuspendHolder(tx, As(tx, "alice"), Ask(), holder, "").status(); });
  }
  absl::Status Grant(std::optional<Micros> length) {
    return Do([&](WriteTx& tx) {
      NewGrant grant{.account = "news", .holder = "dave"};
      if (length.has_value()) grant.expires_at = tx.now() + *length;
      return CreateGrant(tx, As(tx, "alice"), Ask(), grant).status();
    });
  }
};

TEST_F(LimitsTest, AnAccountBeginsWithEnoughOwners) {
  const absl::Status refused = Add("top", 1, {});
  EXPECT_EQ(ReasonOf(refused), "MIN_OWNERS");
  EXPECT_EQ(DetailsOf(refused)["rule"], "tiers.1.min_owners");
  EXPECT_THAT(std::string(MessageOf(refused)), HasSubstr("must have 2 active owners"));
  EXPECT_THAT(std::string(MessageOf(refused)), HasSubstr("it has 1"));
  EXPECT_FALSE(Has("top"));
  EXPECT_EQ(ReasonOf(Add("top", 1, {"bob-too"})), "MIN_OWNERS") << "two holders of one person are one person";
  EXPECT_TRUE(Add("top", 1, {"carol"}).ok());
  EXPECT_TRUE(Add("low", 3, {}).ok());
}

TEST_F(LimitsTest, NoBackupOwnerIsTakenAwayWhoIsNeeded) {
  ASSERT_TRUE(Add("news", 2, {"carol", "dave"}).ok());
  ASSERT_TRUE(Revoke("carol").ok());
  const absl::Status refused = Revoke("dave");
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(refused), "MIN_OWNERS");
  EXPECT_EQ(DetailsOf(refused)["rule"], "tiers.2.min_owners");
  EXPECT_EQ(ReasonOf(Change({.backups = std::vector<std::string>{}})), "MIN_OWNERS");
  EXPECT_TRUE(Change({.backups = std::vector<std::string>{"carol"}}).ok());
}

TEST_F(LimitsTest, NoBackupOwnerBecomesTheOwnerWhenNobodyIsLeftBehind) {
  ASSERT_TRUE(Add("news", 2, {"carol"}).ok());
  EXPECT_EQ(ReasonOf(Change({.owner = "carol"})), "MIN_OWNERS");
  EXPECT_TRUE(Change({.owner = "carol", .backups = std::vector<std::string>{"bob"}}).ok());
}

TEST_F(LimitsTest, ARaisedTierNeedsWhatItNeedsAtOnce) {
  ASSERT_TRUE(Add("news", 3, {}).ok());
  const absl::Status refused = Change({.tier = 2});
  EXPECT_EQ(ReasonOf(refused), "MIN_OWNERS");
  EXPECT_EQ(DetailsOf(refused)["rule"], "tiers.2.min_owners");
  EXPECT_TRUE(Change({.tier = 2, .backups = std::vector<std::string>{"carol"}}).ok());
  EXPECT_EQ(ReasonOf(Revoke("carol")), "MIN_OWNERS");
}

TEST_F(LimitsTest, SuspensionGoesBelowAndWhatIsShortAlreadyGetsNoShorter) {
  ASSERT_TRUE(Add("news", 2, {"carol", "dave"}).ok());
  ASSERT_TRUE(Suspend("carol").ok());
  ASSERT_TRUE(Suspend("bob").ok()) << "suspending is never held up";
  EXPECT_TRUE(Change({.handle = "@news"}).ok());
  EXPECT_TRUE(Revoke("carol").ok()) << "who is suspended counts for nothing";
  EXPECT_EQ(ReasonOf(Revoke("dave")), "MIN_OWNERS");
  EXPECT_EQ(ReasonOf(Change({.backups = std::vector<std::string>{}})), "MIN_OWNERS");
  EXPECT_EQ(ReasonOf(Change({.owner = "dave"})), "MIN_OWNERS")
      << "bob may be resumed, and then is one of two";
  AddHolder("erin");
  EXPECT_TRUE(Change({.owner = "dave", .backups = std::vector<std::string>{"erin"}}).ok());
}

TEST_F(LimitsTest, WhoeverIsSuspendedIsNotTakenAwayInTheMeantime) {
  ASSERT_TRUE(Add("news", 2, {"carol"}).ok());
  ASSERT_TRUE(Suspend("carol").ok());
  const absl::Status refused = Revoke("carol");
  EXPECT_EQ(ReasonOf(refused), "MIN_OWNERS");
  EXPECT_THAT(std::string(MessageOf(refused)), HasSubstr("it has 1, the suspended included"));
  EXPECT_EQ(ReasonOf(Change({.backups = std::vector<std::string>{}})), "MIN_OWNERS");
  EXPECT_TRUE(Change({.backups = std::vector<std::string>{"dave"}}).ok()) << "another in their place";
}

TEST_F(LimitsTest, NobodyAloneTakesAwayAnothersBackupOfTierOne) {
  ASSERT_TRUE(Add("news", 1, {"carol", "dave"}).ok());
  EXPECT_EQ(ReasonOf(Revoke("carol")), "APPROVAL_REQUIRED");
  EXPECT_TRUE(
      Do([&](WriteTx& tx) { return RevokeGrant(tx, As(tx, "carol"), Ask(), "news", "carol").status(); }).ok())
      << "everybody may give up their own";
  EXPECT_EQ(ReasonOf(Revoke("dave")), "MIN_OWNERS") << "nobody is asked to approve what cannot be";
}

TEST_F(LimitsTest, NobodyIsAskedToApproveWhatCannotBeDone) {
  ASSERT_TRUE(Add("news", 1, {"carol"}).ok());
  EXPECT_EQ(ReasonOf(Change({.backups = std::vector<std::string>{}})), "MIN_OWNERS");
  EXPECT_EQ(ReasonOf(Change({.backups = std::vector<std::string>{"dave"}})), "APPROVAL_REQUIRED");
}

TEST_F(LimitsTest, AnArchivedAccountNeedsNobody) {
  ASSERT_TRUE(Add("news", 2, {"carol"}).ok());
  ASSERT_TRUE(
      Do([&](WriteTx& tx) { return ArchiveAccount(tx, As(tx, "alice"), Ask(), "news", "").status(); }).ok());
  EXPECT_TRUE(Revoke("carol").ok());
}

TEST_F(LimitsTest, AccessEndsInTime) {
  ASSERT_TRUE(Add("news", 2, {"carol"}).ok());
  for (const std::optional<Micros> length : {std::optional<Micros>(), std::optional(30 * kDay + 1)}) {
    const absl::Status refused = Grant(length);
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(FieldOf(refused), "grant.expire_time");
    EXPECT_EQ(DetailsOf(refused)["rule"], "tiers.2.max_grant");
    EXPECT_THAT(std::string(MessageOf(refused)), HasSubstr("must end within 30d"));
  }
  EXPECT_TRUE(Grant(30 * kDay).ok());
}

TEST_F(LimitsTest, AnImportedAccountIsHeldToTheSame) {
  const auto import = [&](const std::string& id) {
    return Do([&](WriteTx& tx) {
      const ImportItem item{.source = {.system = "bitwarden", .id = id, .title = "News"},
                            .account = "news",
                            .platform = "x",
                            .owner = "bob",
                            .components = {}};
      return Import(tx, As(tx, "alice"), Ask(), item).status();
    });
  };
  EXPECT_EQ(ReasonOf(import("1")), "MIN_OWNERS");
  EXPECT_FALSE(Has("news"));
  Must([](WriteTx& tx) { return PutInForce(tx, std::string(ShippedPolicy())); });
  EXPECT_TRUE(import("1").ok());
}

}  // namespace
}  // namespace holdfast::custody
