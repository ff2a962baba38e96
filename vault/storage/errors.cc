#include "vault/storage/errors.h"

#include <fmt/format.h>
#include <sqlcipher/sqlite3.h>

namespace holdfast::storage {

absl::Status DatabaseError(int code) {
  if (code == SQLITE_IOERR_DATA) {  // page_guard.h
    return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED",
                     "a page of the database is not the one that the vault wrote: the files were changed while it ran");
  }
  if (code == SQLITE_IOERR_SHMSIZE) code = SQLITE_FULL;  // the write-ahead log's index finds no room to grow
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT: {
      const bool duplicate = code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
                             code == SQLITE_CONSTRAINT_ROWID;
      return MakeError(duplicate ? absl::StatusCode::kAlreadyExists : absl::StatusCode::kFailedPrecondition,
                       "CONSTRAINT", fmt::format("the database refuses the row (code {})", code));
    }
    case SQLITE_FULL:
      return MakeError(absl::StatusCode::kResourceExhausted, "DISK_FULL", "the disk is full");
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED",
                       fmt::format("the database cannot be read or written (code {})", code));
    default:
      return MakeError(absl::StatusCode::kInternal, "DATABASE_ERROR",
                       fmt::format("database error (code {})", code));
  }
}

}  // namespace holdfast::storage
