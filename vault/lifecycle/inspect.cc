#include "vault/lifecycle/inspect.h"

#include <fmt/format.h>

#include "vault/custody/policies.h"
#include "vault/evidence/tree.h"

namespace holdfast::lifecycle {

absl::StatusOr<Contents> Inspect(storage::Connection& db, const custody::Keys& keys) {
  HF_RETURN_IF_ERROR(db.CheckPages());
  HF_ASSIGN_OR_RETURN(const audit::Log log, audit::Log::Load(db, keys.state_mac));
  db.set_row_hash(custody::StateRowHash(keys.state_mac));
  HF_ASSIGN_OR_RETURN(const storage::StateSum sum, db.RecomputeStateSum());
  HF_RETURN_IF_ERROR(log.CheckState(db, sum));
  db.set_state_sum(sum);
  HF_RETURN_IF_ERROR(custody::Policies().Active(db).status());
  return Contents{.log = {.origin = keys.checkpoint_verifier.name,
                          .size = log.tip().edge.size(),
                          .root = log.tip().edge.Root()},
                  .last_event = log.tip().last_time};
}

absl::Status CheckAgrees(storage::Connection& db, const Contents& contents, const evidence::Checkpoint& known,
                         std::string_view what) {
  if (known.size > contents.log.size) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const evidence::Hash root, evidence::RootAt(known.size, audit::StoredHashes(db)));
  if (root == known.root) return absl::OkStatus();
  return MakeError(absl::StatusCode::kDataLoss, "OTHER_LOG",
                   fmt::format("{} is signed over {} other entries than the log has: its history was changed, or one "
                               "of the two is not this vault's",
                               what, known.size));
}

}  // namespace holdfast::lifecycle
