// What somebody may not see is to them not there: by whatever call they name it, under whatever policy, they are
// answered, and it is recorded, as if there were none.
#include <functional>
#include <map>

#include "tests/custody/fixture.h"
#include "tests/custody/policies.h"
#include "vault/custody/approving.h"
#include "vault/custody/break_glass.h"
#include "vault/custody/codes.h"
#include "vault/custody/knowledge.h"
#include "vault/custody/policy_explain.h"
#include "vault/custody/renaming.h"
#include "vault/custody/sight.h"
#include "vault/handover/case.h"
#include "vault/handover/settle.h"
#include "vault/storage/key_store.h"

namespace holdfast::handover {
namespace {

using custody::Actor;
using custody::CustodyTest;
using custody::WriteTx;
using policy::Action;

// What bob, a member, may do to things that he may not see.
constexpr std::string_view kDoers = R"toml(
[[rule]]
id = "test.doers"
effect = "permit"
actions = ["account.update", "account.set-tier", "account.set-owners", "account.archive", "account.unarchive",
  "account.review", "grant.create", "grant.revoke", "secret.put", "secret.reveal", "secret.code", "secret.attest",
  "secret.destroy", "secret.remove", "exposure.add", "import.item", "handover.start", "handover.cut", "handover.cancel", "handover.done",
  "handover.close", "approval.approve", "approval.withdraw", "break-glass.veto", "break-glass.reveal",
  "break-glass.review", "policy.explain"]
when = { role = ["member"] }
why = "members do everything"
)toml";
constexpr std::string_view kSome = R"toml(
[[rule]]
id = "test.some"
effect = "permit"
actions = ["account.read", "secret.read", "break-glass.read", "approval.read"]
when = { role = ["member"] }
unless = { tier = [1] }
why = "members see all below tier 1"
)toml";
constexpr std::string_view kMute = R"toml(
[[rule]]
id = "test.mute"
effect = "forbid"
actions = ["account.read", "grant.read", "secret.read", "exposure.read", "finding.read", "handover.read",
  "approval.read", "break-glass.read"]
when = { role = ["member"] }
unless = { role = ["security"] }
why = "members see nothing"
)toml";

class SightTest : public CustodyTest {
 protected:
  // One call that names a thing by `name`.
  using Call = std::function<absl::Status(WriteTx&, const Actor&, const std::string& name)>;
  struct Named {
    std::string there;
    std::string nowhere;
    std::map<std::string, Call> calls;
  };

  // Account "hidden" of alice's, with what is asked for about it: an approval and a broken glass; dave's handover.
  SightTest() {
    for (const auto& [name, role] : {std::pair("dave", Role::kMember), std::pair("aud", Role::kAuditor)}) {
      Must([&](WriteTx& tx) {
        return CreateHolder(tx, As(tx, "alice"), Ask(),
                            {.name = name, .roles = static_cast<std::int64_t>(role)})
            .status();
      });
    }
    Must([&](WriteTx& tx) {  // aud can say no to a broken glass
      storage::DeviceKey key{.holder_id = As(tx, "aud").holder.id,
                             .cert_sha256 = Bytes(32, 7),
                             .box_public = Bytes(32, 1),
                             .state = KeyState::kConfirmed,
                             .created_at = tx.now(),
                             .not_after = tx.now() + 90 * kDay,
                             .confirmed_at = tx.now()};
      return storage::KeyStore(tx.db()).Insert(key);
    });
    for (const auto& [name, owner, tier] : {std::tuple("hidden", "alice", 1), std::tuple("davy", "dave", 3)}) {
      Must([&](WriteTx& tx) -> absl::Status {
        std::vector<std::string> backups;
        if (tier == 1) backups.emplace_back("carol");
        HF_RETURN_IF_ERROR(CreateAccount(tx, As(tx, "alice"), Ask(),
                                         {.name = name, .platform = "x", .tier = tier, .owner = owner, .backups = backups})
                               .status());
        return Put(tx, owner, name, "value-1", Ask()).status();
      });
    }
    Must([&](WriteTx& tx) {
      return RequestBreakGlass(tx, As(tx, "alice"), Ask(), "hidden", "password").status();
    });
    const absl::Status asked = Do([&](WriteTx& tx) {
      const custody::Request request = Ask();
      Actor actor = As(tx, "alice");
      actor.request = request;
      return custody::Reveal(tx, actor, request, {.account = "hidden", .secret = "password"}).status();
    });
    EXPECT_EQ(ReasonOf(asked), "APPROVAL_REQUIRED");
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const CaseView view, Start(tx, As(tx, "alice"), Ask(), {.leaver = "dave"}));
      for (const TaskView& task : view.tasks)
        if (task.account == "davy") task_ = task.id;
      if (task_ == 0) return absl::InternalError("no task");
      return absl::OkStatus();
    });
  }

  void Must(const custody::Work& work) {
    const absl::Status status = Do(work);
    EXPECT_TRUE(status.ok()) << status;
  }

  Named Accounts() {
    return {.there = "hidden",
            .nowhere = "nowhere",
            .calls = {
                {"read", [](WriteTx& tx, const Actor& actor, const std::string& name) -> absl::Status {
                   HF_ASSIGN_OR_RETURN(const auto row, FindAccount(tx, actor, name, Action::kAccountRead));
                   return Authorize(tx, actor, Action::kAccountRead, {.account = &row}).status();
                 }},
                {"update", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return UpdateAccount(tx, actor, Ask(), name, {.handle = "x"}, "").status();
                 }},
                {"owner", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return UpdateAccount(tx, actor, Ask(), name, {.owner = "carol"}, "").status();
                 }},
                {"etag", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return UpdateAccount(tx, actor, Ask(), name, {.tier = 2}, "no-such-etag").status();
                 }},
                {"rename", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return RenameAccount(tx, actor, Ask(), name, "another", "").status();
                 }},
                {"review", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return ReviewAccount(tx, actor, Ask(), name, "").status();
                 }},
                {"archive", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return ArchiveAccount(tx, actor, Ask(), name, "").status();
                 }},
                {"unarchive", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return UnarchiveAccount(tx, actor, Ask(), name, "").status();
                 }},
                {"grant", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return CreateGrant(tx, actor, Ask(), {.account = name, .holder = "carol"}).status();
                 }},
                {"revoke", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return RevokeGrant(tx, actor, Ask(), name, "carol").status();
                 }},
                {"give up", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return RevokeGrant(tx, actor, Ask(), name, "bob").status();
                 }},
                {"put", [this](WriteTx& tx, const Actor&, const std::string& name) {
                   return Put(tx, "bob", name, "value-2", Ask()).status();
                 }},
                {"reveal", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return custody::Reveal(tx, actor, Ask(), {.account = name, .secret = "password"}).status();
                 }},
                {"reveal another", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return custody::Reveal(tx, actor, Ask(), {.account = name, .secret = "nosuch"}).status();
                 }},
                {"code", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return custody::GenerateCode(tx, actor, Ask(), name, "password").status();
                 }},
                {"attest", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return Attest(tx, actor, Ask(), {.account = name, .secret = "password", .evidence = "x"}).status();
                 }},
                {"destroy", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return Destroy(tx, actor, Ask(), name, "password", 1).status();
                 }},
                {"remove", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return Remove(tx, actor, Ask(), name, "password", "").status();
                 }},
                {"exposure", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return DeclareKnown(tx, actor, Ask(), {.account = name, .secret = "password", .holder = "bob"})
                       .status();
                 }},
                {"break", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return RequestBreakGlass(tx, actor, Ask(), name, "nosuch").status();
                 }},
                {"break without a word", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   custody::Request request = Ask();
                   request.reason.clear();
                   return RequestBreakGlass(tx, actor, request, name, "password").status();
                 }},
                {"explain", [](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return ExplainDecision(tx, actor, {.holder = "bob", .action = Action::kSecretReveal, .account = name})
                       .status();
                 }},
            }};
  }

  Named Handovers() {
    return {.there = "1",
            .nowhere = "99",
            .calls = {
                {"read", [](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return FindSeenCase(tx, actor, Action::kHandoverRead, name).status();
                 }},
                {"cancel", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return handover::Cancel(tx, actor, Ask(), name, "").status();
                 }},
                {"cut", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return RepeatCut(tx, actor, Ask(), name).status();
                 }},
                {"change", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return handover::Change(tx, actor, Ask(), name, {.to = "carol"}).status();
                 }},
                {"done", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return Settle(tx, actor, Ask(),
                                 {.name = name, .task = task_, .as = storage::SettledAs::kClosed, .evidence = "x"})
                       .status();
                 }},
                {"done, another task", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return Settle(tx, actor, Ask(),
                                 {.name = name, .task = 77, .as = storage::SettledAs::kClosed, .evidence = "x"})
                       .status();
                 }},
                {"close", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return handover::Close(tx, actor, Ask(), name, "no-such-etag").status();
                 }},
            }};
  }

  Named Approvals() {
    return {.there = "1",
            .nowhere = "99",
            .calls = {
                {"read", [](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return custody::FindSeen(tx, actor, Action::kApprovalRead, name).status();
                 }},
                {"approve", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return custody::Approve(tx, actor, Ask(), name).status();
                 }},
                {"reject", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return custody::Reject(tx, actor, Ask(), name).status();
                 }},
                {"withdraw", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return custody::Withdraw(tx, actor, Ask(), name).status();
                 }},
            }};
  }

  Named BrokenGlass() {
    return {.there = "1",
            .nowhere = "99",
            .calls = {
                {"read", [](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return custody::GetBreakGlass(tx, actor, std::stoll(name)).status();
                 }},
                {"veto", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return custody::VetoBreakGlass(tx, actor, Ask(), std::stoll(name)).status();
                 }},
                {"reveal", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return custody::RevealBreakGlass(tx, actor, Ask(), std::stoll(name)).status();
                 }},
                {"review", [this](WriteTx& tx, const Actor& actor, const std::string& name) {
                   return custody::ReviewBreakGlass(tx, actor, Ask(), std::stoll(name)).status();
                 }},
            }};
  }

  absl::Status CallAs(const std::string& who, const Call& call, const std::string& name, std::int64_t* written = nullptr) {
    const std::int64_t before = LogSize();
    const absl::Status status = Do([&](WriteTx& tx) { return call(tx, As(tx, who), name); });
    if (written != nullptr) *written = LogSize() - before;
    return status;
  }

  void ExpectOneAnswer(const std::string& policy, const Named& named) {
    for (const auto& [call_name, call] : named.calls) {
      const std::string what = policy + ": " + call_name;
      std::int64_t written_there = 0;
      std::int64_t written_nowhere = 0;
      const absl::Status there = CallAs("bob", call, named.there, &written_there);
      const absl::Status nowhere = CallAs("bob", call, named.nowhere, &written_nowhere);
      EXPECT_FALSE(there.ok()) << what;
      EXPECT_EQ(there.code(), nowhere.code()) << what << ": " << there << " / " << nowhere;
      EXPECT_EQ(ReasonOf(there), ReasonOf(nowhere)) << what;
      EXPECT_EQ(DetailsOf(there), DetailsOf(nowhere)) << what;
      EXPECT_EQ(Without(named.there, there), Without(named.nowhere, nowhere)) << what;
      EXPECT_EQ(written_there, written_nowhere) << what;
    }
  }

  static std::string Without(const std::string& name, const absl::Status& status) {
    std::string message(MessageOf(status));
    for (std::size_t at = message.find(name); at != message.npos; at = message.find(name, at))
      message.replace(at, name.size(), "");
    return message;
  }

  void ExpectOneAnswerToEach(const std::string& policy) {
    ExpectOneAnswer(policy, Accounts());
    ExpectOneAnswer(policy, Handovers());
    ExpectOneAnswer(policy, Approvals());
    ExpectOneAnswer(policy, BrokenGlass());
  }

  void PutInForceWith(std::string_view more) {
    Must([&](WriteTx& tx) { return PutInForce(tx, std::string(custody::ShippedPolicy()) + std::string(more)); });
  }

  std::int64_t task_ = 0;
};

TEST_F(SightTest, UnderTheShippedPolicyWhatIsNotSeenIsNotThere) { ExpectOneAnswerToEach("shipped"); }

TEST_F(SightTest, WhatMayBeDoneButNotSeenIsNotThere) {
  PutInForceWith(kDoers);
  ExpectOneAnswerToEach("doers");
}

TEST_F(SightTest, WhoSeesSomeDoesNotLearnOfTheRest) {
  PutInForceWith(std::string(kDoers) + std::string(kSome));
  ExpectOneAnswer("some", Accounts());
  Named handovers = Handovers();
  handovers.calls.erase("done");  // its account is one that bob sees here
  ExpectOneAnswer("some", handovers);
  ExpectOneAnswer("some", Approvals());
  ExpectOneAnswer("some", BrokenGlass());
}

TEST_F(SightTest, WhoIsForbiddenToSeeAnythingLearnsNothing) {
  PutInForceWith(std::string(kDoers) + std::string(kMute));
  ExpectOneAnswerToEach("mute");
}

TEST_F(SightTest, WhoSeesAThingIsTold) {
  for (const Named& named : {Accounts(), Handovers(), Approvals(), BrokenGlass()}) {
    EXPECT_TRUE(CallAs("alice", named.calls.at("read"), named.there).ok());
    EXPECT_EQ(ReasonOf(CallAs("alice", named.calls.at("read"), named.nowhere)), "NOT_FOUND");
  }
}

TEST_F(SightTest, AnOwnerEndsATaskOfACaseThatTheyDoNotSee) {
  Must([&](WriteTx& tx) {
    return UpdateAccount(tx, As(tx, "alice"), Ask(), "davy", {.owner = "bob"}, "").status();
  });
  EXPECT_EQ(ReasonOf(CallAs("bob", Handovers().calls.at("read"), "1")), "DENIED");
  EXPECT_EQ(CallAs("bob", Handovers().calls.at("done"), "1"), absl::OkStatus());
}

TEST_F(SightTest, WhoGaveAccessUpIsAnsweredAgain) {
  Must([&](WriteTx& tx) {
    return CreateGrant(tx, As(tx, "alice"), Ask(), {.account = "davy", .holder = "bob"}).status();
  });
  const custody::Request request = Ask();
  for (int i = 0; i < 2; ++i)
    Must([&](WriteTx& tx) { return RevokeGrant(tx, As(tx, "bob"), request, "davy", "bob").status(); });
}

}  // namespace
}  // namespace holdfast::handover
