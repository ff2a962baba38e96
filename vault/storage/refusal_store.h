// Values that were refused because somebody knows them: what an hour's limit counts. Not thread safe, as its
// connection.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

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
  // Hashes of the values refused after `since`, each with the last time.
  absl::StatusOr<std::map<Bytes, Micros>> Values(std::int64_t secret_id, Micros since);
  absl::StatusOr<std::vector<Micros>> TimesBy(std::int64_t secret_id, std::int64_t holder_id, Micros since);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
