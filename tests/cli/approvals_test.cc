// Four eyes, as people meet them: what waits says who can help, one yes opens once, and nobody is their own
// witness.
#include <thread>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Args kReveal{"secret", "reveal", "top", "password", "--reason", "morning post"};

// Account "top" of tier 1: mia owns it, ben is its backup owner, and gus, of person P-77, has access.
class TopOffice : public Office {
 public:
  TopOffice() {
    AddOmar();
    AddMember("mia");
    AddMember("ben");
    Ok("alice", {"holder", "add", "gus", "--role", "member", "--person", "P-77"});
    Enroll("gus", NewString("gus"));
    Ok("omar", {"holder", "confirm", "gus", "--fingerprint", Fingerprint("gus")});
    AddAccount("top", "mia", {"--tier", "1", "--backup", "ben"});
    Put("mia", "top", "fixture-top");
    const Args grant{"access", "grant",     "--account", "top",      "--holder",
                     "gus",    "--expires", "30d",       "--reason", "covers"};
    Ok("ben", {"approval", "approve", Asks("mia", grant)});
    Ok("mia", grant);
  }

  Json Show(const std::string& id, const std::string& reader = "alice") const {
    return Get(reader, {"approval", "show", id});
  }
  std::string StateOf(const std::string& id) const { return Show(id)["state"]; }
  // Expects that the call waits, and gives the request's id.
  std::string Asks(const std::string& holder, const Args& args) const {
    const Json error = Error(5, holder, args);
    const std::string name = error["details"][0]["metadata"].value("approval", "");
    EXPECT_THAT(name, HasSubstr("approvals/")) << error;
    return name.substr(name.find('/') + 1);
  }
};

}  // namespace

TEST(Approvals, OpenTierOneOnceForEachYes) {
  TopOffice office;
  EXPECT_EQ(
      office.Refused(5, "gus", kReveal),
      "needs approval by alice, omar, mia or ben (rule reveal.tier-1: a secret of tier 1 is seen by one and "
      "approved by another: once, for ten minutes); they run: holdfast approval approve 2; then repeat "
      "exactly this "
      "command, or add --wait\n");
  EXPECT_EQ(office.Asks("gus", kReveal), "2");  // asked for once

  const Json waiting = office.Show("2", "ben");
  EXPECT_EQ(waiting["state"], "APPROVAL_STATE_PENDING");
  EXPECT_EQ(waiting["requester"], "holders/gus");
  EXPECT_EQ(waiting["action"], "secret.reveal");
  EXPECT_EQ(waiting["secret"], "accounts/top/secrets/password");
  EXPECT_EQ(waiting["version"], "1");
  EXPECT_EQ(waiting["reason"], "morning post");
  EXPECT_EQ(waiting["needs"], "1 of owner, backup, security");
  EXPECT_EQ(waiting["approvers"], "alice, omar, mia or ben");
  for (const Args& shown : std::vector<Args>{{"approval", "show", "2"}, {"approval", "list", "--open"}})
    EXPECT_THAT(office.Ok("gus", shown), HasSubstr("alice, omar, mia or ben"));
  EXPECT_THAT(Each(office.Get("ben", {"approval", "list", "--for-me"})["approvals"], "name"),
              ElementsAre("approvals/2"));
  EXPECT_THAT(Each(office.Get("gus", {"approval", "list", "--mine", "--open"})["approvals"], "name"),
              ElementsAre("approvals/2"));
  EXPECT_THAT(office.Get("gus", {"approval", "list", "--for-me"})["approvals"], IsEmpty());

  EXPECT_EQ(office.Get("ben", {"approval", "approve", "2", "--reason", "gus covers"})["state"],
            "APPROVAL_STATE_APPROVED");
  EXPECT_EQ(office.Ok("gus", kReveal), "fixture-top");
  EXPECT_EQ(office.StateOf("2"), "APPROVAL_STATE_USED");
  EXPECT_EQ(office.Show("2")["approvers"], "");  // nobody is asked any more
  EXPECT_EQ(office.Asks("gus", kReveal), "3");

  EXPECT_EQ(office.Events({"--type", "secret.reveal"}).size(), 1U);
  const Json yes = office.Events({"--type", "approval.approve"});
  EXPECT_EQ(yes[0]["account"], "accounts/top");
  EXPECT_EQ(Where(yes[0]["texts"], "field", "reason")["text"], "gus covers");
}

TEST(Approvals, AreNotGivenByTheRequesterInAnotherSpelling) {
  TopOffice office;
  office.Refused(2, "alice", {"holder", "add", "Gus", "--role", "security"});
  office.Ok("alice", {"holder", "add", "gus-admin", "--role", "security", "--person", "p-77"});
  office.Enroll("gus-admin", office.NewString("gus-admin"));
  office.Ok("omar", {"holder", "confirm", "gus-admin", "--fingerprint", office.Fingerprint("gus-admin")});
  const std::string id = office.Asks("gus", kReveal);
  for (const char* name : {"gus", "gus-admin"})
    EXPECT_THAT(office.Refused(4, name, {"approval", "approve", id}),
                HasSubstr("floor.requester-is-not-approver"));
  EXPECT_EQ(office.StateOf(id), "APPROVAL_STATE_PENDING");
  EXPECT_EQ(office.Asks("gus", kReveal), id);
}

TEST(Approvals, AreRejectedAndWithdrawn) {
  TopOffice office;
  const std::string rejected = office.Asks("gus", kReveal);
  EXPECT_THAT(office.Refused(2, "mia", {"approval", "reject", rejected}), HasSubstr("--reason"));
  office.Ok("mia", {"approval", "reject", rejected, "--reason", "not today"});
  const Json closed = office.Show(rejected, "gus");
  EXPECT_EQ(closed["state"], "APPROVAL_STATE_REJECTED");
  EXPECT_EQ(closed["closer"], "holders/mia");
  EXPECT_EQ(closed["closeReason"], "not today");
  EXPECT_THAT(office.Refused(7, "ben", {"approval", "approve", rejected}), HasSubstr("is rejected"));

  const std::string withdrawn = office.Asks("gus", kReveal);
  EXPECT_NE(withdrawn, rejected);
  office.Refused(4, "mia", {"approval", "withdraw", withdrawn});
  office.Ok("gus", {"approval", "withdraw", withdrawn});
  EXPECT_THAT(office.Refused(7, "ben", {"approval", "approve", withdrawn}), HasSubstr("is withdrawn"));
  EXPECT_THAT(office.Refused(7, "gus", {"approval", "withdraw", withdrawn}), HasSubstr("is withdrawn"));
}

TEST(Approvals, AreWaitedFor) {
  TopOffice office;
  Args waiting = kReveal;
  waiting.push_back("--wait=60s");
  const auto later = [&](const Args& decision) {
    return std::thread([&office, decision] {
      Json open;
      while ((open = office.Get("ben", {"approval", "list", "--for-me"})["approvals"]).empty()) {
      }
      Args args{"approval"};
      args.insert(args.end(), decision.begin(), decision.end());
      args.insert(args.begin() + 2, open[0]["name"].get<std::string>());
      office.Ok("ben", args);
    });
  };
  std::thread approver = later({"approve"});
  const Outcome shown = office.Cli("gus", waiting);
  approver.join();
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_EQ(shown.out, "fixture-top");
  EXPECT_EQ(shown.err,
            "Waits for approvals/2: ask alice, omar, mia or ben to run: holdfast approval approve 2\n");

  std::thread refuser = later({"reject", "--reason", "ask me first"});
  const Outcome refused = office.Cli("gus", waiting);
  refuser.join();
  EXPECT_EQ(refused.exit_code, 4);
  EXPECT_THAT(refused.err, HasSubstr("ben rejected approval 3: ask me first"));

  Args short_wait = kReveal;
  short_wait.push_back("--wait=1s");
  const Outcome tired = office.Cli("gus", short_wait);
  EXPECT_EQ(tired.exit_code, 5);
  EXPECT_THAT(tired.err, HasSubstr("holdfast approval approve 4"));
  EXPECT_THAT(office.Refused(2, "gus", {"secret", "reveal", "top", "password", "--wait=soon"}),
              HasSubstr("--wait"));
}

TEST(Approvals, AreForTheSameWordsTheSameTimeAndTheSameVersion) {
  TopOffice office;
  const std::string id = office.Asks("gus", kReveal);
  office.Ok("ben", {"approval", "approve", id});
  const std::string other =
      office.Asks("gus", {"secret", "reveal", "top", "password", "--reason", "evening post"});
  EXPECT_NE(other, id);
  EXPECT_THAT(
      office.Refused(7, "gus", {"secret", "reveal", "top", "password", "--reason", "x", "--approval", id}),
      HasSubstr("is for another call"));
  EXPECT_NE(office.Asks("mia", kReveal), id);
  office.Refused(6, "mia", {"secret", "reveal", "top", "password", "--reason", "x", "--approval", id});
  office.Refused(2, "gus", {"secret", "reveal", "top", "password", "--reason", "x", "--approval", "A B"});
  office.Put("mia", "top", "fixture-top-2");
  const std::string newer = office.Asks("gus", kReveal);
  EXPECT_NE(newer, id);
  EXPECT_EQ(office.Show(newer)["version"], "2");
  Args first = kReveal;
  first.insert(first.end(), {"--version", "1"});
  EXPECT_NE(office.Asks("gus", first), id);  // it was for "the newest"

  const auto grant = [](const std::string& time) {
    return Args{"access", "grant",    "--account", "top",       "--holder",
                "omar",   "--reason", "audit",     "--expires", time};
  };
  const std::string month = office.Asks("mia", grant("30d"));
  EXPECT_EQ(office.Show(month)["details"], "for: 30d");
  EXPECT_THAT(office.Refused(4, "omar", {"approval", "approve", month}), HasSubstr("nobody-vouches"));
  office.Ok("ben", {"approval", "approve", month});
  EXPECT_NE(office.Asks("mia", grant("60d")), month);
  office.Ok("mia", grant("30d"));
}

TEST(Approvals, AreGivenByThoseWhoAreNamedAndOnce) {
  TopOffice office;
  office.AddMember("sam");
  office.AddHolder("ada", "auditor", "omar");
  const std::string id = office.Asks("gus", kReveal);
  EXPECT_THAT(office.Refused(4, "ada", {"approval", "approve", id}),
              HasSubstr("needs a yes of alice, omar, mia or ben"));
  // Whom it does not concern is not told that there is one.
  for (const Args& call : std::vector<Args>{{"approval", "approve", id},
                                            {"approval", "reject", id, "--reason", "no"},
                                            {"approval", "show", id}})
    EXPECT_EQ(office.Refused(6, "sam", call), "there is no approval " + id + "\n");
  EXPECT_THAT(office.Get("sam", {"approval", "list"})["approvals"], IsEmpty());
  office.Refused(6, "mia", {"approval", "approve", "99"});
  office.Refused(6, "gus", {"approval", "show", "99"});
  EXPECT_THAT(office.Refused(2, "mia", {"approval", "approve", "A7"}), HasSubstr("ID"));
  office.Ok("mia", {"approval", "approve", id});
  EXPECT_THAT(office.Refused(7, "mia", {"approval", "approve", id}), HasSubstr("is approved"));
  EXPECT_THAT(office.Ok("mia", {"approval", "list"}), HasSubstr("approved"));
  EXPECT_THAT(office.Ok("mia", {"approval", "show", id}), HasSubstr("YES OF"));
}

TEST(Approvals, EndWithTheOneWhoAskedOrSaidYes) {
  TopOffice office;
  const std::string asked = office.Asks("ben", kReveal);
  const std::string id = office.Asks("gus", kReveal);
  office.Ok("ben", {"approval", "approve", id});
  office.Ok("alice", {"handover", "start", "ben", "--yes"});
  EXPECT_EQ(office.StateOf(asked), "APPROVAL_STATE_WITHDRAWN");
  EXPECT_NE(office.Asks("gus", kReveal), id);  // a leaver's yes is none
  office.Refused(3, "ben", {"approval", "approve", id});
  EXPECT_EQ(office.Events({"--type", "approval.withdraw"})[0]["rule"], "handover.cut");
}

TEST(Approvals, RunOut) {
  TopOffice office;
  const std::string waiting = office.Asks("gus", kReveal);
  Args other = kReveal;
  other.back() = "another post";
  const std::string approved = office.Asks("gus", other);
  office.Ok("ben", {"approval", "approve", approved});
  office.RestartAhead(5 * 3600);
  EXPECT_EQ(office.StateOf(approved), "APPROVAL_STATE_EXPIRED");
  EXPECT_EQ(office.StateOf(waiting), "APPROVAL_STATE_PENDING");
  EXPECT_THAT(office.Refused(7, "gus",
                             {"secret", "reveal", "top", "password", "--reason", "another post", "--approval",
                              approved}),
              HasSubstr("is expired"));
  office.RestartAhead(25 * 3600);
  EXPECT_EQ(office.StateOf(waiting), "APPROVAL_STATE_EXPIRED");
  EXPECT_THAT(office.Refused(7, "ben", {"approval", "approve", waiting}), HasSubstr("is expired"));
}

}  // namespace holdfast::testing
