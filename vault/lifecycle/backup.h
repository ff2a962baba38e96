// Backups: a copy of the whole database as of one moment, under a key of its own, that can be checked by itself.
#pragma once

#include <string>

#include "vault/base/status.h"
#include "vault/lifecycle/inspect.h"

namespace holdfast::lifecycle {

struct BackupOptions {
  std::string data_dir;
  std::string key_file;  // in place of the one that the seal names; may be empty
  std::string to;
};

// Writes `to` and its recovery record (record.h), both 0600, both new, both or neither; also while a server runs. What
// it writes was checked as a start would check it, and extends the anchor. Signs no other checkpoint than the server
// would. Errors as in opening the vault; ALREADY_EXISTS, reason FILE_EXISTS.
absl::StatusOr<Contents> MakeBackup(const BackupOptions& options);

// The same checks again, of what was written. Changes nothing. Besides errors as above DATA_LOSS, reason
// CHECKPOINT_DAMAGED.
absl::StatusOr<Contents> VerifyBackup(const std::string& backup, const std::string& key_file);

}  // namespace holdfast::lifecycle
