// The whole database as it lies in its file, checked before anything is decided by it.
//
// A page's MAC says which page it is and not how old, so what opens a vault cannot be taken for what was
// written last. Rows are held against the digest in the log, and the log against its tree and anchor
// (audit/log.h); here is what these rest on: that the pages form the trees they say, and that indexes show the
// rows that the tables hold.
#pragma once

#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

struct StructureCheck {
  bool indexes_agree = true;  // false: an index shows other rows than its table holds
};

// Reads every page. DATA_LOSS, reason DATABASE_DAMAGED, when a page is out of place (in two trees, in a tree and
// free, its rows out of order), or when the schema is not the one that this program makes. Outside a transaction.
absl::StatusOr<StructureCheck> CheckStructure(Connection& writer);

// Makes all indexes anew from the tables, and checks again. REQUIRES: the rows were found to be right.
absl::Status RebuildIndexes(Connection& writer);

}  // namespace holdfast::storage
