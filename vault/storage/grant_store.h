// Grants: a holder's relation to an account. A grant is live while nobody ended it and its expiry is not
// reached. The schema keeps one unended grant per account and holder, and one unended owner per account. Not
// thread safe, as its connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/base/vocabulary.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

using holdfast::Relation;

struct Grant {
  std::int64_t id = 0;
  std::int64_t account_id = 0;
  std::int64_t holder_id = 0;
  Relation relation = Relation::kGrantee;
  std::string reason{};
  std::optional<std::int64_t> granted_by{};
  Micros created_at = 0;
  std::optional<Micros> expires_at{};
  std::optional<Micros> ended_at{};
  std::optional<std::int64_t> ended_by{};
};

struct GrantFilter {
  std::optional<std::int64_t> account_id{};
  std::optional<std::int64_t> holder_id{};
};

class GrantStore {
 public:
  explicit GrantStore(Connection& connection) : connection_(connection) {}

  // Sets grant.id. ALREADY_EXISTS (reason CONSTRAINT) when an unended grant stands in the way; end
  // what Lapsed() gives first: one that ran out still counts as unended.
  absl::Status Insert(Grant& grant);
  absl::StatusOr<std::optional<Grant>> ById(std::int64_t id);
  // NOT_FOUND (reason ROW_MISSING) when it has ended before.
  absl::Status End(std::int64_t id, Micros now, std::optional<std::int64_t> by);
  // Those that ran out and were not ended yet.
  absl::StatusOr<std::vector<Grant>> Lapsed(Micros now);
  // All that the holder ever had of the account, oldest first.
  absl::StatusOr<std::vector<Grant>> AllOf(std::int64_t account_id, std::int64_t holder_id);

  // Live grants only.
  absl::StatusOr<std::optional<Grant>> Live(std::int64_t account_id, std::int64_t holder_id, Micros now);
  absl::StatusOr<std::vector<Grant>> LiveByAccount(std::int64_t account_id, Micros now);
  absl::StatusOr<std::vector<Grant>> LiveByHolder(std::int64_t holder_id, Micros now);
  absl::StatusOr<std::vector<Grant>> List(const GrantFilter& filter, Micros now, std::int64_t after_id,
                                          int limit);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
