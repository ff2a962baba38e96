// Links: what else opens an account. Not thread safe, as its connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/links.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

// Whoever opens what it leads to, one of the three, can take the account.
struct AccountLink {
  std::int64_t id = 0;
  std::int64_t account_id = 0;
  LinkKind kind = LinkKind::kRecoversThrough;
  std::optional<std::int64_t> to_account{};
  std::optional<std::int64_t> to_holder{};  // a person's own phone, login or app
  std::string outside{};                    // an identity that the vault knows nothing of; a single line
  std::int64_t linked_by = 0;
  Micros linked_at = 0;

  bool SameEnd(const AccountLink& other) const {
    return to_account == other.to_account && to_holder == other.to_holder && outside == other.outside;
  }
};

class LinkStore {
 public:
  explicit LinkStore(Connection& connection) : connection_(connection) {}

  absl::Status Insert(AccountLink& link);  // sets link.id
  absl::Status Erase(std::int64_t id);
  // By id, as all lists here.
  absl::StatusOr<std::vector<AccountLink>> Of(std::int64_t account_id);
  absl::StatusOr<std::vector<AccountLink>> ToAccount(std::int64_t account_id);
  absl::StatusOr<std::vector<AccountLink>> ToHolder(std::int64_t holder_id);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
