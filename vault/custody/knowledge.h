// Knowledge of values that did not pass through the vault: somebody knew one before it came in.
#pragma once

#include <cstdint>

#include "vault/custody/tx.h"
#include "vault/storage/holder_store.h"

namespace holdfast::custody {

// Records that the holder knew this version before (ExposureHow::kKnown). The caller has decided on it and
// records the event. `version` must exist.
absl::Status RecordKnown(WriteTx& tx, const storage::Holder& holder, std::int64_t secret_id,
                         std::int64_t version);

}  // namespace holdfast::custody
