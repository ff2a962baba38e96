// After a restore: what the backup did not know (suspensions, revoked devices, ended grants, rotations) is undone until
// somebody does it again. So no value leaves the vault before those who answer for it have looked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/storage/recovery_store.h"

namespace holdfast::custody {

// A restore that still has to be confirmed.
struct PendingRestore {
  storage::Restore restore;
  std::vector<storage::Holder> confirmed;  // of these persons it has a yes
  std::vector<storage::Holder> waiting;    // holders of security who could give another
};
absl::StatusOr<std::optional<PendingRestore>> FindPendingRestore(Tx& tx);

// "the vault was restored from a backup; bob or carol must run: holdfast vault confirm-restore (0 of 2 did)".
std::string RestoreAdvice(const PendingRestore& pending);

// The denial for actions that release values (reveal, code, break-glass) while a restore is unconfirmed.
absl::StatusOr<std::optional<policy::Decision>> HeldByRestore(Tx& tx, policy::Action action);

// One person's yes. As many as the vault had officers are needed, two at most, each another person. FAILED_PRECONDITION
// with reason NOTHING_TO_CONFIRM or CONFIRMED_ALREADY.
absl::Status ConfirmRestore(WriteTx& tx, const Actor& actor, const Request& request);

}  // namespace holdfast::custody
