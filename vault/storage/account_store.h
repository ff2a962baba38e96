// Accounts: official logins on platforms. Not thread safe, as its connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/base/vocabulary.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

using holdfast::AccountState;

// Single lines without control characters.
struct AccountDetail {
  std::string name{};
  std::string value{};
  bool operator==(const AccountDetail&) const = default;
};

struct Account {
  std::int64_t id = 0;
  std::string name{};
  Bytes pseudonym{};
  std::string platform{};
  std::string platform_id{};
  std::string handle{};
  std::string url{};
  std::string purpose{};
  int tier = 0;  // 1 is highest
  std::string unit{};
  AccountState state = AccountState::kActive;
  // Where an import took it from; all empty otherwise.
  std::string source{};
  std::string source_id{};
  std::string source_group{};
  std::string source_title{};
  std::string source_username{};
  std::string source_url{};
  Micros created_at = 0;
  Micros updated_at = 0;
  std::int64_t revision = 1;
  Micros reviewed_at = 0;  // when somebody last looked it over; its creation counts
  std::optional<std::int64_t> reviewed_by{};
  std::vector<AccountDetail> details{};
};

class AccountStore {
 public:
  explicit AccountStore(Connection& connection) : connection_(connection) {}

  absl::Status Insert(Account& account);  // sets account.id
  absl::StatusOr<std::optional<Account>> ById(std::int64_t id);
  absl::StatusOr<std::optional<Account>> ByName(std::string_view name);
  // The account that had this name once.
  absl::StatusOr<std::optional<Account>> ByFormerName(std::string_view name);
  // True when an account has the name or had it once: such a name is never given again.
  absl::StatusOr<bool> IsTaken(std::string_view name);
  // Writes name, updated_at and revision, and keeps the former name.
  absl::Status Rename(const Account& account, std::string_view former);
  // Writes everything but id, name (see Rename), pseudonym, platform_id and created_at: those never change.
  absl::Status Update(const Account& account);
  absl::StatusOr<std::vector<Account>> List(bool include_archived, std::int64_t after_id, int limit);
  // The accounts of an import: by the source's own id, and by what a person sees there (not unique).
  absl::StatusOr<std::optional<Account>> BySourceId(std::string_view source, std::string_view source_id);
  absl::StatusOr<std::vector<Account>> BySourceKey(std::string_view group, std::string_view title,
                                                   std::string_view username, std::string_view url);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
