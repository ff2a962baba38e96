// The rows about backups and restores of this database. Not thread safe, as its connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

// One restore: the log ended under one origin and went on under the next. Numbered from 1, never deleted.
struct Restore {
  std::int64_t id = 0;
  std::string statement{};  // signed by both origins' keys: evidence/restore.h
  std::string verifier{};   // of the origin that it began
  std::int64_t entries = 0;  // how many the log had
  std::optional<std::int64_t> last_known{};  // how many it was known to have had
  Micros restored_at = 0;
  std::int64_t needed = 1;  // how many persons of security must confirm it
  std::optional<Micros> confirmed_at{};  // when as many had
};

struct RestoreConfirmation {
  std::int64_t holder_id = 0;
  Micros confirmed_at = 0;
};

// Of a database that is a backup.
struct BackupNote {
  Micros made_at = 0;
  std::string checkpoint{};  // signed note over all entries in it
};

class RecoveryStore {
 public:
  explicit RecoveryStore(Connection& connection) : connection_(connection) {}

  absl::Status InsertRestore(Restore& restore);  // sets restore.id
  absl::StatusOr<std::vector<Restore>> Restores();  // oldest first
  absl::Status MarkConfirmed(std::int64_t restore_id, Micros now);
  absl::Status AddConfirmation(std::int64_t restore_id, std::int64_t holder_id, Micros now);
  absl::StatusOr<std::vector<RestoreConfirmation>> Confirmations(std::int64_t restore_id);  // oldest first

  absl::Status SetBackup(const BackupNote& note);
  absl::StatusOr<std::optional<BackupNote>> Backup();
  absl::Status ClearBackup();

  // Ends what was open when the backup was made: approvals that are neither closed nor used up, enrollment strings,
  // broken glass, and the memory of calls that were answered. What became of them since is lost.
  absl::Status VoidWhatWasOpen(std::string_view reason, Micros now);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
