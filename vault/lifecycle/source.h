// The sources of a restore: a backup, or a data directory that cannot be served (its anchor is lost, its
// database is an older one, it is a copy). Opened for reading; nothing of it is changed.
#pragma once

#include <memory>
#include <string>

#include "vault/base/bytes.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::lifecycle {

struct Source {
  Bytes vault_id;
  SecretBytes root;
  std::string key_file;  // that was used
  std::unique_ptr<storage::Connection> db;
  std::string checkpoint;  // of a backup: the note in it
  std::string anchor;      // of a directory: the path of its anchor, which may be lost
  std::shared_ptr<const void> lock;  // of a directory: keeps a server out for as long as it is read
};

// Damage of any kind (DATA_LOSS) as one that names the backup, and that another one is needed; all else as it is.
absl::Status NameDamaged(const absl::Status& status, const std::string& backup);

// Besides the errors of a start: those of the recovery record, and FAILED_PRECONDITION, reason NOT_A_BACKUP.
absl::StatusOr<Source> OpenBackup(const std::string& path, const std::string& key_file);
// FAILED_PRECONDITION, reason VAULT_IN_USE, while it is served.
absl::StatusOr<Source> OpenDirectory(const std::string& path, const std::string& key_file);

}  // namespace holdfast::lifecycle
