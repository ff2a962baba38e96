// One entry of the log as people are shown it: what its leaf says, the leaf held against the stored tree when it
// is read, and the texts held against the leaf. The columns beside a leaf are for finding alone.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "vault/audit/leaf.h"
#include "vault/storage/connection.h"

namespace holdfast::audit {

struct Entry {
  storage::EventRow row;
  Leaf leaf;
  std::map<std::string, storage::EventText> texts;  // by field; those that open the leaf's commitments
  std::vector<std::string> absent;  // fields whose text is erased, or is not the one that was recorded
};

// DATA_LOSS, reason LOG_DAMAGED: the entry is not the one that was recorded, or is not there.
absl::Status EntryChanged(std::int64_t index);
absl::Status EntryMissing(std::int64_t index);

// EntryChanged() when the leaf is not the one that was recorded. Damaged texts are absent.
absl::StatusOr<Entry> CheckedEntry(storage::Connection& db, storage::EventRow row);

}  // namespace holdfast::audit
