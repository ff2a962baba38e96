// The one mapping of the library's result codes to statuses.
#pragma once

#include "vault/base/status.h"

namespace holdfast::storage {

// `code` is an extended result code other than OK, ROW and DONE.
//   unique constraint   ALREADY_EXISTS       CONSTRAINT
//   other constraint    FAILED_PRECONDITION  CONSTRAINT
//   disk full           RESOURCE_EXHAUSTED   DISK_FULL
//   damage, I/O error   DATA_LOSS            DATABASE_DAMAGED
//   anything else       INTERNAL             DATABASE_ERROR
absl::Status DatabaseError(int code);

// The one of these errors that a vault outlives: nothing was written.
inline bool IsDiskFull(const absl::Status& status) { return ReasonOf(status) == "DISK_FULL"; }

}  // namespace holdfast::storage
