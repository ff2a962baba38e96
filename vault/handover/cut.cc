#include "vault/handover/cut.h"

#include <fmt/format.h>

#include "vault/base/ids.h"
#include "vault/custody/access.h"
#include "vault/custody/holders.h"
#include "vault/storage/key_store.h"
#include "vault/storage/setting_store.h"

namespace holdfast::handover {
namespace {

using custody::Actor;
using custody::WriteTx;

void RecordMove(WriteTx& tx, const Actor& actor, const storage::Handover& row, const PlannedAccount& planned) {
  audit::Event event;
  event.type = planned.successor.has_value() ? "handover.transfer" : "handover.revoke";
  event.actor = custody::RefTo(actor.holder);
  event.account = custody::RefTo(planned.account);
  if (planned.successor.has_value()) event.subject = custody::RefTo(*planned.successor);
  event.handover = custody::RefTo(row);
  event.rule = "handover.cut";
  tx.Record(std::move(event));
}

absl::Status MoveAccount(WriteTx& tx, const Actor& actor, const storage::Holder& leaver, const PlannedAccount& planned,
                         const storage::Handover& row) {
  if (planned.successor.has_value()) {
    HF_RETURN_IF_ERROR(custody::SetRelation(tx, planned.account.id, planned.successor->id, Relation::kOwner,
                                            fmt::format("handover {} of {}", row.name, leaver.name), actor.holder.id));
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

// The leaver's own keys, and unconfirmed ones enrolled with strings that the leaver handed out: nobody but the leaver
// has vouched for those.
absl::Status RevokeKeys(WriteTx& tx, const storage::Holder& leaver) {
  storage::KeyStore keys(tx.db());
  HF_ASSIGN_OR_RETURN(auto doomed, keys.ByHolder(leaver.id));
  HF_ASSIGN_OR_RETURN(const auto issued, keys.UnconfirmedIssuedBy(leaver.id));
  doomed.insert(doomed.end(), issued.begin(), issued.end());
  for (storage::DeviceKey& key : doomed) {
    if (key.state == KeyState::kRevoked) continue;
    key.state = KeyState::kRevoked;
    key.revoked_at = tx.now();
    HF_RETURN_IF_ERROR(keys.Update(key));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Freeze(WriteTx& tx, storage::Holder& leaver) {
  HF_RETURN_IF_ERROR(custody::SetStatus(tx, leaver, HolderStatus::kLeaving));
  storage::KeyStore keys(tx.db());
  HF_RETURN_IF_ERROR(keys.VoidOpenEnrollments(leaver.id, tx.now()));
  return keys.VoidEnrollmentsIssuedBy(leaver.id, tx.now());
}

absl::Status Cut(WriteTx& tx, const Actor& actor, const storage::Holder& leaver, const Plan& plan,
                 storage::Handover& row) {
  for (const PlannedAccount& planned : plan.accounts)
    HF_RETURN_IF_ERROR(MoveAccount(tx, actor, leaver, planned, row));
  HF_RETURN_IF_ERROR(RevokeKeys(tx, leaver));
  if (plan.moves_custodian && row.named_successor.has_value()) {
    HF_ASSIGN_OR_RETURN(const storage::Holder successor, custody::LoadHolder(tx, *row.named_successor));
    HF_RETURN_IF_ERROR(storage::SettingStore(tx.db()).Set("custodian", successor.name));
  }
  storage::HandoverStore cases(tx.db());
  for (const storage::SeenSecret& seen : plan.secrets) {
    storage::HandoverTask task{.handover_id = row.id, .secret_id = seen.secret_id};
    HF_RETURN_IF_ERROR(cases.AddTask(task));
  }
  row.state = storage::HandoverState::kCut;
  row.cut_at = tx.now();
  ++row.revision;
  return cases.Update(row);
}

}  // namespace holdfast::handover
