// The change that an update asks for: what its mask names, and nothing else. Thread safe.
#pragma once

#include "holdfast/v1/account_service.pb.h"
#include "holdfast/v1/holder_service.pb.h"
#include "vault/custody/accounts.h"
#include "vault/custody/holders.h"

namespace holdfast::rpc {

// Checked. A mask that is empty, or names something unknown or immutable, is an error of "update_mask".
absl::StatusOr<custody::AccountChange> ChangeOf(const v1::UpdateAccountRequest& message);
absl::StatusOr<custody::HolderChange> ChangeOf(const v1::UpdateHolderRequest& message);

// "holders/bob" ... as ids. Errors name "account.backups".
absl::StatusOr<std::vector<std::string>> ParseBackups(const v1::Account& account);
// Unchecked.
std::vector<storage::AccountDetail> DetailsOf(
    const google::protobuf::RepeatedPtrField<v1::AccountDetail>& messages);

}  // namespace holdfast::rpc
