// The stored hashes of the Merkle tree, by dense position from 0. Not thread safe, as its connection.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

using TreeHash = std::array<std::uint8_t, 32>;

class TreeStore {
 public:
  explicit TreeStore(Connection& connection) : connection_(connection) {}

  absl::Status Append(std::int64_t first_position, const std::vector<TreeHash>& hashes);
  // DATA_LOSS (reason DATABASE_DAMAGED) when there is no hash of 32 bytes at the position.
  absl::StatusOr<TreeHash> Read(std::int64_t position);
  absl::StatusOr<std::int64_t> Count();  // the last position + 1

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
