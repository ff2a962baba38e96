// What a person could take over by what they know and hold.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Of tier 3: revealing and attesting needs nobody else.
class ReachOffice : public Office {
 public:
  ReachOffice() {
    AddOmar();
    AddMember("mia");
    for (const char* account : {"mail-social", "x-acme-news", "shop", "alone"})
      AddAccount(account, "alice", {"--tier", "3"});
    Link("x-acme-news", "--recovers-through", "mail-social");
    Link("shop", "--signs-in-with", "x-acme-news");
    Put("alice", "mail-social", "fixture-1");
    Ok("alice", {"access", "grant", "--account", "mail-social", "--holder", "mia"});
  }

  void Link(const std::string& account, const std::string& option, const std::string& to) const {
    Ok("alice", {"account", "link", account, option, to});
  }
  Json ReachOf(const std::string& holder, const std::string& reader = "alice") const {
    return Get(reader, {"exposure", "reach", "--holder", holder})["accounts"];
  }
  std::vector<std::string> Paths(const std::string& holder, const std::string& reader = "alice") const {
    return Each(ReachOf(holder, reader), "path");
  }
};

TEST(Reach, LeadsFromAKnownPasswordOverLinksAndEndsWithIt) {
  ReachOffice office;
  EXPECT_THAT(office.ReachOf("mia"), IsEmpty());  // access by itself is no knowledge
  office.Reveal("mia", "mail-social");
  const Json reach = office.ReachOf("mia");
  EXPECT_THAT(Each(reach, "account"),
              ElementsAre("accounts/mail-social", "accounts/x-acme-news", "accounts/shop"));
  EXPECT_THAT(
      Each(reach, "path"),
      ElementsAre("mia knows password v1 of mail-social",
                  "mia knows password v1 of mail-social; x-acme-news recovers through it",
                  "mia knows password v1 of mail-social; x-acme-news recovers through it; shop signs in with "
                  "x-acme-news"));
  EXPECT_EQ(reach[2]["links"], 2);
  EXPECT_THAT(office.Ok("alice", {"exposure", "reach", "--holder", "mia"}),
              HasSubstr("x-acme-news  1      mia knows"));

  // A new value alone ends nothing while the old one may still work.
  office.Ok("alice", {"access", "revoke", "--account", "mail-social", "--holder", "mia"});
  office.Put("alice", "mail-social", "fixture-2");
  EXPECT_EQ(office.Paths("mia").size(), 3U);
  office.Ok("alice",
            {"secret", "attest", "mail-social", "password", "1", "--evidence", "refused"});
  EXPECT_THAT(office.ReachOf("mia"), IsEmpty());
}

TEST(Reach, OpensNothingByASeedOrByCodes) {
  ReachOffice office;
  const std::string seed = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
  office.Ok("alice", {"secret", "put", "mail-social", "totp", "--kind", "totp", "--from-file", "-"}, seed);
  office.Ok("mia", {"secret", "code", "mail-social", "totp"});
  EXPECT_THAT(office.ReachOf("mia"), IsEmpty());
  office.Ok("alice", {"exposure", "add", "mail-social", "totp", "--holder", "mia", "--reason", "scanned it"});
  EXPECT_THAT(office.ReachOf("mia"), IsEmpty());
  office.Ok("alice",
            {"exposure", "add", "mail-social", "password", "--holder", "mia", "--reason", "set it up"});
  EXPECT_EQ(office.ReachOf("mia").size(), 3U);
}

TEST(Reach, IsThePersonsUnderEveryName) {
  ReachOffice office;
  office.Ok("alice", {"holder", "add", "mia-admin", "--person", "mia", "--role", "member"});
  office.Link("alone", "--recovery-phone", "mia-admin");
  office.Reveal("mia", "mail-social");
  for (const char* name : {"mia", "mia-admin"})
    EXPECT_THAT(
        office.Paths(name),
        UnorderedElementsAre("mia knows password v1 of mail-social", HasSubstr("x-acme-news recovers"),
                             HasSubstr("shop signs in"), "alone recovers by the phone of mia-admin"));
}

TEST(Reach, GoesRoundCyclesAndTakesTheShortestWay) {
  ReachOffice office;
  office.Link("mail-social", "--recovers-through", "shop");
  office.Link("shop", "--administered-by", "mail-social");
  office.Reveal("mia", "mail-social");
  EXPECT_THAT(
      office.Paths("mia"),
      ElementsAre("mia knows password v1 of mail-social", HasSubstr("x-acme-news recovers through it"),
                  "mia knows password v1 of mail-social; shop is administered by it"));
}

TEST(Reach, IsShownToWhoMaySeeEveryAccountOnThePath) {
  ReachOffice office;
  office.AddMember("sam");
  office.Reveal("mia", "mail-social");
  EXPECT_EQ(office.Paths("mia", "omar").size(), 3U);
  // She learns of no account by having access to its mailbox.
  EXPECT_THAT(office.Paths("mia", "mia"), ElementsAre("mia knows password v1 of mail-social"));
  EXPECT_THAT(office.Refused(4, "sam", {"exposure", "reach", "--holder", "mia"}),
              HasSubstr("nothing permits you exposure.read"));
  // The owner of the far end alone is not told of what lies before it.
  office.Ok("alice", {"account", "update", "shop", "--owner", "sam"});
  office.Refused(4, "sam", {"exposure", "reach", "--holder", "mia"});
  EXPECT_THAT(office.Refused(2, "alice", {"-q", "exposure", "reach"}), HasSubstr("--holder"));
  office.Refused(6, "alice", {"exposure", "reach", "--holder", "nobody"});
}

TEST(Reach, IsToldByThePlanAndTheCaseOfAHandover) {
  ReachOffice office;
  office.Reveal("mia", "mail-social");
  office.Link("alone", "--recovery-phone", "mia");
  const auto warnings = ::testing::UnorderedElementsAre(
      "reaches x-acme-news: mia knows password v1 of mail-social; x-acme-news recovers through it",
      "reaches shop: mia knows password v1 of mail-social; x-acme-news recovers through it; shop signs in with "
      "x-acme-news",
      "reaches alone: alone recovers by the phone of mia");
  EXPECT_THAT(office.Get("omar", {"handover", "plan", "mia"})["warnings"], warnings);
  EXPECT_THAT(office.Get("omar", {"handover", "start", "--yes", "mia"})["warnings"], warnings);
  EXPECT_THAT(office.Get("alice", {"handover", "show", "1"})["warnings"], warnings);
  office.Put("alice", "mail-social", "fixture-2");
  office.Ok("alice", {"secret", "attest", "mail-social", "password", "1", "--evidence", "refused"});
  EXPECT_THAT(office.Get("alice", {"handover", "show", "1"})["warnings"],
              ElementsAre("reaches alone: alone recovers by the phone of mia"));
}

TEST(Reach, ComesInPages) {
  ReachOffice office;
  for (int i = 0; i < 60; ++i) {
    const std::string account = "page-" + std::to_string(i);
    office.Ok("alice", {"account", "add", account, "--platform", "x", "--owner", "alice", "--tier", "3"});
    office.Link(account, "--recovers-through", "mail-social");
  }
  office.Reveal("mia", "mail-social");
  EXPECT_EQ(office.ReachOf("mia").size(), 63U);
}

}  // namespace
}  // namespace holdfast::testing
