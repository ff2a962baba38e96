// The tables of a vault: all STRICT, with their foreign keys, value ranges and uniqueness, and the triggers
// that keep the state digest.
#pragma once

#include <cstdint>
#include <string_view>

#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

inline constexpr std::int64_t kSchemaVersion = 1;  // PRAGMA user_version

// Creates everything in an empty database, in one transaction.
absl::Status CreateSchema(Connection& connection);

// Adds every row of one of kStateTables to the connection's state sum.
absl::Status AddTableToState(Connection& connection, std::string_view table);

}  // namespace holdfast::storage
