// The organisational custodian: who takes over what has no other successor.
#include <fmt/format.h>

#include "vault/base/ids.h"
#include "vault/custody/access.h"
#include "vault/storage/setting_store.h"

namespace holdfast::custody {
namespace {

using policy::Action;

constexpr std::string_view kSetting = "custodian";

}  // namespace

absl::StatusOr<storage::Holder> Custodian(Tx& tx) {
  HF_ASSIGN_OR_RETURN(const auto name, storage::SettingStore(tx.db()).Get(kSetting));
  return FindHolder(tx, name.value_or(""));
}

absl::StatusOr<storage::Holder> SetCustodian(WriteTx& tx, const Actor& actor, const Request& request,
                                             std::string_view name) {
  HF_ASSIGN_OR_RETURN(const storage::Holder holder,
                      FindHolderIn(tx, actor, "holder", name, Action::kVaultSetCustodian));
  HF_ASSIGN_OR_RETURN(const storage::Holder former, Custodian(tx));
  const Target target{.subject = &holder,
                      .texts = {{"reason", request.reason},
                                {"custodian", HolderName(holder.name)},
                                {"former-custodian", HolderName(former.name)}}};
  HF_RETURN_IF_ERROR(AuthorizeToWait(tx, actor, Action::kVaultSetCustodian, target).status());
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return holder;
  // Nobody is asked to approve what cannot be done.
  HF_RETURN_IF_ERROR(FindAccessHolder(tx, holder.name, "holder").status());
  if (holder.kind != HolderKind::kPerson) return InvalidField("holder", "must be a person, not a workflow");
  if (holder.id == former.id)
    return MakeError(absl::StatusCode::kFailedPrecondition, "ALREADY_CUSTODIAN",
                     fmt::format("{} is the custodian already", holder.name));
  HF_ASSIGN_OR_RETURN(const auto decision, Authorize(tx, actor, Action::kVaultSetCustodian, target));
  HF_RETURN_IF_ERROR(storage::SettingStore(tx.db()).Set(kSetting, holder.name));
  tx.Record(EventFor(actor, Action::kVaultSetCustodian, target, decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, holder.name));
  return holder;
}

}  // namespace holdfast::custody
