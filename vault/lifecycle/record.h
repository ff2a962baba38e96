// The recovery record of a backup: the one place where the backup's key is. Whoever deletes it destroys the backup for
// good, the key file notwithstanding; nothing else does. Without the key file it opens nothing.
//
// FILE.recovery, 0600, is one JSON object:
//   {"format": "holdfast-backup-v1", "vault_id": H16, "root_key_id": H16, "key_file": path, a hint,
//    "backup_key": hex of WrapKey(R, "backup", 1), "made": RFC 3339, "checkpoint": signed note}
// The backup FILE is a database under the backup key. Keys of values are in it, wrapped by R as in the vault: both keys
// are needed to read a value. H16: 16 bytes in hexadecimal. The checkpoint is repeated in FILE, where it cannot be
// exchanged.
#pragma once

#include <string>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::lifecycle {

struct RecoveryRecord {
  Bytes vault_id;
  Bytes root_key_id;
  std::string key_file;
  Bytes backup_key;  // wrapped
  Micros made_at = 0;
  std::string checkpoint;
};

std::string RecordPath(const std::string& backup);

// ALREADY_EXISTS, reason FILE_EXISTS, rather than overwrite: it may be the record of a backup that lies elsewhere now.
absl::Status WriteRecord(const std::string& backup, const RecoveryRecord& record);
// FAILED_PRECONDITION, reason RECORD_MISSING; DATA_LOSS, reason RECORD_DAMAGED.
absl::StatusOr<RecoveryRecord> ReadRecord(const std::string& backup);

Bytes WrapBackupKey(const SecretBytes& root, ByteView vault_id, const SecretBytes& key);
absl::StatusOr<SecretBytes> UnwrapBackupKey(const SecretBytes& root, const RecoveryRecord& record);

}  // namespace holdfast::lifecycle
