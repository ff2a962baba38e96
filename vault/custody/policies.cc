#include "vault/custody/policies.h"

#include "vault/policy/parse.h"

namespace holdfast::custody {

absl::StatusOr<std::shared_ptr<const Policy>> Policies::Active(storage::Connection& db) {
  storage::PolicyStore store(db);
  HF_ASSIGN_OR_RETURN(const std::int64_t id, store.Active());
  const std::lock_guard lock(mutex_);
  if (newest_ != nullptr && newest_->id == id) return newest_;
  HF_ASSIGN_OR_RETURN(const auto row, store.ById(id));
  if (row.has_value()) {
    const crypto::Digest sha256 = crypto::Sha256(AsBytes(row->source));
    policy::Parsed parsed = policy::Parse(row->source);
    if (ToBytes(sha256) == row->sha256 && parsed.problems.empty()) {
      newest_ = std::make_shared<const Policy>(id, sha256, std::move(parsed.document));
      return newest_;
    }
  }
  return MakeError(absl::StatusCode::kDataLoss, "POLICY_DAMAGED", "the policy in force cannot be read");
}

}  // namespace holdfast::custody
