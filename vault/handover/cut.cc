#include "vault/handover/cut.h"

#include <fmt/format.h>

#include "vault/base/ids.h"
#include "vault/custody/access.h"
#include "vault/custody/approving.h"
#include "vault/custody/holders.h"
#include "vault/storage/key_store.h"
#include "vault/storage/setting_store.h"

namespace holdfast::handover {
namespace {

using custody::Actor;
using custody::WriteTx;

void RecordMove(WriteTx& tx, const Actor& actor, const storage::Handover& row,
                const PlannedAccount& planned) {
  audit::Event event;
  event.type = planned.successor.has_value() ? "handover.transfer" : "handover.revoke";
  event.actor = custody::RefTo(actor.holder);
  event.account = custody::RefTo(planned.account);
  if (planned.successor.has_value()) event.subject = custody::RefTo(*planned.successor);
  event.handover = custody::RefTo(row);
  event.rule = "handover.cut";
  tx.Record(std::move(event));
}

absl::Status MoveAccount(WriteTx& tx, const Actor& actor, const storage::Holder& leaver,
                         const PlannedAccount& planned, const storage::Handover& row) {
  if (planned.successor.has_value()) {
    HF_RETURN_IF_ERROR(custody::SetRelation(tx, planned.account.id, planned.successor->id, Relation::kOwner,
                                            fmt::format("handover {} of {}", row.name, leaver.name),
                                            actor.holder.id));
  } else {
    HF_RETURN_IF_ERROR(storage::GrantStore(tx.db()).End(planned.grant.id, tx.now(), actor.holder.id));
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
  RecordMove(tx, actor, row, planned);
  return absl::OkStatus();
}

// Keys of the holder, or unconfirmed ones enrolled with strings that the holder handed out: nobody else has
// vouched for those.
absl::Status Revoke(WriteTx& tx, std::int64_t holder_id, bool own) {
  storage::KeyStore keys(tx.db());
  HF_ASSIGN_OR_RETURN(auto doomed, own ? keys.ByHolder(holder_id) : keys.UnconfirmedIssuedBy(holder_id));
  for (storage::DeviceKey& key : doomed) {
    if (key.state == KeyState::kRevoked) continue;
    key.state = KeyState::kRevoked;
    key.revoked_at = tx.now();
    HF_RETURN_IF_ERROR(keys.Update(key));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Freeze(WriteTx& tx, const Actor& actor, storage::Holder& leaver, const storage::Handover& row) {
  HF_RETURN_IF_ERROR(custody::SetStatus(tx, leaver, HolderStatus::kLeaving));
  HF_RETURN_IF_ERROR(custody::VoidStrings(tx, leaver));
  HF_RETURN_IF_ERROR(custody::WithdrawAll(tx, actor, leaver, row));
  HF_RETURN_IF_ERROR(Revoke(tx, leaver.id, /*own=*/false));
  HF_ASSIGN_OR_RETURN(auto others, storage::HolderStore(tx.db()).ByPerson(leaver.person));
  for (storage::Holder& other : others) {
    if (other.kind != HolderKind::kPerson || other.status != HolderStatus::kActive) continue;
    HF_RETURN_IF_ERROR(custody::SetStatus(tx, other, HolderStatus::kSuspended));
    HF_RETURN_IF_ERROR(custody::VoidStrings(tx, other));
    HF_RETURN_IF_ERROR(custody::WithdrawAll(tx, actor, other, row));
    audit::Event event;
    event.type = "handover.suspend";
    event.actor = custody::RefTo(actor.holder);
    event.subject = custody::RefTo(other);
    event.handover = custody::RefTo(row);
    event.rule = "handover.same-person";
    tx.Record(std::move(event));
  }
  return absl::OkStatus();
}

absl::Status Cut(WriteTx& tx, const Actor& actor, const storage::Holder& leaver, const Plan& plan,
                 storage::Handover& row) {
  for (const PlannedAccount& planned : plan.accounts)
    HF_RETURN_IF_ERROR(MoveAccount(tx, actor, leaver, planned, row));
  HF_RETURN_IF_ERROR(Revoke(tx, leaver.id, /*own=*/true));
  if (plan.moves_custodian && row.named_successor.has_value()) {
    HF_ASSIGN_OR_RETURN(const storage::Holder successor, custody::LoadHolder(tx, *row.named_successor));
    HF_RETURN_IF_ERROR(storage::SettingStore(tx.db()).Set("custodian", successor.name));
  }
  storage::HandoverStore cases(tx.db());
  for (const std::int64_t secret_id : plan.secrets) {
    storage::HandoverTask task{.handover_id = row.id, .secret_id = secret_id};
    HF_RETURN_IF_ERROR(cases.AddTask(task));
  }
  row.state = storage::HandoverState::kCut;
  row.cut_at = tx.now();
  ++row.revision;
  return cases.Update(row);
}

}  // namespace holdfast::handover
