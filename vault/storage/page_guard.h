// Where this process writes a database, no page of it is ever read in another version than the one that was written, or
// read first, here.
//
// SQLCipher's MAC binds a page to its number and not to its age, so somebody who can write to the files could
// put an older page back under a running vault: a revoked grant would work again, through an index that no
// check of SQLite's questions. The guard is a layer between SQLite and the file system that remembers, for
// each page of the database and of its write-ahead log, the end of the page's MAC. A read that brings
// another version fails with SQLITE_IOERR_DATA (reason DATABASE_DAMAGED); 16 bytes of memory a page.
//
// Opening a vault reads and checks every page (check.h); from then on the guard holds the files to that.
// It does not see the write-ahead log's index (vault.db-shm), which SQLite keeps in shared memory.
#pragma once

#include <string>

#include "vault/base/status.h"

namespace holdfast::storage {

// The name of the guarded file system layer, for sqlite3_open_v2(); registered on the first call. Thread safe.
absl::StatusOr<const char*> GuardedVfs();

}  // namespace holdfast::storage
