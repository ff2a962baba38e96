#include "vault/storage/copy.h"

#include <sqlcipher/sqlite3.h>
#include <unistd.h>

#include "vault/base/files.h"
#include "vault/storage/errors.h"

namespace holdfast::storage {

absl::Status Connection::CopyTo(Connection& to) {
  sqlite3_backup* backup = sqlite3_backup_init(to.db_, "main", db_, "main");
  if (backup == nullptr) return DatabaseError(sqlite3_extended_errcode(to.db_));
  // All pages in one step: a copy in steps never ends while others write.
  const int stepped = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (stepped != SQLITE_DONE) return DatabaseError(stepped);
  return finished == SQLITE_OK ? absl::OkStatus() : DatabaseError(finished);
}

absl::Status Connection::CheckPages() {
  // A row for each page whose MAC is wrong.
  Statement pages = Query("PRAGMA cipher_integrity_check");
  const bool damaged = pages.Step();
  HF_RETURN_IF_ERROR(pages.status());
  if (damaged) return DatabaseError(SQLITE_CORRUPT);
  Statement structure = Query("PRAGMA integrity_check(1)");
  if (!structure.Step()) return structure.status();
  return structure.Text(0) == "ok" ? absl::OkStatus() : DatabaseError(SQLITE_CORRUPT);
}

absl::Status Connection::LeaveWal() {
  HF_RETURN_IF_ERROR(Set("journal_mode", "DELETE", "delete"));
  return Set("secure_delete", "ON", "1");
}

absl::Status CopyDatabase(Connection& from, const SecretBytes& key, const std::string& to,
                          const std::function<absl::Status(Connection& copy)>& finish) {
  HF_ASSIGN_OR_RETURN(auto copy, Connection::OpenEmpty(to, key));
  absl::Status status = from.CopyTo(*copy);
  if (status.ok()) status = copy->LeaveWal();
  if (status.ok() && finish) status = finish(*copy);
  copy.reset();
  if (status.ok() && !SyncDirectoryOf(to))
    status = MakeError(absl::StatusCode::kInternal, "CANNOT_WRITE", "the directory of the copy cannot be synced");
  if (!status.ok()) {
    for (const char* suffix : {"", "-journal"}) unlink((to + suffix).c_str());
  }
  return status;
}

}  // namespace holdfast::storage
