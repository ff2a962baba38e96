// What the clock, and people leaving, break is found, and no more once it is mended.
#include "vault/custody/findings.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/custody/fixture.h"
#include "tests/custody/policies.h"

namespace holdfast::custody {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class FindingsTest : public CustodyTest {
 protected:
  void Must(const Work& work) {
    const absl::Status status = Do(work);
    ASSERT_TRUE(status.ok()) << status;
  }
  void Add(const std::string& name, int tier, const std::vector<std::string>& backups = {}) {
    Must([&](WriteTx& tx) {
      return CreateAccount(tx, As(tx, "alice"), Ask(),
                           {.name = name, .platform = "x", .tier = tier, .owner = "bob", .backups = backups})
          .status();
    });
  }
  void Put(const std::string& by, const std::string& account, const std::string& value) {
    Must([&](WriteTx& tx) { return CustodyTest::Put(tx, by, account, value, Ask()).status(); });
  }
  void Suspend(const std::string& holder) {
    Must([&](WriteTx& tx) { return SuspendHolder(tx, As(tx, "alice"), Ask(), holder, "").status(); });
  }
  // Of `rule`, as of so much later: their messages.
  std::vector<std::string> Found(const std::string& rule, Micros later = 0) {
    std::vector<std::string> messages;
    for (const Finding& finding : AllAt(later))
      if (finding.rule == rule) messages.push_back(finding.message);
    return messages;
  }
  std::vector<Finding> AllAt(Micros later) {
    std::vector<Finding> all;
    Must([&](WriteTx& tx) -> absl::Status {
      Tx then(tx.db(), tx.now() + later, tx.elapsed(), tx.keys(), Borrowed(tx));
      HF_ASSIGN_OR_RETURN(all, AllFindings(then));
      return absl::OkStatus();
    });
    return all;
  }
  // What `reader` sees, by message and in order; two at a time.
  std::vector<std::string> Seen(const std::string& reader, const FindingFilter& filter = {},
                                Micros later = 0) {
    std::vector<std::string> seen;
    Must([&](WriteTx& tx) -> absl::Status {
      Tx then(tx.db(), tx.now() + later, tx.elapsed(), tx.keys(), Borrowed(tx));
      std::int64_t after = 0;
      while (true) {
        HF_ASSIGN_OR_RETURN(const auto page, ListFindings(then, As(tx, reader), filter, after, 2));
        for (const Finding& finding : page) seen.push_back(finding.rule + ": " + finding.message);
        if (page.size() < 2) return absl::OkStatus();
        after = page.back().id;
      }
    });
    return seen;
  }
  static std::shared_ptr<const Policy> Borrowed(const Tx& tx) {
    return {std::shared_ptr<const Policy>(), &tx.policy()};
  }
  // A device of `holder`, as enrollment leaves it.
  void AddKey(const std::string& holder, KeyState state, Micros lifetime) {
    Must([&](WriteTx& tx) {
      storage::DeviceKey key{.holder_id = As(tx, holder).holder.id,
                             .cert_sha256 = crypto::RandomBytes(32),
                             .box_public = crypto::RandomBytes(32),
                             .state = state,
                             .created_at = tx.now(),
                             .not_after = tx.now() + lifetime};
      if (state == KeyState::kConfirmed) key.confirmed_at = tx.now();
      return storage::KeyStore(tx.db()).Insert(key);
    });
  }
};

TEST_F(FindingsTest, AnAccountInOrderHasNone) {
  Add("news", 1, {"carol"});
  Put("bob", "news", "value");
  EXPECT_THAT(AllAt(kDay), IsEmpty());
}

TEST_F(FindingsTest, AnAccountWhosePlatformHasNoPlaybookIsWorthAWord) {
  Add("news", 2, {"carol"});
  Add("fax", 2, {"carol"});
  const auto place = [&](const std::string& account, const std::string& platform) {
    Must([&](WriteTx& tx) {
      return UpdateAccount(tx, As(tx, "alice"), Ask(), account, {.platform = platform}, "").status();
    });
  };
  EXPECT_THAT(Found("account.no-playbook"), IsEmpty());
  place("fax", "the fax in the basement");
  ASSERT_EQ(Found("account.no-playbook").size(), 1U);
  for (const Finding& finding : AllAt(0))
    EXPECT_EQ(finding.severity == Severity::kInfo, finding.rule == "account.no-playbook") << finding.rule;
  place("fax", "slack");
  EXPECT_THAT(Found("account.no-playbook"), IsEmpty());
  place("fax", "generic");  // somebody looked, and it is none of the others
  EXPECT_THAT(Found("account.no-playbook"), IsEmpty());
}

// A part of an id, or several ids at once, is none.
TEST_F(FindingsTest, APlatformIsLookedForWhole) {
  Add("odd", 2, {"carol"});
  for (const char* const platform : {"lack", "slac", "slack ", "SLACK"}) {
    Must([&](WriteTx& tx) {
      return UpdateAccount(tx, As(tx, "alice"), Ask(), "odd", {.platform = platform}, "").status();
    });
    EXPECT_EQ(Found("account.no-playbook").size(), 1U) << platform;
  }
}

TEST_F(FindingsTest, OwnersBelowTheMinimumAreCriticalUntilSomebodyIsAdded) {
  Add("news", 1, {"carol"});
  Suspend("carol");
  const auto found = AllAt(0);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].rule, "tiers.1.min_owners");
  EXPECT_EQ(found[0].severity, Severity::kCritical);
  EXPECT_THAT(found[0].message, HasSubstr("1 active owner, backup owners included, and needs 2"));
  Must([&](WriteTx& tx) { return ResumeHolder(tx, As(tx, "alice"), Ask(), "carol", "").status(); });
  EXPECT_THAT(AllAt(0), IsEmpty());
  Suspend("bob");
  EXPECT_THAT(Found("tiers.1.min_owners").size(), 1u);
  EXPECT_THAT(Found("owner.suspended"), ElementsAre("its owner bob is suspended: name another owner"));
}

TEST_F(FindingsTest, OneOwnerAloneIsAWarningWhereOneIsEnoughAndNobodyIsCritical) {
  Add("shop", 2);
  EXPECT_THAT(Found("owner.single"), ElementsAre("bob is its only active owner: name a backup owner"));
  Suspend("bob");
  EXPECT_THAT(Found("owner.single"), IsEmpty());
  EXPECT_THAT(Found("tiers.2.min_owners"), ElementsAre(HasSubstr("has 0 active owners")));
}

TEST_F(FindingsTest, AStricterPolicyFindsAtOnceWhatItForbids) {
  Add("shop", 2);
  Must([](WriteTx& tx) {
    return PutInForce(tx, ShippedWith("[tiers.2]\nmin_owners = 1\n", "[tiers.2]\nmin_owners = 2\n"));
  });
  EXPECT_THAT(Found("tiers.2.min_owners"), ElementsAre(HasSubstr("needs 2")));
}

TEST_F(FindingsTest, RotationIsOverdueByTheAgeOfTheValueNotOfItsNumber) {
  Add("news", 1, {"carol"});
  Add("shop", 2, {"carol"});
  for (const char* account : {"news", "shop"}) Put("bob", account, "value");
  EXPECT_THAT(Found("tiers.1.max_secret_age", 89 * kDay), IsEmpty());
  EXPECT_THAT(Found("tiers.1.max_secret_age", 91 * kDay),
              ElementsAre("has been in use for 91d and must be replaced every 90d"));
  EXPECT_THAT(Found("tiers.2.max_secret_age", 91 * kDay), IsEmpty());
  for (const Finding& finding : AllAt(200 * kDay)) {
    if (finding.rule == "tiers.2.max_secret_age") {
      EXPECT_EQ(finding.severity, Severity::kWarning);
    }
    if (finding.rule == "tiers.1.max_secret_age") {
      EXPECT_EQ(finding.severity, Severity::kCritical);
    }
  }
}

TEST_F(FindingsTest, AValueIsOverdueUntilItIsReplacedOrDead) {
  Add("news", 1, {"carol"});
  Put("bob", "news", "value");
  // As if 91 days had passed since.
  Must([](WriteTx& tx) {
    return tx.db().Exec("UPDATE secret_version SET in_use_since = in_use_since - ?1", 91 * kDay);
  });
  EXPECT_EQ(Found("tiers.1.max_secret_age").size(), 1u);
  Put("bob", "news", "value");
  EXPECT_EQ(Found("tiers.1.max_secret_age").size(), 1u) << "the same value again is no rotation";
  Put("bob", "news", "another");
  EXPECT_THAT(Found("tiers.1.max_secret_age"), IsEmpty());
  const auto attest = [&](std::int64_t version) {
    Must([&](WriteTx& tx) {
      return Attest(tx, As(tx, "bob"), Ask(),
                    {.account = "news",
                     .secret = "password",
                     .version = version,
                     .current = true,
                     .evidence = "login failed"})
          .status();
    });
  };
  attest(3);
  EXPECT_THAT(Found("tiers.1.max_secret_age", 100 * kDay), IsEmpty()) << "what is dead need not be replaced";
}

TEST_F(FindingsTest, WhatSomebodyWhoIsGoneKnowsIsCriticalUntilItIsReplacedAndDead) {
  Add("news", 1, {"carol"});
  Put("carol", "news", "value");
  EXPECT_THAT(Found("exposed.gone"), IsEmpty());
  Suspend("carol");
  EXPECT_THAT(Found("exposed.gone"), ElementsAre(HasSubstr("carol, who is suspended, knows it")));
  Put("bob", "news", "another");
  EXPECT_EQ(Found("exposed.gone").size(), 1u);
  Must([&](WriteTx& tx) {
    return Attest(tx, As(tx, "bob"), Ask(), {.account = "news", .secret = "password", .evidence = "login failed"})
        .status();
  });
  EXPECT_THAT(Found("exposed.gone"), IsEmpty());
}

TEST_F(FindingsTest, AReviewIsDueAgainAfterItsTime) {
  Add("news", 1, {"carol"});
  EXPECT_THAT(Found("tiers.1.review_every", 89 * kDay), IsEmpty());
  EXPECT_THAT(Found("tiers.1.review_every", 91 * kDay), ElementsAre(HasSubstr("was looked over 91d ago")));
  Must([](WriteTx& tx) {
    return tx.db().Exec("UPDATE account SET reviewed_at = reviewed_at - ?1", 91 * kDay);
  });
  EXPECT_EQ(Found("tiers.1.review_every").size(), 1u);
  const auto review = [&](const std::string& by) {
    return Do([&](WriteTx& tx) { return ReviewAccount(tx, As(tx, by), Ask(), "news", "").status(); });
  };
  EXPECT_EQ(ReasonOf(review("carol")), "DENIED") << "a backup owner does not review";
  ASSERT_TRUE(review("bob").ok());
  EXPECT_THAT(Found("tiers.1.review_every"), IsEmpty());
}

TEST_F(FindingsTest, AccessWithoutEndIsFoundWhereThePolicyWantsOne) {
  Add("shop", 2, {"alice"});
  Must([&](WriteTx& tx) {
    return CreateGrant(tx, As(tx, "bob"), Ask(), {.account = "shop", .holder = "carol"}).status();
  });
  EXPECT_THAT(Found("tiers.2.max_grant"), IsEmpty());
  Must([](WriteTx& tx) {
    return PutInForce(
        tx, ShippedWith("[tiers.2]\nmin_owners = 1\n", "[tiers.2]\nmin_owners = 1\nmax_grant = \"30d\"\n"));
  });
  EXPECT_THAT(Found("tiers.2.max_grant"), ElementsAre("carol has access without end; the most is 30d"));
  EXPECT_THAT(Found("owner.single"), IsEmpty());
}

TEST_F(FindingsTest, AccessThatNobodyUsesIsFoundAndUseCounts) {
  Add("shop", 2, {"alice"});
  Put("bob", "shop", "value");
  Must([&](WriteTx& tx) {
    return CreateGrant(tx, As(tx, "bob"), Ask(), {.account = "shop", .holder = "carol"}).status();
  });
  EXPECT_THAT(Found("idle.grant", 89 * kDay), IsEmpty());
  EXPECT_THAT(Found("idle.grant", 91 * kDay),
              ElementsAre("carol has access and has not used it for 91d: revoke it"));
  Must([](WriteTx& tx) {
    return tx.db().Exec("UPDATE access_grant SET created_at = created_at - ?1", 91 * kDay);
  });
  EXPECT_EQ(Found("idle.grant").size(), 1u);
  Put("carol", "shop", "another");
  EXPECT_THAT(Found("idle.grant"), IsEmpty());
}

TEST_F(FindingsTest, AHolderWhoDidNothingIsFound) {
  EXPECT_THAT(Found("idle.holder", 89 * kDay), IsEmpty());
  EXPECT_EQ(Found("idle.holder", 91 * kDay).size(), 3u);
  Suspend("carol");
  for (const Finding& finding : AllAt(91 * kDay))
    EXPECT_NE(finding.message.find("did nothing that is on record for 9"), std::string::npos);
  EXPECT_EQ(Found("idle.holder", 91 * kDay).size(), 2u) << "who is suspended is dealt with";
}

TEST_F(FindingsTest, KeysThatNobodyConfirmsOrThatEndSoonAreFound) {
  AddKey("bob", KeyState::kUnconfirmed, 365 * kDay);
  AddKey("carol", KeyState::kConfirmed, 36 * kDay);
  EXPECT_THAT(Found("idle.unconfirmed", 6 * kDay), IsEmpty());
  EXPECT_THAT(Found("idle.unconfirmed", 8 * kDay), ElementsAre(HasSubstr("for 8d: confirm or revoke it")));
  EXPECT_THAT(Found("key.expires", 5 * kDay), IsEmpty());
  EXPECT_THAT(Found("key.expires", 7 * kDay).size(), 1u);
  EXPECT_THAT(Found("key.expires", 37 * kDay), IsEmpty());
  AddKey("carol", KeyState::kConfirmed, 365 * kDay);
  EXPECT_THAT(Found("key.expires", 7 * kDay), IsEmpty()) << "another device lasts longer";
}

TEST_F(FindingsTest, EachReaderSeesWhatIsTheirs) {
  Add("news", 2);
  Must([&](WriteTx& tx) {
    return CreateAccount(tx, As(tx, "alice"), Ask(), {.name = "mail", .platform = "x", .owner = "carol"})
        .status();
  });
  const std::string bobs = "owner.single: bob is its only active owner: name a backup owner";
  const std::string carols = "owner.single: carol is its only active owner: name a backup owner";
  EXPECT_THAT(Seen("alice"), UnorderedElementsAre(bobs, carols));
  EXPECT_THAT(Seen("bob"), ElementsAre(bobs));
  EXPECT_THAT(Seen("carol"), ElementsAre(carols));
  EXPECT_EQ(Seen("alice", {}, 91 * kDay).size(), 5u) << "and three holders who did nothing";
  EXPECT_THAT(Seen("bob", {}, 91 * kDay), ElementsAre(bobs)) << "holders are nobody else's business";
}

TEST_F(FindingsTest, AreListedMostSevereFirstAndByFilter) {
  Add("news", 1, {"carol"});
  Add("shop", 2);
  Put("bob", "news", "value");
  AddKey("bob", KeyState::kConfirmed, 101 * kDay);
  const auto seen = Seen("alice", {}, 91 * kDay);
  ASSERT_EQ(seen.size(), 7u);
  EXPECT_THAT(seen.front(), HasSubstr("tiers.1.max_secret_age"));
  EXPECT_THAT(seen.back(), HasSubstr("key.expires"));
  EXPECT_THAT(Seen("alice", {.severity = Severity::kInfo}, 91 * kDay), ElementsAre(HasSubstr("key.expires")));
  EXPECT_EQ(Seen("alice", {.rule = "idle.holder"}, 91 * kDay).size(), 3u);
  EXPECT_THAT(Seen("alice", {.rule = "nothing"}, 91 * kDay), IsEmpty());
}

}  // namespace
}  // namespace holdfast::custody
