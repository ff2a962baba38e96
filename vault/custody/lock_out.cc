#include "vault/custody/lock_out.h"

#include <fmt/format.h>

#include <algorithm>

#include "vault/custody/holders.h"

namespace holdfast::custody {

absl::Status CheckNotLockedOutAgain(Tx& tx, const Actor& actor, const storage::Holder& holder,
                                    const storage::DeviceKey& key) {
  const bool watches = HasRole(holder.roles, Role::kSecurity) || HasRole(holder.roles, Role::kAuditor);
  if (!watches || holder.person == actor.holder.person || holder.status != HolderStatus::kActive)
    return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const auto keys, storage::KeyStore(tx.db()).ByHolder(holder.id));
  Micros ended = 0;
  for (const storage::DeviceKey& other : keys) {
    if (other.id == key.id || !other.confirmed_at.has_value()) continue;
    if (other.state == KeyState::kConfirmed && other.not_after > tx.now()) return absl::OkStatus();
    ended = std::max(ended, other.revoked_at.value_or(0));
  }
  if (ended == 0 || tx.now() >= ended + kNotAgainFor) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "LOCKED_OUT_LATELY",
                   fmt::format("{0} would be without a confirmed device, and one of theirs was ended on {1}: for {2} days "
                               "from then nobody else ends the last one of an officer or auditor. To keep {0} away for "
                               "now: holdfast holder suspend {0}",
                               holder.name, FormatTime(ended).substr(0, 10), kNotAgainFor / kDay));
}

}  // namespace holdfast::custody
