// The one mapping of the library's result codes to statuses.
#pragma once

#include "vault/base/status.h"

namespace holdfast::storage {

// `code` is an extended result code other than OK, ROW and DONE.
//   unique constraint   ALREADY_EXISTS       CONSTRAINT
//   other constraint    FAILED_PRECONDITION  CONSTRAINT
//   disk full           RESOURCE_EXHAUSTED   DISK_FULL
//   damage, I/O error   DATA_LOSS            DATABASE_DAMAGED
//   interrupted         DEADLINE_EXCEEDED    INTERRUPTED
//   anything else       INTERNAL             DATABASE_ERROR
absl::Status DatabaseError(int code);

}  // namespace holdfast::storage
