// Checks a database that nobody serves as every start would: a backup, or a vault that is to be restored.
#pragma once

#include "vault/audit/log.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/custody/keys.h"
#include "vault/evidence/note.h"
#include "vault/storage/connection.h"

namespace holdfast::lifecycle {

struct Contents {
  evidence::Checkpoint log;  // unsigned: all entries
  Micros last_event = 0;
};

// Every page, every entry of the log against the stored tree, the digest of the rows against the last entry, the policy
// in force. Sets the connection's row hash and state digest. DATA_LOSS as in opening a vault.
absl::StatusOr<Contents> Inspect(storage::Connection& db, const custody::Keys& keys);

// OK when the log has all that `known` has, of which it may lack the end. DATA_LOSS, reason OTHER_LOG: `what` is of
// another log.
absl::Status CheckAgrees(storage::Connection& db, const Contents& contents, const evidence::Checkpoint& known,
                         std::string_view what);

}  // namespace holdfast::lifecycle
