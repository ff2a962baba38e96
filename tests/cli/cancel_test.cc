// A handover that was started by mistake is called off before its cut, and everything is as before it.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// hr starts the handover of omar, an officer, to sam, who backs nothing up: it waits for alice.
class Cancelled : public ::testing::Test {
 protected:
  Cancelled() {
    office.AddOmar();
    office.AddMember("mia");
    office.AddMember("sam");
    office.AddHolder("hr", "offboarding", "omar");
    office.AddAccount("mail", "omar");
    office.AddAccount("crown", "mia", {"--tier", "1", "--backup", "sam"});
    office.Put("omar", "mail", "fixture-mail-1");
  }
  void Start() const {
    const Json started = office.Get("hr", {"handover", "start", "--yes", "omar", "--to", "sam"});
    EXPECT_EQ(started["state"], "HANDOVER_STATE_FROZEN");
  }
  Args Cancel() const { return {"handover", "cancel", "1", "--reason", "it was another Omar"}; }

  Office office;
};

TEST_F(Cancelled, IsAsIfItHadNeverBeen) {
  const auto shown = [&] {
    std::string all;
    for (const Args& list : std::vector<Args>{{"account", "list"}, {"access", "list"}, {"exposure", "list"},
                                              {"account", "show", "mail"}})
      all += office.Ok("alice", list);
    for (const char* who : {"omar", "mia", "sam"}) {
      Json holder = office.Get("alice", {"holder", "show", who});
      for (const char* own : {"etag", "updateTime"}) holder.erase(own);
      all += holder.dump();
    }
    return all;
  };
  office.Reveal("omar", "mail");
  const std::string before = shown();
  Start();
  office.Refused(4, "omar", {"secret", "reveal", "mail", "password", "--reason", "x"});
  office.Refused(4, "omar", Cancel());
  EXPECT_THAT(office.Ok("alice", Cancel()), HasSubstr("cancelled"));
  EXPECT_EQ(shown(), before);
  EXPECT_EQ(office.Reveal("omar", "mail"), "fixture-mail-1");
  const Json row = office.Get("hr", {"handover", "show", "1"});
  EXPECT_EQ(row["state"], "HANDOVER_STATE_CANCELLED");
  EXPECT_EQ(row["ender"], "holders/alice");
  EXPECT_THAT(office.Get("hr", {"handover", "tasks", "1"})["tasks"], IsEmpty());
  const Json event = office.Events({"--type", "handover.cancel"})[0];
  EXPECT_EQ(event["subject"], "holders/omar");
  EXPECT_EQ(Where(event["texts"], "field", "reason")["text"], "it was another Omar");

  EXPECT_THAT(office.Refused(7, "alice", Cancel()), HasSubstr("handover 1 cannot be cancelled: it was cancelled"));
  EXPECT_THAT(office.Refused(7, "alice", {"approval", "approve", "1", "--confirm", "omar"}), HasSubstr("withdrawn"));
  EXPECT_THAT(office.Refused(7, "hr", {"handover", "close", "1"}), HasSubstr("was cancelled"));
  Start();  // a case of its own
  EXPECT_EQ(office.Get("hr", {"handover", "list"})["handovers"].size(), 2U);
}

TEST_F(Cancelled, WhatTheFrozenHandedOutAskedForOrVouchedForIsRefusedUntilThen) {
  office.Ok("alice", {"holder", "add", "eve", "--role", "member"});
  const std::string string = office.NewString("eve", "omar");
  office.AddHolder("ivy", "member", /*confirmer=*/"", /*by=*/"omar");  // a device that nobody vouched for yet
  const std::string ivy = office.Fingerprint("ivy");
  const Args give{"access", "grant", "--account", "crown", "--holder", "ivy", "--expires", "7d", "--reason", "news"};
  office.Refused(5, "omar", give);  // approval 1
  const Args show{"secret", "put", "crown", "password", "--from-file", "-", "--reason", "new"};
  office.Refused(5, "alice", show, "fixture-crown-1");  // approval 2
  office.Ok("omar", {"approval", "approve", "2"});
  Start();

  EXPECT_THAT(office.Refused(4, "eve", {"enroll"}, string),
              HasSubstr("omar, who handed out the enrollment string of this device, is leaving"));
  EXPECT_THAT(office.Refused(4, "ivy", {"status"}), HasSubstr("omar, who handed out"));
  const Args confirm{"holder", "confirm", "ivy", "--fingerprint", ivy};
  EXPECT_THAT(office.Refused(4, "mia", confirm), HasSubstr("omar, who handed out"));
  EXPECT_THAT(office.Refused(7, "mia", {"approval", "approve", "1"}), HasSubstr("asked for by omar, who is leaving"));
  EXPECT_THAT(office.Get("mia", {"approval", "list", "--for-me"})["approvals"], IsEmpty());
  office.Refused(5, "alice", show, "fixture-crown-1");  // a leaver's yes is none

  office.Ok("alice", Cancel());
  office.Ok("eve", {"enroll"}, string);
  office.Ok("ivy", {"status"});
  office.Ok("mia", confirm);
  office.Ok("mia", {"approval", "approve", "1"});
  office.Ok("omar", give);
  Args by_that_yes = show;
  by_that_yes.insert(by_that_yes.end(), {"--approval", "2"});
  office.Ok("alice", by_that_yes, "fixture-crown-1");
  EXPECT_THAT(office.Events({"--type", "key.enroll", "--outcome", "denied"})[0]["rule"], "floor.issuer-inactive");
}

TEST_F(Cancelled, IsForSecurityWithAReasonAndBeforeTheCut) {
  Start();
  EXPECT_THAT(office.Refused(2, "alice", {"handover", "cancel", "1"}), HasSubstr("--reason"));
  office.Refused(4, "hr", Cancel());
  office.Refused(4, "sam", Cancel());
  office.Refused(4, "mia", Cancel());
  office.Refused(6, "alice", {"handover", "cancel", "9", "--reason", "x"});
  office.Refused(4, "mia", {"handover", "cancel", "9", "--reason", "x"});
  office.Ok("alice", {"approval", "approve", "1", "--confirm", "omar"});
  EXPECT_THAT(office.Refused(7, "alice", Cancel()), HasSubstr("handover 1 cannot be cancelled: it is cut already"));
  office.Refused(3, "omar", {"status"});
}

}  // namespace
}  // namespace holdfast::testing
