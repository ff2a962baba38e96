// Values that were refused because somebody knows them: what an hour's limit counts. Not thread safe, as its
// connection.
#pragma once

#include <cstdint>
#include <set>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

class RefusalStore {
 public:
  explicit RefusalStore(Connection& connection) : connection_(connection) {}

  // Forgets those that are more than a day old.
  absl::Status Add(std::int64_t secret_id, std::int64_t holder_id, ByteView hash, Micros now);
  // Hashes of the values refused after `since`.
  absl::StatusOr<std::set<Bytes>> Values(std::int64_t secret_id, Micros since);
  absl::StatusOr<std::int64_t> CountBy(std::int64_t secret_id, std::int64_t holder_id, Micros since);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
