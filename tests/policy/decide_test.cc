// One row for each rule of the floor and of the shipped policy: the facts that it decides, and what follows.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "vault/policy/bundle.h"
#include "vault/policy/floor.h"
#include "vault/policy/parse.h"

namespace holdfast::policy {
namespace {

using enum Action;

constexpr std::int64_t Bit(Role role) { return static_cast<std::int64_t>(role); }
constexpr std::int64_t kSecurity = Bit(Role::kSecurity);
constexpr std::int64_t kAuditor = Bit(Role::kAuditor);
constexpr std::int64_t kOffboarding = Bit(Role::kOffboarding);
constexpr std::int64_t kMember = Bit(Role::kMember);

const Bundle& Shipped() {
  static const Bundle* const bundle = [] {
    std::ifstream file(HF_SOURCE_DIR "/policies/org.toml");
    std::ostringstream text;
    text << file.rdbuf();
    const Parsed parsed = Parse(text.str());
    EXPECT_TRUE(parsed.problems.empty()) << Listed(parsed.problems);
    return new Bundle(parsed.document);
  }();
  return *bundle;
}

// An active person with a confirmed key, unless said otherwise.
Subject Who(std::int64_t roles, std::optional<Relation> relation = std::nullopt) {
  return {.roles = roles, .key = KeyState::kConfirmed, .relation = relation};
}
Subject With(Subject subject, HolderStatus status) {
  subject.status = status;
  return subject;
}
Subject With(Subject subject, KeyState key) {
  subject.key = key;
  return subject;
}
Subject Workflow(Subject subject) {
  subject.kind = HolderKind::kWorkflow;
  return subject;
}
Subject Further(Subject subject) {
  subject.key = KeyState::kUnconfirmed;
  subject.key_is_additional = true;
  return subject;
}

struct Row {
  Subject subject;
  Action action;
  Resource resource;
  Context context;
  Effect effect;
  std::string_view rule;
};

constexpr Effect kYes = Effect::kAllow;
constexpr Effect kNo = Effect::kDeny;
constexpr Effect kWait = Effect::kPending;
constexpr Relation kOwner = Relation::kOwner;
constexpr Relation kBackup = Relation::kBackup;
constexpr Relation kGrantee = Relation::kGrantee;

Context Because(std::vector<Vote> votes = {}) {
  return {.person = "p-asks", .votes = std::move(votes), .has_reason = true};
}
// An active person's yes.
Vote Yes(std::string person, std::int64_t roles, std::optional<Relation> relation = std::nullopt) {
  return {.person = std::move(person), .roles = roles, .relation = relation};
}
Resource Seed(int tier) { return {.tier = tier, .secret_kind = "totp"}; }

const std::vector<Row>& Table() {
  static const auto* const table = new std::vector<Row>{
      {With(Who(kSecurity), HolderStatus::kSuspended), kVaultRead, {}, {}, kNo, "floor.inactive"},
      {With(Who(kMember, kOwner), HolderStatus::kLeaving),
       kSecretReveal,
       {2},
       Because(),
       kNo,
       "floor.inactive"},
      {With(Who(kMember, kOwner), HolderStatus::kLeft), kSecretRead, {2}, {}, kNo, "floor.inactive"},
      {With(Who(kSecurity), KeyState::kRevoked), kVaultRead, {}, {}, kNo, "floor.revoked-key"},
      {With(Who(kSecurity), KeyState::kUnconfirmed), kHolderCreate, {}, {}, kNo, "floor.unconfirmed-key"},
      {With(Who(kSecurity), KeyState::kUnconfirmed), kApprovalApprove, {}, {}, kNo, "floor.unconfirmed-key"},
      {With(Who(kMember, kOwner), KeyState::kUnconfirmed),
       kSecretReveal,
       {1},
       Because(),
       kNo,
       "floor.unconfirmed-key-tier-1"},
      {With(Who(kMember, kOwner), KeyState::kUnconfirmed),
       kSecretReveal,
       {2},
       Because(),
       kYes,
       "reveal.tier-2"},
      {Further(Who(kMember, kOwner)), kSecretReveal, {3}, {}, kNo, "floor.unconfirmed-further-key"},
      {With(Who(kSecurity), KeyState::kUnconfirmed), kAuditRead, {}, {}, kNo, "floor.unconfirmed-role"},
      {With(Who(kSecurity), KeyState::kUnconfirmed), kExposureRead, {}, {}, kNo, "floor.unconfirmed-role"},
      {With(Who(kSecurity), KeyState::kUnconfirmed), kHolderRead, {}, {}, kNo, "floor.unconfirmed-role"},
      {With(Who(kSecurity), KeyState::kUnconfirmed), kFindingRead, {}, {}, kNo, "floor.unconfirmed-role"},
      {With(Who(kAuditor), KeyState::kUnconfirmed), kAuditRead, {}, {}, kNo, "floor.unconfirmed-role"},
      {With(Who(kOffboarding), KeyState::kUnconfirmed), kHandoverRead, {}, {}, kNo, "floor.unconfirmed-role"},
      {With(Who(kOffboarding), KeyState::kUnconfirmed), kHolderRead, {}, {}, kNo, "floor.unconfirmed-role"},
      {With(Who(kSecurity, kOwner), KeyState::kUnconfirmed), kGrantRevoke, {2}, {}, kNo, "floor.unconfirmed-role"},
      {With(Who(kSecurity, kOwner), KeyState::kUnconfirmed), kSecretPut, {3}, {}, kNo, "floor.unconfirmed-role"},
      {With(Who(kSecurity, kOwner), KeyState::kUnconfirmed), kAccountUpdate, {2}, {}, kNo, "floor.unconfirmed-role"},
      {With(Who(kSecurity), KeyState::kUnconfirmed), kVaultRead, {}, {}, kYes, "everybody.directory"},
      {With(Who(kMember), KeyState::kUnconfirmed),
       kHandoverStart,
       {},
       {},
       kNo,
       "floor.unconfirmed-starts-nothing"},
      {With(Who(kOffboarding), KeyState::kUnconfirmed),
       kHandoverStart,
       {},
       {},
       kNo,
       "floor.unconfirmed-role"},
      {Who(kAuditor, kOwner), kSecretReveal, {3}, {}, kNo, "floor.auditor-touches-no-value"},
      {Who(kAuditor | kSecurity), kImport, {}, {}, kNo, "floor.auditor-touches-no-value"},
      {Who(kOffboarding, kOwner), kSecretCode, {3}, {}, kNo, "floor.offboarding-touches-no-value"},
      {Who(kOffboarding | kSecurity), kApprovalApprove, {}, {}, kNo, "floor.offboarding-approves-nothing"},
      {Workflow(Who(kSecurity)), kKeyConfirm, {}, {}, kNo, "floor.workflow-approves-nothing"},
      {Who(kSecurity),
       kApprovalApprove,
       {},
       {.requested_by_self = true},
       kNo,
       "floor.requester-is-not-approver"},
      {Who(kSecurity), kKeyConfirm, {}, {.requested_by_self = true}, kNo, "floor.issuer-does-not-confirm"},
      // The first officer, alone, may confirm a second officer, but nobody else.
      {Who(kSecurity),
       kKeyConfirm,
       {},
       {.requested_by_self = true, .sole_officer = true},
       kNo,
       "floor.issuer-does-not-confirm-members"},
      {Who(kSecurity),
       kKeyConfirm,
       {},
       {.requested_by_self = true, .sole_officer = true, .about_officer = true},
       kYes,
       "key.second-person"},
      {Who(kSecurity),
       kApprovalApprove,
       {},
       {.successor_is_self = true},
       kNo,
       "floor.successor-approves-nothing"},
      {Who(kSecurity), kHolderResume, {}, {.about_self = true}, kNo, "floor.nobody-vouches-for-themselves"},
      {Who(kSecurity), kGrantCreate, {2}, {.about_self = true}, kNo, "floor.no-access-for-oneself"},
      {Who(kMember, kOwner), kGrantCreate, {2}, {.about_self = true}, kYes, "grant.owner"},
      {Who(kSecurity), kHandoverStart, {}, {.about_self = true}, kNo, "floor.no-handover-of-oneself"},
      {Who(kSecurity), kHandoverCancel, {}, {.successor_is_self = true}, kNo, "floor.successor-cancels-nothing"},
      {Workflow(Who(kSecurity)), kHandoverCancel, {}, {}, kNo, "floor.person-cancels"},
      {Who(kMember), kPolicyStage, {}, Because(), kNo, "floor.policy-by-security"},
      {Who(kSecurity), kPolicyActivate, {}, Because(), kWait, "floor.policy-by-two"},
      {Who(kSecurity), kPolicyActivate, {}, Because({Yes("p-2", kSecurity)}), kYes, "floor.policy-by-two"},
      {Who(kMember), kVaultRead, {}, {}, kYes, "everybody.directory"},
      {Who(kMember), kExposureRead, {}, {.about_self = true}, kYes, "everybody.own"},
      {Who(kMember, kGrantee), kGrantRevoke, {2}, {.about_self = true}, kYes, "everybody.give-up"},
      {Who(kSecurity), kHolderSuspend, {}, {}, kYes, "holder.security"},
      {Who(kOffboarding), kHolderSuspend, {}, {}, kNo, "default.deny"},
      {Who(kMember), kKeyConfirm, {}, {}, kYes, "key.second-person"},
      {Who(kMember), kKeyRenew, {}, {.about_self = true}, kYes, "everybody.renew"},
      {With(Who(kMember), KeyState::kUnconfirmed), kKeyRenew, {}, {.about_self = true}, kNo, "floor.unconfirmed-key"},
      {Who(kAuditor), kKeyConfirm, {}, {}, kNo, "default.deny"},
      {Who(kAuditor), kSecretRead, {1}, {}, kYes, "metadata.by-role"},
      {Who(kMember, kGrantee), kAccountRead, {1}, {}, kYes, "metadata.by-relation"},
      {Who(kMember), kAccountRead, {3}, {}, kNo, "default.deny"},
      {Who(kMember, kOwner), kExposureRead, {2}, {}, kYes, "metadata.owner"},
      {Who(kMember, kGrantee), kExposureRead, {2}, {}, kNo, "default.deny"},
      {Who(kMember), kApprovalRead, {}, {.requested_by_self = true}, kYes, "metadata.own-request"},
      {Who(kAuditor), kAuditRead, {}, {}, kYes, "audit.read"},
      {Who(kMember), kAuditRead, {}, {}, kNo, "default.deny"},
      {Who(kSecurity), kAccountSetTier, {3}, {}, kYes, "account.security"},
      {Who(kMember), kAccountCreate, {}, {.about_self = true}, kYes, "account.own"},
      {Who(kMember), kAccountCreate, {}, {}, kNo, "default.deny"},
      {Who(kMember, kOwner), kAccountArchive, {2}, {}, kYes, "account.owner"},
      {Who(kMember, kOwner), kAccountSetTier, {2}, {}, kNo, "default.deny"},
      {Who(kMember, kOwner), kAccountLink, {1}, {}, kYes, "account.owner"},
      {Who(kMember, kBackup), kAccountLink, {2}, {}, kNo, "default.deny"},
      {Who(kSecurity), kAccountLink, {1}, {}, kYes, "account.security"},
      {Who(kSecurity), kAccountUnlink, {2}, Because(), kYes, "account.unlink-by-role"},
      {Who(kSecurity), kAccountUnlink, {1}, Because(), kWait, "account.tier-1-by-two"},
      {Who(kMember, kOwner), kAccountUnlink, {2}, Because(), kWait, "account.unlink-by-owner"},
      {Who(kMember, kOwner),
       kAccountUnlink,
       {2},
       Because({Yes("p-2", kMember, kBackup)}),
       kYes,
       "account.unlink-by-owner"},
      {Who(kSecurity), kAccountUnlink, {2}, {.about_self = true}, kNo, "floor.nobody-unlinks-themselves"},
      {Who(kSecurity), kAccountSetTier, {1}, Because(), kWait, "account.tier-1-by-two"},
      {Who(kSecurity),
       kAccountSetTier,
       {1},
       Because({Yes("p-2", kMember, kBackup)}),
       kYes,
       "account.tier-1-by-two"},
      {Who(kSecurity), kGrantRevoke, {1}, {}, kYes, "grant.security"},
      {Who(kMember, kOwner), kGrantRevoke, {2}, {}, kYes, "grant.owner"},
      {Who(kMember, kOwner), kGrantCreate, {1}, Because(), kWait, "grant.tier-1-by-two"},
      {Who(kMember, kGrantee), kGrantCreate, {2}, {}, kNo, "default.deny"},
      {Who(kMember, kGrantee), kSecretReveal, {1}, Because(), kWait, "reveal.tier-1"},
      // Yes by the one who asks, by a stranger, by an auditor, by somebody who is leaving: none counts.
      {Who(kMember, kGrantee),
       kSecretReveal,
       {1},
       Because({Yes("p-asks", kSecurity)}),
       kWait,
       "reveal.tier-1"},
      {Who(kMember, kGrantee), kSecretReveal, {1}, Because({Yes("p-2", kMember)}), kWait, "reveal.tier-1"},
      {Who(kMember, kGrantee), kSecretReveal, {1}, Because({Yes("p-2", kAuditor)}), kWait, "reveal.tier-1"},
      {Who(kMember, kGrantee),
       kSecretReveal,
       {1},
       Because({{.person = "p-2", .roles = kSecurity, .status = HolderStatus::kLeaving}}),
       kWait,
       "reveal.tier-1"},
      {Who(kMember, kGrantee), kSecretReveal, {1}, Because({Yes("p-2", kSecurity)}), kYes, "reveal.tier-1"},
      {Who(kMember, kOwner), kSecretReveal, {1}, {.votes = {Yes("p-2", kSecurity)}}, kWait, "reveal.tier-1"},
      {Who(kMember, kBackup), kSecretReveal, {2}, {}, kWait, "reveal.tier-2"},
      {Who(kMember, kGrantee), kSecretReveal, {3}, {}, kYes, "reveal.tier-3"},
      {Who(kSecurity), kSecretReveal, {3}, {}, kNo, "default.deny"},
      {Who(kMember, kOwner), kSecretReveal, Seed(2), Because(), kWait, "reveal.seed-by-two"},
      {Who(kMember, kGrantee), kSecretCode, Seed(1), Because(), kYes, "code.tier-1"},
      {Who(kMember, kGrantee), kSecretCode, Seed(1), {}, kWait, "code.tier-1"},
      {Who(kMember, kGrantee), kSecretCode, Seed(2), {}, kYes, "code.lower-tiers"},
      {Who(kMember, kGrantee), kSecretPut, {2}, {}, kYes, "secret.put-by-relation"},
      {Who(kSecurity), kSecretPut, {2}, {}, kYes, "secret.security"},
      {Who(kSecurity), kSecretPut, {1}, Because(), kWait, "secret.put-tier-1-by-two"},
      {Who(kSecurity), kSecretAttest, {1}, {}, kWait, "secret.attest-tier-1-by-two"},
      {Who(kSecurity), kHolderSetRoles, {}, {.has_reason = true, .about_officer = true}, kWait, "floor.officers-by-two"},
      {Who(kOffboarding), kHandoverStartMany, {}, Because(), kWait, "floor.many-leave-by-two"},
      {Who(kMember), kHolderConfirmSuspension, {}, {}, kYes, "suspension.second-person"},
      {Who(kSecurity), kVaultSetCustodian, {}, Because(), kWait, "custodian.security"},
      {Who(kSecurity), kVaultConfirmRestore, {}, {}, kYes, "vault.confirm-restore"},
      {Who(kMember), kVaultConfirmRestore, {}, {}, kNo, "floor.restore-by-security"},
      {Who(kSecurity), kImport, {}, {}, kYes, "secret.security"},
      {Who(kMember, kBackup), kSecretAttest, {2}, {}, kYes, "secret.attest"},
      {Who(kMember, kGrantee), kSecretAttest, {2}, {}, kNo, "default.deny"},
      {Who(kMember, kOwner), kSecretDestroy, {2}, {}, kYes, "secret.destroy"},
      {Who(kMember, kBackup), kSecretDestroy, {2}, {}, kNo, "default.deny"},
      {Who(kMember, kOwner), kSecretDestroy, {1}, Because(), kWait, "secret.destroy-tier-1-by-two"},
      {Who(kMember, kOwner), kSecretRemove, {2}, {}, kYes, "secret.destroy"},
      {Who(kMember, kGrantee), kSecretRemove, {2}, {}, kNo, "default.deny"},
      {Who(kMember, kBackup), kExposureAdd, {2}, Because(), kYes, "exposure.add-by-relation"},
      {Who(kMember, kGrantee), kExposureAdd, {2}, Because(), kNo, "default.deny"},
      {Who(kSecurity), kExposureAdd, {1}, Because(), kYes, "exposure.add-by-role"},
      {Who(kSecurity), kHandoverDone, {2}, {}, kYes, "handover.done-by-role"},
      {Who(kSecurity), kHandoverDone, {1}, {}, kWait, "handover.done-tier-1-by-two"},
      {Who(kMember, kBackup), kHandoverDone, {3}, {}, kYes, "handover.done-by-owner"},
      {Who(kOffboarding), kHandoverDone, {2}, {}, kNo, "default.deny"},
      {Who(kMember, kOwner), kHandoverDone, {2}, {.about_self = true}, kNo, "floor.nobody-settles-their-own-task"},
      {Who(kMember), kApprovalApprove, {1}, {}, kYes, "approval.persons"},
      {Who(kMember), kApprovalWithdraw, {}, {.requested_by_self = true}, kYes, "approval.withdraw"},
      {Who(kMember), kBreakGlassRequest, {1}, Because(), kYes, "break-glass.tier-1"},
      {Who(kMember), kBreakGlassRequest, {1}, {}, kWait, "break-glass.tier-1"},
      {Who(kMember), kBreakGlassRequest, {2}, Because(), kYes, "break-glass.tier-2"},
      {Who(kMember), kBreakGlassRequest, {3}, Because(), kYes, "break-glass.tier-3"},
      {Workflow(Who(kMember)), kBreakGlassRequest, {3}, Because(), kNo, "default.deny"},
      {Who(kMember), kBreakGlassReveal, {1}, {.requested_by_self = true}, kYes, "break-glass.reveal"},
      {Who(kMember), kBreakGlassReveal, {1}, {}, kNo, "default.deny"},
      {Who(kAuditor), kBreakGlassVeto, {1}, {}, kYes, "break-glass.veto-by-role"},
      {Who(kMember, kBackup), kBreakGlassVeto, {1}, {}, kYes, "break-glass.veto-by-owner"},
      {Who(kMember, kGrantee), kBreakGlassVeto, {1}, {}, kNo, "default.deny"},
      {Who(kAuditor), kBreakGlassReview, {1}, {}, kYes, "break-glass.review-by-role"},
      {Who(kMember, kOwner), kBreakGlassReview, {1}, {}, kYes, "break-glass.review-by-owner"},
      {Who(kOffboarding), kHandoverClose, {}, {}, kYes, "handover.drive"},
      {Who(kAuditor), kHandoverRead, {}, {}, kYes, "handover.audit"},
      {Who(kAuditor), kHandoverStart, {}, {}, kNo, "default.deny"},
      {Who(kOffboarding),
       kHandoverCut,
       {},
       {.successor_unvetted = true},
       kWait,
       "handover.unvetted-successor"},
      {Who(kSecurity), kHandoverCut, {}, {.successor_unvetted = true}, kYes, "handover.drive"},
      {Who(kSecurity),
       kHandoverCut,
       {},
       {.successor_unvetted = true, .successor_is_self = true},
       kWait,
       "handover.own-successor"},
      // To whoever is no backup owner, a tier-1 account goes by two.
      {Who(kSecurity), kHandoverCut, {1}, {.successor_unvetted = true}, kWait, "handover.tier-1-by-two"},
      {Who(kSecurity),
       kHandoverCut,
       {1},
       {.sole_officer = true, .successor_unvetted = true},
       kYes,
       "handover.drive"},
      {Who(kSecurity), kHandoverCut, {1}, {}, kYes, "handover.drive"},
      {Who(kSecurity), kHandoverCancel, {}, Because(), kYes, "floor.cancel-says-why"},
      {Who(kSecurity), kPolicyStage, {}, Because(), kYes, "policy.security"},
  };
  return *table;
}

// Rules that only add obligations which another rule is named for, where one matches.
const std::set<std::string_view>& NamedByOthers() {
  static const auto* const ids = new std::set<std::string_view>{"floor.break-glass-says-why", "handover.cancel"};
  return *ids;
}

TEST(Decide, GivesTheRuleAndItsReason) {
  for (const Row& row : Table()) {
    const Decision decision = Shipped().Decide(
        {.subject = row.subject, .action = row.action, .resource = row.resource, .context = row.context});
    EXPECT_EQ(decision.rule, row.rule) << ActionName(row.action);
    EXPECT_EQ(decision.effect, row.effect) << ActionName(row.action) << " by " << row.rule;
    EXPECT_FALSE(decision.why.empty()) << row.rule;
    EXPECT_EQ(decision.missing.empty(), row.effect != kWait) << row.rule;
  }
}

TEST(Decide, HasARowForEveryRule) {
  std::set<std::string_view> tested = NamedByOthers();
  for (const Row& row : Table()) tested.insert(row.rule);
  for (const auto* document : {&Floor(), &Shipped().document()}) {
    for (const Rule& rule : document->rules)
      EXPECT_TRUE(tested.contains(rule.id)) << rule.id << " is not tested";
  }
}

// The merge, whichever of two permits comes first.
TEST(Decide, MergesObligationsToTheStrictestInAnyOrder) {
  Obligations loose{
      .reason = true, .approvals = {{1, 5}}, .valid = kDay, .uses = 5, .show = kHour, .wait = kMinute};
  Obligations strict{.ticket = true, .approvals = {{2, 4}}, .valid = kHour, .uses = 1, .wait = kHour};
  Obligations one = loose;
  Merge(one, strict);
  Obligations other = strict;
  Merge(other, loose);
  EXPECT_EQ(one, other);
  EXPECT_EQ(one, (Obligations{.reason = true,
                              .ticket = true,
                              .approvals = {{2, 4}},
                              .valid = kHour,
                              .uses = 1,
                              .show = kHour,
                              .wait = kHour}));
}

TEST(Decide, KeepsBothOfTwoNeedsOfWhichNeitherCoversTheOther) {
  Obligations needs{.approvals = {{2, 1}}};
  Merge(needs, {.approvals = {{1, 4}}});
  EXPECT_EQ(needs.approvals.size(), 2u);
  const Context context{.person = "p-asks", .votes = {Yes("p-1", kMember, kOwner), Yes("p-2", kSecurity)}};
  EXPECT_EQ(Lacking(needs.approvals[0], context), 1);
  EXPECT_EQ(Lacking(needs.approvals[1], context), 0);
}

TEST(Decide, CountsPersonsAndNotTheirHolders) {
  const ApprovalNeed two{.count = 2, .who = static_cast<int>(Approver::kSecurity)};
  const Context same{.person = "p-asks", .votes = {Yes("p-1", kSecurity), Yes("p-1", kSecurity)}};
  EXPECT_EQ(Lacking(two, same), 1);
  const Context distinct{.person = "p-asks", .votes = {Yes("p-1", kSecurity), Yes("p-2", kSecurity)}};
  EXPECT_EQ(Lacking(two, distinct), 0);
}

}  // namespace
}  // namespace holdfast::policy
