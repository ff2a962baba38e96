#include "vault/custody/access_end.h"

#include <fmt/format.h>

#include <algorithm>

#include "vault/custody/access.h"
#include "vault/storage/grant_store.h"

namespace holdfast::custody {

absl::Status EndLapsedAccess(WriteTx& tx) {
  storage::GrantStore grants(tx.db());
  HF_ASSIGN_OR_RETURN(const auto lapsed, grants.Lapsed(tx.now()));
  for (const storage::Grant& grant : lapsed) {
    HF_RETURN_IF_ERROR(grants.End(grant.id, *grant.expires_at, /*by=*/std::nullopt));
    HF_RETURN_IF_ERROR(RecordAccessEnd(tx, grant, fmt::format("it was given until {}", FormatTime(*grant.expires_at)),
                                       /*by=*/std::nullopt));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Micros>> AccessEndedAt(Tx& tx, const storage::Account& account,
                                                    std::int64_t holder_id) {
  HF_ASSIGN_OR_RETURN(const auto all, storage::GrantStore(tx.db()).AllOf(account.id, holder_id));
  std::optional<Micros> last;
  for (const storage::Grant& grant : all) {
    const std::optional<Micros> end = grant.ended_at.has_value() ? grant.ended_at : grant.expires_at;
    if (!end.has_value() || *end > tx.now()) return std::optional<Micros>();
    last = std::max(last.value_or(0), *end);
  }
  return last;
}

}  // namespace holdfast::custody
