#include "vault/rpc/update_mask.h"

#include "vault/base/ids.h"
#include "vault/custody/platform.h"
#include "vault/rpc/enums.h"

namespace holdfast::rpc {
namespace {

absl::Status Apply(const std::string& path, const v1::Account& account, custody::AccountChange& change) {
  if (path == "platform") {
    change.platform = custody::PlatformFor(account.platform());
  } else if (path == "handle") {
    change.handle = account.handle();
  } else if (path == "url") {
    change.url = account.url();
  } else if (path == "purpose") {
    change.purpose = account.purpose();
  } else if (path == "tier") {
    change.tier = account.tier();
  } else if (path == "unit") {
    change.unit = account.unit();
  } else if (path == "owner") {
    HF_ASSIGN_OR_RETURN(change.owner, ParseName("holders", account.owner(), "account.owner"));
  } else if (path == "backups") {
    HF_ASSIGN_OR_RETURN(change.backups, ParseBackups(account));
  } else if (path == "details") {
    change.details = DetailsOf(account.details());
  } else {
    return InvalidField("update_mask",
                        "may name platform, handle, url, purpose, tier, unit, owner, backups and details");
  }
  return absl::OkStatus();
}

absl::Status Apply(const std::string& path, const v1::Holder& holder, custody::HolderChange& change) {
  if (path == "display_name") {
    change.display_name = holder.display_name();
  } else if (path == "qualifications") {
    change.qualifications.emplace(holder.qualifications().begin(), holder.qualifications().end());
  } else if (path == "roles") {
    HF_ASSIGN_OR_RETURN(change.roles, RolesFromProto(holder.roles(), "holder.roles"));
  } else if (path == "person") {
    change.person = holder.person();
  } else {
    return InvalidField("update_mask", "may name display_name, qualifications, roles and person");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseBackups(const v1::Account& account) {
  std::vector<std::string> backups;
  for (const std::string& name : account.backups()) {
    HF_ASSIGN_OR_RETURN(std::string backup, ParseName("holders", name, "account.backups"));
    backups.push_back(std::move(backup));
  }
  return backups;
}

std::vector<storage::AccountDetail> DetailsOf(
    const google::protobuf::RepeatedPtrField<v1::AccountDetail>& messages) {
  std::vector<storage::AccountDetail> details;
  for (const v1::AccountDetail& message : messages)
    details.push_back({.name = message.name(), .value = message.value()});
  return details;
}

absl::StatusOr<custody::AccountChange> ChangeOf(const v1::UpdateAccountRequest& message) {
  if (message.update_mask().paths().empty()) return InvalidField("update_mask", "must name what to change");
  custody::AccountChange change;
  for (const std::string& path : message.update_mask().paths())
    HF_RETURN_IF_ERROR(Apply(path, message.account(), change));
  HF_RETURN_IF_ERROR(custody::CheckAccountChange(change));
  return change;
}

absl::StatusOr<custody::HolderChange> ChangeOf(const v1::UpdateHolderRequest& message) {
  if (message.update_mask().paths().empty()) return InvalidField("update_mask", "must name what to change");
  custody::HolderChange change;
  for (const std::string& path : message.update_mask().paths())
    HF_RETURN_IF_ERROR(Apply(path, message.holder(), change));
  HF_RETURN_IF_ERROR(custody::CheckHolderChange(change));
  return change;
}

}  // namespace holdfast::rpc
