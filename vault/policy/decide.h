// Decisions: who may do what, and why. Pure functions of the facts given; no I/O, no clock, no state.
//
// Default deny. A forbidding rule beats every permitting one; the order of rules never matters. The rules
// named "floor." hold whatever else is permitted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vault/base/vocabulary.h"

namespace holdfast::policy {

enum class Action : int {
  kVaultRead,
  kHolderRead,
  kHolderCreate,
  kHolderEnroll,
  kHolderSuspend,
  kHolderResume,
  kKeyConfirm,
  kAccountRead,
  kAccountCreate,
  kAccountUpdate,
  kAccountSetTier,
  kAccountSetOwners,
  kAccountArchive,
  kGrantRead,
  kGrantCreate,
  kGrantRevoke,
  kSecretRead,
  kSecretPut,
  kSecretReveal,
  kSecretRetire,
  kSecretDestroy,
  kExposureRead,
  kImport,
  kHandoverRead,
  kHandoverStart,
  kHandoverCut,
  kHandoverApprove,
  kHandoverClose,
  kAuditRead,
};

// "secret.reveal"; also the type of the event that records the action.
std::string_view ActionName(Action action);

// Who asks.
struct Subject {
  std::int64_t roles = 0;  // bits of Role
  HolderKind kind = HolderKind::kPerson;
  HolderStatus status = HolderStatus::kActive;
  KeyState key = KeyState::kUnconfirmed;
  bool key_is_additional = false;    // the holder had another key before this one
  std::optional<Relation> relation;  // to the account in question, live now
};

// What is asked for.
struct Resource {
  int tier = 0;  // 1 highest; 0 where no account is meant
};

// In which circumstances. All comparisons of people compare persons, not holders.
struct Context {
  bool about_self = false;          // the holder the call is about is the caller's person
  bool requested_by_self = false;   // the caller's person made the request that is to be approved
  bool sole_officer = false;        // no other person with the role security ever had a confirmed key
  bool about_officer = false;       // the holder the call is about has the role security
  bool successor_unvetted = false;  // a named successor is not a backup owner of everything they would get
  bool successor_is_self = false;   // the named successor is the caller's person
};

enum class Effect : int { kAllow, kPending, kDeny };

struct Decision {
  Effect effect = Effect::kDeny;
  std::string_view rule;  // id of the rule that decided
  std::string_view why;   // the rule's own words, for people

  bool allowed() const { return effect == Effect::kAllow; }
};

Decision Decide(const Subject& subject, Action action, const Resource& resource, const Context& context);

// The rules as text, one a line: what the policy hash is taken of.
std::string RulesText();

}  // namespace holdfast::policy
