// The end of access: by itself, when its time is over, and what its former holder is told.
#pragma once

#include <optional>

#include "vault/custody/authorize.h"

namespace holdfast::custody {

// Ends what ran out, each with an event "access.end", as of the time it ended. For the ledger, and before a grant
// is made in the place of one that ran out.
absl::Status EndLapsedAccess(WriteTx& tx);

// When the holder's last access to the account ended; none while they have access, or never had.
absl::StatusOr<std::optional<Micros>> AccessEndedAt(Tx& tx, const storage::Account& account,
                                                    std::int64_t holder_id);

}  // namespace holdfast::custody
