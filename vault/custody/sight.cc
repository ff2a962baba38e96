#include "vault/custody/sight.h"

namespace holdfast::custody {

absl::StatusOr<bool> Sight::Sees(std::optional<std::int64_t> account_id,
                                 std::optional<std::int64_t> holder_id) {
  const auto pair = std::pair(account_id.value_or(0), holder_id.value_or(0));
  if (const auto known = known_.find(pair); known != known_.end()) return known->second;
  Target target;
  storage::Account account;
  storage::Holder holder;
  if (account_id.has_value()) {
    HF_ASSIGN_OR_RETURN(account, LoadAccount(tx_, *account_id));
    target.account = &account;
  }
  if (holder_id.has_value()) {
    HF_ASSIGN_OR_RETURN(holder, LoadHolder(tx_, *holder_id));
    target.subject = &holder;
  }
  HF_ASSIGN_OR_RETURN(const auto decision, Consider(tx_, actor_, read_, target));
  return known_[pair] = decision.allowed();
}

}  // namespace holdfast::custody
