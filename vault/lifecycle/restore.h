// Restores: a new vault directory from a backup, or from a directory that cannot be served any more. There is one way
// for a disaster, a lost anchor, an older database that is all there is, and a copy that is to become a vault of its
// own: whatever the log lost is said, in the log itself, and to everybody who saw more.
//
// The log goes on behind what was restored, under a new origin and key (evidence/restore.h). Its next entry is the
// event vault.restore. What was open is void: approvals, enrollment strings, broken glass, the memory of calls. No value
// leaves the vault before its officers confirm (custody/recovery.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vault/base/clock.h"
#include "vault/base/status.h"

namespace holdfast::lifecycle {

struct RestoreOptions {
  std::string from;             // a backup, or a data directory
  std::string data_dir;         // new, or empty
  std::string key_file;         // absolute; in place of the one that is named in `from`; may be empty
  std::string anchor;           // absolute; in the new directory when empty
  std::string last_checkpoint;  // a file with a signed checkpoint that somebody kept; may be empty
};

struct Restored {
  std::int64_t entries = 0;                // that the log has, vault.restore not counted
  Micros last_event = 0;                   // of those
  std::optional<std::int64_t> last_known;  // how many it is known to have had
  std::string verifier;                    // key of the origin that goes on
  std::int64_t needed = 0;                 // how many officers must confirm
};

// On an error nothing that was made stays. `from` is never changed. INVALID_FIELD names "last-checkpoint" when that is
// not signed by the vault; DATA_LOSS, reason OTHER_LOG, when a checkpoint that is known is of another log than `from`
// holds.
absl::StatusOr<Restored> RestoreVault(const RestoreOptions& options);

}  // namespace holdfast::lifecycle
