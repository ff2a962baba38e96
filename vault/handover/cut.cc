#include "vault/handover/cut.h"

#include <fmt/format.h>

#include "vault/base/ids.h"
#include "vault/custody/access.h"
#include "vault/custody/approving.h"
#include "vault/custody/device_end.h"
#include "vault/custody/holders.h"
#include "vault/custody/limits.h"
#include "vault/storage/key_store.h"
#include "vault/storage/setting_store.h"

namespace holdfast::handover {
namespace {

using custody::Actor;
using custody::WriteTx;

// About whoever has the account now; where nobody does, about whoever had it.
void RecordMove(WriteTx& tx, const Actor& actor, const storage::Holder& former, const storage::Handover& row,
                const PlannedAccount& planned) {
  audit::Event event;
  event.type = planned.successor.has_value() ? "handover.transfer" : "handover.revoke";
  event.actor = custody::RefTo(actor.holder);
  event.account = custody::RefTo(planned.account);
  event.subject = custody::RefTo(planned.successor.has_value() ? *planned.successor : former);
  event.texts["former-holder"] = HolderName(former.name);
  event.handover = custody::RefTo(row);
  event.rule = "handover.cut";
  tx.Record(std::move(event));
}

absl::Status MoveAccount(WriteTx& tx, const Actor& actor, const storage::Holder& leaver,
                         const PlannedAccount& planned, const storage::Handover& row) {
  if (planned.successor.has_value()) {
    HF_RETURN_IF_ERROR(custody::SetRelation(tx, planned.account.id, planned.successor->id, Relation::kOwner,
                                            fmt::format("handover {} of {}", row.name, leaver.name),
                                            actor.holder.id, &row));
  } else {
    HF_RETURN_IF_ERROR(storage::GrantStore(tx.db()).End(planned.grant.id, tx.now(), actor.holder.id));
  }
  for (const storage::Grant& grant : planned.more_grants) {
    HF_RETURN_IF_ERROR(storage::GrantStore(tx.db()).End(grant.id, tx.now(), actor.holder.id));
    HF_RETURN_IF_ERROR(custody::RecordAccessEnd(tx, grant, "it was another name of who leaves", actor.holder.id, &row));
  }
  storage::Account account = planned.account;
  account.updated_at = tx.now();
  ++account.revision;
  HF_RETURN_IF_ERROR(storage::AccountStore(tx.db()).Update(account));
  HF_RETURN_IF_ERROR(storage::HandoverStore(tx.db()).AddAccount(
      {.handover_id = row.id,
       .account_id = account.id,
       .from_relation = planned.grant.relation,
       .successor_id = planned.successor.has_value() ? std::optional(planned.successor->id) : std::nullopt,
       .chosen_by = planned.chosen_by}));
  HF_ASSIGN_OR_RETURN(const storage::Holder former, custody::LoadHolder(tx, planned.grant.holder_id));
  RecordMove(tx, actor, former, row, planned);
  return absl::OkStatus();
}

// What an identity handed out or could still be used through: strings for and by it, devices enrolled with its
// strings for which nobody else has vouched, what it asked for; and its own devices.
absl::Status EndAll(WriteTx& tx, const Actor& actor, storage::Holder& holder, const storage::Handover& row) {
  storage::KeyStore keys(tx.db());
  HF_RETURN_IF_ERROR(custody::VoidStrings(tx, holder));
  HF_RETURN_IF_ERROR(custody::WithdrawAll(tx, actor, holder, row));
  HF_ASSIGN_OR_RETURN(auto issued, keys.UnconfirmedIssuedBy(holder.id));
  HF_RETURN_IF_ERROR(custody::EndDevices(tx, actor, std::move(issued), "handover.cut", &row));
  HF_ASSIGN_OR_RETURN(auto own, keys.ByHolder(holder.id));
  HF_RETURN_IF_ERROR(custody::EndDevices(tx, actor, std::move(own), "handover.cut", &row));
  // The same status, for good: a suspension that would lapse lapses no more.
  return custody::SetStatus(tx, holder, holder.status);
}

absl::Status EndOpenEnds(WriteTx& tx, const Actor& actor, const storage::Holder& leaver,
                         const storage::Handover& row) {
  HF_ASSIGN_OR_RETURN(const auto frozen, storage::HandoverStore(tx.db()).Freezes(row.id));
  for (const storage::HandoverFreeze& one : frozen) {
    HF_ASSIGN_OR_RETURN(storage::Holder holder, custody::LoadHolder(tx, one.holder_id));
    // A workflow that somebody else answers for since lost its keys with that change.
    if (holder.person == leaver.person) HF_RETURN_IF_ERROR(EndAll(tx, actor, holder, row));
  }
  return absl::OkStatus();
}

// The status alone, with the one before.
absl::Status FreezeOne(WriteTx& tx, const Actor& actor, storage::Holder& holder, const storage::Handover& row,
                       HolderStatus status) {
  HF_RETURN_IF_ERROR(storage::HandoverStore(tx.db()).AddFreeze(
      {.handover_id = row.id, .holder_id = holder.id, .status_before = holder.status}));
  if (holder.status == status) return absl::OkStatus();
  HF_RETURN_IF_ERROR(custody::WriteStatus(tx, holder, status));
  if (holder.id == row.leaver_id) return absl::OkStatus();
  audit::Event event;
  event.type = "handover.suspend";
  event.actor = custody::RefTo(actor.holder);
  event.subject = custody::RefTo(holder);
  event.handover = custody::RefTo(row);
  event.rule = holder.kind == HolderKind::kPerson ? "handover.same-person" : "handover.workflow";
  tx.Record(std::move(event));
  return absl::OkStatus();
}

}  // namespace

absl::Status Freeze(WriteTx& tx, const Actor& actor, const storage::Holder& leaver,
                    const storage::Handover& row) {
  HF_ASSIGN_OR_RETURN(auto identities, storage::HolderStore(tx.db()).ByPerson(leaver.person));
  for (storage::Holder& one : identities) {
    if (one.status == HolderStatus::kLeft) continue;
    HF_RETURN_IF_ERROR(FreezeOne(tx, actor, one, row,
                                 one.id == leaver.id ? HolderStatus::kLeaving : HolderStatus::kSuspended));
  }
  return absl::OkStatus();
}

absl::Status Unfreeze(WriteTx& tx, const storage::Handover& row) {
  HF_ASSIGN_OR_RETURN(const auto frozen, storage::HandoverStore(tx.db()).Freezes(row.id));
  for (const storage::HandoverFreeze& one : frozen) {
    if (one.lifted_at.has_value()) continue;
    HF_ASSIGN_OR_RETURN(storage::Holder holder, custody::LoadHolder(tx, one.holder_id));
    HF_RETURN_IF_ERROR(storage::HandoverStore(tx.db()).LiftFreezes(holder.id, tx.now()));
    if (holder.status == one.status_before) continue;
    HF_RETURN_IF_ERROR(custody::WriteStatus(tx, holder, one.status_before));
  }
  return absl::OkStatus();
}

absl::Status Cut(WriteTx& tx, const Actor& actor, const storage::Holder& leaver, const Plan& plan,
                 storage::Handover& row) {
  HF_RETURN_IF_ERROR(EndOpenEnds(tx, actor, leaver, row));
  for (const PlannedAccount& planned : plan.accounts)
    HF_RETURN_IF_ERROR(MoveAccount(tx, actor, leaver, planned, row));
  if (plan.moves_custodian && row.named_successor.has_value()) {
    HF_ASSIGN_OR_RETURN(const storage::Holder successor, custody::LoadHolder(tx, *row.named_successor));
    HF_RETURN_IF_ERROR(storage::SettingStore(tx.db()).Set("custodian", successor.name));
    audit::Event event;
    event.type = "vault.set-custodian";
    event.actor = custody::RefTo(actor.holder);
    event.subject = custody::RefTo(successor);
    event.handover = custody::RefTo(row);
    event.rule = "handover.cut";
    event.texts = {{"custodian", HolderName(successor.name)}, {"former-custodian", HolderName(leaver.name)}};
    tx.Record(std::move(event));
  }
  storage::HandoverStore cases(tx.db());
  for (const std::int64_t secret_id : plan.secrets) HF_RETURN_IF_ERROR(cases.AddTask(row.id, secret_id));
  for (const PlannedAccount& planned : plan.accounts) {
    HF_ASSIGN_OR_RETURN(const custody::OwnersLack lack, custody::OwnersLacking(tx, planned.account));
    if (lack.active > 0 || lack.standing > 0)
      HF_RETURN_IF_ERROR(cases.AddOwnersTask(row.id, planned.account.id));
  }
  row.state = storage::HandoverState::kCut;
  row.cut_at = tx.now();
  ++row.revision;
  return cases.Update(row);
}

}  // namespace holdfast::handover
