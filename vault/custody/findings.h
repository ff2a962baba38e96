// What is not as the policy wants it: computed from one snapshot of the database whenever somebody asks, so
// that nothing has to run for the clock to be right, and a finding is gone once its cause is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vault/custody/authorize.h"

namespace holdfast::custody {

enum class Severity : int { kCritical = 1, kWarning = 2, kInfo = 3 };

// In the order of a list; each is about rows of one table.
enum class FindingKind : int {
  kTooFewOwners = 1,    // account
  kExposedToGone,       // secret and holder
  kRotationOverdue,     // secret
  kKeyStopped,          // device_key
  kBreakGlassWaiting,   // break_glass
  kBreakGlassRotation,  // break_glass
  kBreakGlassReview,    // break_glass
  kOwnerInactive,       // access_grant
  kSingleOwner,         // account
  kReviewOverdue,       // account
  kGrantTooLong,        // access_grant
  kGrantUnused,         // access_grant
  kHandoverOpen,        // handover
  kHolderIdle,          // holder
  kKeyUnconfirmed,      // device_key
  kKeyExpires,          // device_key
  kStringMisused,       // enrollment
  kKnownWithoutAccess,  // secret and holder
  kNothingWorks,        // secret
  kValueReused,         // secret; for security alone
  kCaEnds,              // none
  kServerEnds,          // none
  kRestoreUnconfirmed,  // vault_restore
  kSuspendedAlone,      // holder
  kCutWaits,            // handover
  kTaskOverdue,         // handover_task
  kWithoutDevice,       // holder
  kNoPlaybook,          // account
};

struct Finding {
  std::int64_t id = 0;  // its place in the order of a list, the same for as long as it lasts; see FindingId()
  Severity severity = Severity::kInfo;
  std::string rule;  // "tiers.1.min_owners", "idle.holder"
  std::optional<std::int64_t> account_id{};
  std::optional<std::int64_t> secret_id{};
  std::optional<std::int64_t> holder_id{};
  std::optional<std::int64_t> handover_id{};
  Micros since = 0;
  std::string message;
  bool for_security = false;  // whatever the policy says, nobody else sees it
};

// `row`: the id of what it is about, in the table of its kind.
std::int64_t FindingId(Severity severity, FindingKind kind, std::int64_t row);

struct FindingFilter {
  std::optional<Severity> severity{};
  std::string rule{};  // "": any
  std::optional<std::int64_t> account_id{};
};

// By severity, kind and row: those after the one with the id `after` that match and that the actor may see,
// at most `limit`. Each is considered by itself: action finding.read, about its account and holder.
absl::StatusOr<std::vector<Finding>> ListFindings(Tx& tx, const Actor& actor, const FindingFilter& filter,
                                                  std::int64_t after, int limit);

// All there are, in no order.
absl::StatusOr<std::vector<Finding>> AllFindings(Tx& tx);

// "active", "suspended", "leaving", "gone": a holder's status in the messages of findings.
std::string_view StatusWord(HolderStatus status);

}  // namespace holdfast::custody
