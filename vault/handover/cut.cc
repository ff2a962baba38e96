#include "vault/handover/cut.h"

#include <fmt/format.h>

#include "vault/base/ids.h"
#include "vault/custody/access.h"
#include "vault/custody/approving.h"
#include "vault/custody/device_end.h"
#include "vault/custody/holders.h"
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

// What an identity handed out or could still be used through: strings for and by it, unconfirmed devices of
// its own and those enrolled with its strings, for which nobody else has vouched; and what it asked for.
absl::Status EndOpenEnds(WriteTx& tx, const Actor& actor, const storage::Holder& holder,
                         const storage::Handover& row) {
  storage::KeyStore keys(tx.db());
  HF_RETURN_IF_ERROR(custody::VoidStrings(tx, holder));
  HF_RETURN_IF_ERROR(custody::WithdrawAll(tx, actor, holder, row));
  HF_ASSIGN_OR_RETURN(auto issued, keys.UnconfirmedIssuedBy(holder.id));
  HF_RETURN_IF_ERROR(custody::EndDevices(tx, actor, std::move(issued), "handover.freeze", &row));
  HF_ASSIGN_OR_RETURN(auto own, keys.ByHolder(holder.id));
  std::erase_if(own, [](const storage::DeviceKey& key) { return key.state != KeyState::kUnconfirmed; });
  return custody::EndDevices(tx, actor, std::move(own), "handover.freeze", &row);
}

absl::Status Suspend(WriteTx& tx, const Actor& actor, storage::Holder& other, const storage::Handover& row,
                     std::string_view rule) {
  HF_RETURN_IF_ERROR(EndOpenEnds(tx, actor, other, row));
  if (other.status == HolderStatus::kLeft) return absl::OkStatus();
  const bool was_active = other.status == HolderStatus::kActive;
  // Again for who is suspended: a suspension that would end by itself ends no more.
  HF_RETURN_IF_ERROR(custody::SetStatus(tx, other, HolderStatus::kSuspended));
  if (!was_active) return absl::OkStatus();
  audit::Event event;
  event.type = "handover.suspend";
  event.actor = custody::RefTo(actor.holder);
  event.subject = custody::RefTo(other);
  event.handover = custody::RefTo(row);
  event.rule = rule;
  tx.Record(std::move(event));
  return absl::OkStatus();
}

}  // namespace

absl::Status Freeze(WriteTx& tx, const Actor& actor, storage::Holder& leaver, const storage::Handover& row) {
  HF_RETURN_IF_ERROR(custody::SetStatus(tx, leaver, HolderStatus::kLeaving));
  HF_RETURN_IF_ERROR(EndOpenEnds(tx, actor, leaver, row));
  HF_ASSIGN_OR_RETURN(auto identities, IdentitiesOf(tx, leaver.person));
  for (storage::Holder& other : identities) {
    if (other.id == leaver.id) continue;
    HF_RETURN_IF_ERROR(Suspend(tx, actor, other, row, "handover.same-person"));
  }
  HF_ASSIGN_OR_RETURN(auto workflows, WorkflowsOf(tx, leaver.person));
  for (storage::Holder& workflow : workflows)
    HF_RETURN_IF_ERROR(Suspend(tx, actor, workflow, row, "handover.workflow"));
  return absl::OkStatus();
}

absl::Status Cut(WriteTx& tx, const Actor& actor, const storage::Holder& leaver, const Plan& plan,
                 storage::Handover& row) {
  for (const PlannedAccount& planned : plan.accounts)
    HF_RETURN_IF_ERROR(MoveAccount(tx, actor, leaver, planned, row));
  // Whoever answers for a workflow could copy its key.
  HF_ASSIGN_OR_RETURN(const auto holders, storage::HolderStore(tx.db()).ByPerson(leaver.person));
  for (const storage::Holder& holder : holders) {
    HF_ASSIGN_OR_RETURN(auto keys, storage::KeyStore(tx.db()).ByHolder(holder.id));
    HF_RETURN_IF_ERROR(custody::EndDevices(tx, actor, std::move(keys), "handover.cut", &row));
  }
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
  row.state = storage::HandoverState::kCut;
  row.cut_at = tx.now();
  ++row.revision;
  return cases.Update(row);
}

}  // namespace holdfast::handover
