#include "vault/handover/freeze_limit.h"

#include "vault/base/ids.h"
#include "vault/storage/handover_store.h"

namespace holdfast::handover {

absl::Status CheckFreezeLimit(custody::WriteTx& tx, const custody::Actor& actor) {
  if (actor.holder.kind != HolderKind::kWorkflow) return absl::OkStatus();
  const int limit = tx.policy().bundle.document().handover.freezes_a_day;
  HF_ASSIGN_OR_RETURN(const std::int64_t today, storage::HandoverStore(tx.db()).CountStartedBy(
                                                    actor.holder.id, tx.now() - kDay));
  if (today < limit) return absl::OkStatus();
  const custody::Target target{.texts = {{"workflow", HolderName(actor.holder.name)},
                                         {"frozen-today", std::to_string(today)},
                                         {"reason", actor.request.reason}}};
  HF_ASSIGN_OR_RETURN(const auto permit,
                      custody::Authorize(tx, actor, policy::Action::kHandoverStartMany, target));
  tx.Record(custody::EventFor(actor, policy::Action::kHandoverStartMany, target, permit));
  return absl::OkStatus();
}

}  // namespace holdfast::handover
