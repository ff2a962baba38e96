// The words that every layer shares; numbers are stored and never reused.
#pragma once

#include <cstdint>

namespace holdfast {

enum class HolderKind : int { kPerson = 1, kWorkflow = 2 };
enum class HolderStatus : int { kActive = 1, kSuspended = 2, kLeaving = 3, kLeft = 4 };
// Bits of a holder's roles.
enum class Role : int { kSecurity = 1, kAuditor = 2, kOffboarding = 4, kMember = 8 };
enum class KeyState : int { kUnconfirmed = 1, kConfirmed = 2, kRevoked = 3 };
// How a holder stands to an account.
enum class Relation : int { kOwner = 1, kBackup = 2, kGrantee = 3 };
enum class AccountState : int { kActive = 1, kArchived = 2 };
enum class ExposureHow : int { kShown = 1, kMade = 2, kImported = 3, kExported = 4, kKnown = 5 };

inline bool HasRole(std::int64_t roles, Role role) { return (roles & static_cast<std::int64_t>(role)) != 0; }

}  // namespace holdfast
