// One row for each rule: the facts that it decides, and what follows.
#include "vault/policy/decide.h"

#include <gtest/gtest.h>

#include <set>

#include "vault/policy/rules.h"

namespace holdfast::policy {
namespace {

using enum Action;

constexpr std::int64_t Bit(Role role) { return static_cast<std::int64_t>(role); }
constexpr std::int64_t kSecurity = Bit(Role::kSecurity);
constexpr std::int64_t kAuditor = Bit(Role::kAuditor);
constexpr std::int64_t kOffboarding = Bit(Role::kOffboarding);
constexpr std::int64_t kMember = Bit(Role::kMember);

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

const std::vector<Row>& Table() {
  static const auto* const table = new std::vector<Row>{
      {With(Who(kSecurity), HolderStatus::kSuspended), kVaultRead, {}, {}, kNo, "floor.inactive"},
      {With(Who(kMember, kOwner), HolderStatus::kLeaving), kSecretReveal, {2}, {}, kNo, "floor.inactive"},
      {With(Who(kMember, kOwner), HolderStatus::kLeft), kSecretRead, {2}, {}, kNo, "floor.inactive"},
      {With(Who(kSecurity), KeyState::kRevoked), kVaultRead, {}, {}, kNo, "floor.revoked-key"},
      {With(Who(kSecurity), KeyState::kUnconfirmed), kHolderCreate, {}, {}, kNo, "floor.unconfirmed-key"},
      {With(Who(kMember, kOwner), KeyState::kUnconfirmed),
       kSecretReveal,
       {1},
       {},
       kNo,
       "floor.unconfirmed-key"},
      {With(Who(kMember, kOwner), KeyState::kUnconfirmed),
       kSecretReveal,
       {2},
       {},
       kYes,
       "secret.reveal-by-relation"},
      {Who(kAuditor, kOwner), kSecretReveal, {3}, {}, kNo, "floor.auditor-touches-no-value"},
      {Who(kAuditor | kSecurity), kImport, {}, {}, kNo, "floor.auditor-touches-no-value"},
      {Who(kOffboarding, kOwner), kSecretReveal, {3}, {}, kNo, "floor.offboarding-touches-no-value"},
      {Who(kOffboarding | kSecurity), kHandoverApprove, {}, {}, kNo, "floor.offboarding-approves-nothing"},
      {Workflow(Who(kSecurity)), kKeyConfirm, {}, {}, kNo, "floor.workflow-approves-nothing"},
      {Who(kSecurity),
       kHandoverApprove,
       {},
       {.requested_by_self = true},
       kNo,
       "floor.requester-is-not-approver"},
      {Who(kSecurity), kKeyConfirm, {}, {.requested_by_self = true}, kNo, "floor.requester-is-not-approver"},
      // The first officer, alone, may confirm a second officer, but nobody else.
      {Who(kSecurity),
       kKeyConfirm,
       {},
       {.requested_by_self = true, .sole_officer = true},
       kNo,
       "floor.requester-is-not-approver"},
      {Who(kSecurity),
       kKeyConfirm,
       {},
       {.requested_by_self = true, .sole_officer = true, .about_officer = true},
       kYes,
       "key.second-person"},
      {Who(kSecurity), kHolderResume, {}, {.about_self = true}, kNo, "floor.nobody-vouches-for-themselves"},
      {Who(kSecurity), kGrantCreate, {2}, {.about_self = true}, kNo, "floor.no-access-for-oneself"},
      {Who(kSecurity, kOwner), kGrantCreate, {2}, {.about_self = true}, kYes, "grant.manage"},
      {Who(kSecurity), kHandoverStart, {}, {.about_self = true}, kNo, "floor.no-handover-of-oneself"},

      {Who(kMember), kVaultRead, {}, {}, kYes, "vault.read"},
      {Who(kMember), kHolderRead, {}, {}, kYes, "holder.directory"},
      {Who(kSecurity), kHolderSuspend, {}, {}, kYes, "holder.security"},
      {Who(kOffboarding), kHolderSuspend, {}, {}, kNo, "default.deny"},
      {Who(kMember), kKeyConfirm, {}, {}, kYes, "key.second-person"},
      {Who(kAuditor), kKeyConfirm, {}, {}, kNo, "default.deny"},

      {Who(kAuditor), kSecretRead, {1}, {}, kYes, "metadata.by-role"},
      {Who(kMember, kGrantee), kAccountRead, {1}, {}, kYes, "metadata.by-relation"},
      {Who(kMember), kAccountRead, {3}, {}, kNo, "default.deny"},
      {Who(kMember), kExposureRead, {}, {.about_self = true}, kYes, "metadata.own"},
      {Who(kMember, kOwner), kExposureRead, {2}, {}, kYes, "exposure.owner"},
      {Who(kMember, kBackup), kExposureRead, {2}, {}, kNo, "default.deny"},

      {Who(kSecurity), kAccountSetTier, {3}, {}, kYes, "account.security"},
      {Who(kMember), kAccountCreate, {2}, {.about_self = true}, kYes, "account.own"},
      {Who(kMember), kAccountCreate, {2}, {}, kNo, "default.deny"},
      {Who(kMember, kOwner), kAccountArchive, {2}, {}, kYes, "account.owner"},
      {Who(kMember, kOwner), kAccountSetTier, {2}, {}, kNo, "default.deny"},
      {Who(kMember, kBackup), kAccountUpdate, {2}, {}, kNo, "default.deny"},

      {Who(kMember, kOwner), kGrantRevoke, {2}, {}, kYes, "grant.manage"},
      {Who(kMember, kGrantee), kGrantRevoke, {2}, {.about_self = true}, kYes, "grant.give-up"},
      {Who(kMember, kGrantee), kGrantCreate, {2}, {}, kNo, "default.deny"},

      {Who(kMember, kGrantee), kSecretPut, {2}, {}, kYes, "secret.put"},
      {Who(kSecurity), kSecretPut, {1}, {}, kYes, "secret.put"},
      {Who(kSecurity), kSecretReveal, {3}, {}, kNo, "default.deny"},
      {Who(kMember, kBackup), kSecretReveal, {1}, {}, kYes, "secret.reveal-by-relation"},
      {Who(kMember, kBackup), kSecretRetire, {2}, {}, kYes, "secret.retire"},
      {Who(kMember, kGrantee), kSecretRetire, {2}, {}, kNo, "default.deny"},
      {Who(kMember, kOwner), kSecretDestroy, {2}, {}, kYes, "secret.destroy"},
      {Who(kMember, kBackup), kSecretDestroy, {2}, {}, kNo, "default.deny"},
      {Who(kSecurity), kImport, {}, {}, kYes, "import.security"},

      {Who(kOffboarding), kHandoverClose, {}, {}, kYes, "handover.drive"},
      {Who(kAuditor), kHandoverRead, {}, {}, kYes, "handover.audit"},
      {Who(kAuditor), kHandoverStart, {}, {}, kNo, "default.deny"},
      {Who(kOffboarding), kHandoverCut, {}, {}, kYes, "handover.cut"},
      {Who(kOffboarding),
       kHandoverCut,
       {},
       {.successor_unvetted = true},
       kWait,
       "handover.unvetted-successor"},
      {Who(kSecurity), kHandoverCut, {}, {.successor_unvetted = true}, kYes, "handover.cut"},
      {Who(kSecurity),
       kHandoverCut,
       {},
       {.successor_unvetted = true, .successor_is_self = true},
       kWait,
       "handover.own-successor"},
      {Who(kSecurity), kHandoverCut, {}, {.successor_is_self = true}, kYes, "handover.cut"},
      {Who(kSecurity), kHandoverApprove, {}, {.successor_is_self = true}, kNo, "floor.successor-approves-nothing"},
      {With(Who(kSecurity), KeyState::kUnconfirmed), kHandoverStart, {}, {}, kNo, "floor.unconfirmed-key"},
      {With(Who(kOffboarding), KeyState::kUnconfirmed), kHandoverStart, {}, {}, kYes, "handover.drive"},
      {Who(kSecurity), kHandoverApprove, {}, {}, kYes, "handover.approve"},
      {Who(kMember), kHandoverApprove, {}, {}, kNo, "default.deny"},
      {Who(kAuditor), kAuditRead, {}, {}, kYes, "audit.read"},
      {Who(kMember), kAuditRead, {}, {}, kNo, "default.deny"},
  };
  return *table;
}

TEST(Decide, GivesTheRuleAndItsReason) {
  for (const Row& row : Table()) {
    const Decision decision = Decide(row.subject, row.action, row.resource, row.context);
    EXPECT_EQ(decision.rule, row.rule) << ActionName(row.action);
    EXPECT_EQ(decision.effect, row.effect) << ActionName(row.action) << " by " << row.rule;
    EXPECT_FALSE(decision.why.empty()) << row.rule;
  }
}

TEST(Decide, HasARowForEveryRule) {
  std::set<std::string_view> rules;
  std::set<std::string_view> tested;
  for (const Row& row : Table()) tested.insert(row.rule);
  for (const Rule& rule : Rules()) {
    EXPECT_TRUE(rules.insert(rule.id).second) << rule.id << " stands for two rules";
    EXPECT_TRUE(tested.contains(rule.id)) << rule.id << " is not tested";
  }
}

TEST(Rules, FloorsForbidAndOthersDoNot) {
  for (const Rule& rule : Rules())
    EXPECT_EQ(rule.id.starts_with("floor."), rule.effect == Effect::kDeny) << rule.id;
}

TEST(Rules, AreAllInTheTextThatTheLogCommitsTo) {
  const std::string text = RulesText();
  for (const Rule& rule : Rules()) {
    EXPECT_NE(text.find(std::string(rule.id) + "\t"), std::string::npos) << rule.id;
    EXPECT_NE(text.find("\t" + std::string(rule.why) + "\n"), std::string::npos) << rule.id;
  }
}

}  // namespace
}  // namespace holdfast::policy
