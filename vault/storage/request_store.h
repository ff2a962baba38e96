// Requests already carried out, so that a repeat has no second effect: a keyed hash of the body and the
// name of the result, never content. Not thread safe, as its connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

struct DoneRequest {
  Bytes body_mac{};
  std::string result{};
};

class RequestStore {
 public:
  explicit RequestStore(Connection& connection) : connection_(connection) {}

  absl::StatusOr<std::optional<DoneRequest>> Get(std::int64_t holder_id, std::string_view method,
                                                 std::string_view request_id);
  absl::Status Put(std::int64_t holder_id, std::string_view method, std::string_view request_id,
                   const DoneRequest& done, Micros now);
  // Forgets at most `limit` requests made before `older_than`, oldest first; returns how many.
  absl::StatusOr<std::int64_t> Prune(Micros older_than, int limit);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
