#include "vault/policy/rules.h"

namespace holdfast::policy {
namespace {

using F = const Facts&;

// What only a confirmed key may do: an enrollment string can be used by whoever handed it out, so a key that
// nobody else vouched for administers and approves nothing.
bool NeedsConfirmedKey(F f) {
  switch (f.action) {
    case Action::kHolderCreate:
    case Action::kHolderEnroll:
    case Action::kHolderSuspend:
    case Action::kHolderResume:
    case Action::kKeyConfirm:
    case Action::kAccountSetTier:
    case Action::kAccountSetOwners:
    case Action::kAccountArchive:
    case Action::kGrantCreate:
    case Action::kSecretDestroy:
    case Action::kSecretRetire:
    case Action::kImport:
    case Action::kHandoverApprove:
    case Action::kHandoverClose:
      return true;
    case Action::kSecretReveal:
    case Action::kSecretPut:
      // A further device of somebody who has one could be anybody's who got hold of the string.
      return f.resource.tier == 1 || f.subject.key_is_additional;
    case Action::kHandoverStart:
    case Action::kHandoverCut:
      return f.Is(Role::kSecurity);
    case Action::kVaultRead:
    case Action::kHolderRead:
    case Action::kAccountRead:
    case Action::kAccountCreate:
    case Action::kAccountUpdate:
    case Action::kGrantRead:
    case Action::kGrantRevoke:
    case Action::kSecretRead:
    case Action::kExposureRead:
    case Action::kHandoverRead:
    case Action::kAuditRead:
      return false;
  }
  return true;
}

bool TouchesValues(Action action) {
  return action == Action::kSecretReveal || action == Action::kSecretPut || action == Action::kImport;
}

bool SeesAllMetadata(F f) {
  return f.Is(Role::kSecurity) || f.Is(Role::kAuditor) || f.Is(Role::kOffboarding);
}

constexpr Effect kForbid = Effect::kDeny;
constexpr Effect kPermit = Effect::kAllow;

constexpr Rule kRules[] = {
    {"floor.inactive", kForbid, [](F f) { return f.subject.status != HolderStatus::kActive; },
     "the holder is suspended, leaving or gone"},
    {"floor.revoked-key", kForbid, [](F f) { return f.subject.key == KeyState::kRevoked; },
     "the key was revoked"},
    {"floor.unconfirmed-key", kForbid,
     [](F f) { return f.subject.key == KeyState::kUnconfirmed && NeedsConfirmedKey(f); },
     "the key is not confirmed yet: somebody other than its issuer must confirm its fingerprint"},
    {"floor.auditor-touches-no-value", kForbid,
     [](F f) { return f.Is(Role::kAuditor) && TouchesValues(f.action); },
     "an auditor reveals and puts in nothing"},
    {"floor.offboarding-touches-no-value", kForbid,
     [](F f) { return f.Is(Role::kOffboarding) && TouchesValues(f.action); },
     "an offboarding identity reveals and puts in nothing"},
    {"floor.offboarding-approves-nothing", kForbid,
     [](F f) {
       return f.Is(Role::kOffboarding) &&
              (f.action == Action::kHandoverApprove || f.action == Action::kKeyConfirm);
     },
     "an offboarding identity approves nothing"},
    {"floor.workflow-approves-nothing", kForbid,
     [](F f) {
       return f.subject.kind == HolderKind::kWorkflow &&
              (f.action == Action::kHandoverApprove || f.action == Action::kKeyConfirm);
     },
     "only a person approves"},
    {"floor.requester-is-not-approver", kForbid,
     [](F f) {
       if (f.action == Action::kHandoverApprove) return f.context.requested_by_self;
       // The first officer has nobody yet to ask: alone, one may confirm one more officer.
       return f.action == Action::kKeyConfirm && f.context.requested_by_self &&
              !(f.context.sole_officer && f.context.about_officer);
     },
     "whoever asked for it cannot approve it"},
    {"floor.successor-approves-nothing", kForbid,
     [](F f) { return f.action == Action::kHandoverApprove && f.context.successor_is_self; },
     "whoever would take over cannot approve it"},
    {"floor.nobody-vouches-for-themselves", kForbid,
     [](F f) {
       return f.context.about_self &&
              (f.action == Action::kKeyConfirm || f.action == Action::kHandoverApprove ||
               f.action == Action::kHolderResume);
     },
     "nobody confirms, approves or resumes themselves"},
    {"floor.no-access-for-oneself", kForbid,
     [](F f) {
       return f.context.about_self &&
              (f.action == Action::kGrantCreate || f.action == Action::kAccountSetOwners) &&
              !f.Stands(Relation::kOwner);
     },
     "nobody gives themselves access to an account"},
    {"floor.no-handover-of-oneself", kForbid,
     [](F f) { return f.context.about_self && f.action == Action::kHandoverStart; },
     "somebody else must start your handover"},

    {"vault.read", kPermit, [](F f) { return f.action == Action::kVaultRead; }, "every active holder"},
    {"holder.directory", kPermit, [](F f) { return f.action == Action::kHolderRead; }, "every active holder"},
    {"holder.security", kPermit,
     [](F f) {
       return f.Is(Role::kSecurity) &&
              (f.action == Action::kHolderCreate || f.action == Action::kHolderEnroll ||
               f.action == Action::kHolderSuspend || f.action == Action::kHolderResume);
     },
     "security registers, suspends and resumes holders"},
    {"key.second-person", kPermit,
     [](F f) { return f.action == Action::kKeyConfirm && (f.Is(Role::kSecurity) || f.Is(Role::kMember)); },
     "a second person confirms a key"},

    {"metadata.by-role", kPermit,
     [](F f) {
       return SeesAllMetadata(f) && (f.action == Action::kAccountRead || f.action == Action::kGrantRead ||
                                     f.action == Action::kSecretRead || f.action == Action::kExposureRead);
     },
     "security, auditor and offboarding see all metadata"},
    {"metadata.by-relation", kPermit,
     [](F f) {
       return f.Related() && (f.action == Action::kAccountRead || f.action == Action::kGrantRead ||
                              f.action == Action::kSecretRead);
     },
     "whoever has access to an account sees its metadata"},
    {"metadata.own", kPermit,
     [](F f) {
       return f.context.about_self && (f.action == Action::kGrantRead || f.action == Action::kExposureRead);
     },
     "everybody sees their own access and exposures"},
    {"exposure.owner", kPermit,
     [](F f) { return f.action == Action::kExposureRead && f.Stands(Relation::kOwner); },
     "an owner sees who knows the account's secrets"},

    {"account.security", kPermit,
     [](F f) {
       return f.Is(Role::kSecurity) &&
              (f.action == Action::kAccountCreate || f.action == Action::kAccountUpdate ||
               f.action == Action::kAccountSetTier || f.action == Action::kAccountSetOwners ||
               f.action == Action::kAccountArchive);
     },
     "security registers and changes accounts"},
    {"account.own", kPermit,
     [](F f) { return f.action == Action::kAccountCreate && f.Is(Role::kMember) && f.context.about_self; },
     "a member brings in an account that they will own"},
    {"account.owner", kPermit,
     [](F f) {
       return f.Stands(Relation::kOwner) &&
              (f.action == Action::kAccountUpdate || f.action == Action::kAccountSetOwners ||
               f.action == Action::kAccountArchive);
     },
     "an owner changes the account, but not its tier"},

    {"grant.manage", kPermit,
     [](F f) {
       return (f.Is(Role::kSecurity) || f.Stands(Relation::kOwner)) &&
              (f.action == Action::kGrantCreate || f.action == Action::kGrantRevoke);
     },
     "an owner or security gives and takes access"},
    {"grant.give-up", kPermit, [](F f) { return f.action == Action::kGrantRevoke && f.context.about_self; },
     "everybody may give up their own access"},

    {"secret.put", kPermit,
     [](F f) { return f.action == Action::kSecretPut && (f.Related() || f.Is(Role::kSecurity)); },
     "whoever has access, and security, puts in new values"},
    {"secret.reveal-by-relation", kPermit,
     [](F f) { return f.action == Action::kSecretReveal && f.Related(); }, "owner, backup owner or grantee"},
    {"secret.retire", kPermit,
     [](F f) {
       return f.action == Action::kSecretRetire &&
              (f.Stands(Relation::kOwner) || f.Stands(Relation::kBackup) || f.Is(Role::kSecurity));
     },
     "owner, backup owner or security attest that a value is dead"},
    {"secret.destroy", kPermit,
     [](F f) {
       return f.action == Action::kSecretDestroy && (f.Stands(Relation::kOwner) || f.Is(Role::kSecurity));
     },
     "an owner or security destroys values"},
    {"import.security", kPermit, [](F f) { return f.action == Action::kImport && f.Is(Role::kSecurity); },
     "security imports"},

    {"handover.drive", kPermit,
     [](F f) {
       return (f.Is(Role::kSecurity) || f.Is(Role::kOffboarding)) &&
              (f.action == Action::kHandoverStart || f.action == Action::kHandoverRead ||
               f.action == Action::kHandoverClose);
     },
     "security and offboarding open and close handovers"},
    {"handover.audit", kPermit, [](F f) { return f.action == Action::kHandoverRead && f.Is(Role::kAuditor); },
     "an auditor reads handovers"},
    {"handover.cut", kPermit,
     [](F f) {
       return f.action == Action::kHandoverCut && (f.Is(Role::kSecurity) || f.Is(Role::kOffboarding));
     },
     "the cut follows the start at once"},
    {"handover.unvetted-successor", Effect::kPending,
     [](F f) {
       return f.action == Action::kHandoverCut && !f.Is(Role::kSecurity) && f.Is(Role::kOffboarding) &&
              f.context.successor_unvetted;
     },
     "offboarding does not pick an owner by itself: security must approve a successor who is no backup "
     "owner"},
    {"handover.own-successor", Effect::kPending,
     [](F f) {
       return f.action == Action::kHandoverCut && f.Is(Role::kSecurity) && f.context.successor_unvetted &&
              f.context.successor_is_self;
     },
     "nobody names themselves to take over: another security holder must approve"},
    {"handover.approve", kPermit,
     [](F f) { return f.action == Action::kHandoverApprove && f.Is(Role::kSecurity); }, "security approves"},

    {"audit.read", kPermit,
     [](F f) { return f.action == Action::kAuditRead && (f.Is(Role::kAuditor) || f.Is(Role::kSecurity)); },
     "auditors and security read the log"},
};

}  // namespace

std::span<const Rule> Rules() { return kRules; }

}  // namespace holdfast::policy
