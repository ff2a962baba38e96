// Policies that were staged, as the exact text that was handed in; the one in force is named by a setting.
// Not thread safe, as its connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

struct PolicyRow {
  std::int64_t id = 0;
  Bytes sha256{};  // of the source
  std::string source{};
  std::optional<std::int64_t> staged_by{};  // nobody: the vault's first
  Micros staged_at = 0;
  std::optional<std::int64_t> activated_by{};
  std::optional<Micros> activated_at{};  // once at most
};

class PolicyStore {
 public:
  explicit PolicyStore(Connection& connection) : connection_(connection) {}

  absl::Status Insert(PolicyRow& row);  // sets row.id
  absl::StatusOr<std::optional<PolicyRow>> ById(std::int64_t id);
  absl::Status Update(const PolicyRow& row);  // writes activated_by and activated_at
  // Without their texts: `source` is empty where there is none any more, and one character otherwise.
  absl::StatusOr<std::vector<PolicyRow>> List(std::int64_t after_id, int limit);
  // Empties the source of all that were never in force but the newest `kept` of them.
  absl::Status DropSources(int kept);

  // The id of the one in force. DATA_LOSS, reason DATABASE_DAMAGED, when there is none.
  absl::StatusOr<std::int64_t> Active();
  absl::Status SetActive(std::int64_t id);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
