// Accounts: registration and change.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/custody/request.h"

namespace holdfast::custody {

inline constexpr int kDefaultTier = 2;

struct NewAccount {
  std::string name;  // id
  std::string platform;
  std::string platform_id;
  std::string handle;
  std::string url;
  std::string purpose;
  int tier = 0;  // kDefaultTier when 0
  std::string unit;
  std::string owner;  // holder id; the custodian when empty
  std::vector<std::string> backups;
  std::vector<storage::AccountDetail> details;
};
// Errors name "account_id" or "account.<field>".
absl::Status CheckNewAccount(const NewAccount& account);

// What is set is changed.
struct AccountChange {
  std::optional<std::string> platform;
  std::optional<std::string> handle;
  std::optional<std::string> url;
  std::optional<std::string> purpose;
  std::optional<int> tier;
  std::optional<std::string> unit;
  std::optional<std::string> owner;
  std::optional<std::vector<std::string>> backups;
  std::optional<std::vector<storage::AccountDetail>> details;
};
absl::Status CheckAccountChange(const AccountChange& change);

absl::StatusOr<storage::Account> CreateAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                               NewAccount account);
absl::StatusOr<storage::Account> UpdateAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                               std::string_view account, const AccountChange& change,
                                               std::string_view etag);
// Records that the actor looked the account over: who has access, what it is for.
absl::StatusOr<storage::Account> ReviewAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                               std::string_view account, std::string_view etag);
absl::StatusOr<storage::Account> ArchiveAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                                std::string_view account, std::string_view etag);

// Into use again, whatever became of its owners meanwhile: findings tell what it lacks.
absl::StatusOr<storage::Account> UnarchiveAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                                  std::string_view account, std::string_view etag);

// Errors name `field`.
absl::Status CheckDetails(std::string_view field, const std::vector<storage::AccountDetail>& details);

// FAILED_PRECONDITION, reason ACCOUNT_ARCHIVED.
absl::Status CheckNotArchived(const storage::Account& account);

// The id for a new or renamed account, or ALREADY_EXISTS: reason ALREADY_EXISTS to who knows of the account that has
// or had it, else ID_TAKEN, without a word of the account, on record. In a dry run those others are told nothing, and
// go on under a name that no account can have.
absl::StatusOr<std::string> FreeId(WriteTx& tx, const Actor& actor, policy::Action action, const std::string& wanted);

// Inserts the row with a new pseudonym.
absl::Status InsertAccount(WriteTx& tx, storage::Account& account);

}  // namespace holdfast::custody
