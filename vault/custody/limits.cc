#include "vault/custody/limits.h"

#include <fmt/format.h>

#include <algorithm>

#include "vault/custody/facts.h"
#include "vault/policy/duration.h"

namespace holdfast::custody {

std::string TierRule(int tier, std::string_view limit) { return fmt::format("tiers.{}.{}", tier, limit); }

absl::StatusOr<int> OwnersLacking(Tx& tx, const storage::Account& account) {
  if (account.state == AccountState::kArchived) return 0;
  HF_ASSIGN_OR_RETURN(const int owners, CountActiveOwners(tx, account.id));
  return std::max(tx.policy().bundle.tier(account.tier).min_owners - owners, 0);
}

absl::Status CheckOwners(Tx& tx, const storage::Account& account, int before) {
  HF_ASSIGN_OR_RETURN(const int lacking, OwnersLacking(tx, account));
  if (lacking == 0 || lacking <= before) return absl::OkStatus();
  const int wanted = tx.policy().bundle.tier(account.tier).min_owners;
  const std::string rule = TierRule(account.tier, "min_owners");
  absl::Status status = MakeError(
      absl::StatusCode::kFailedPrecondition, "MIN_OWNERS",
      fmt::format(
          "account {} of tier {} must have {} active owner{}, backup owners included, by rule {}; with this "
          "it has {}",
          account.name, account.tier, wanted, wanted == 1 ? "" : "s", rule, wanted - lacking));
  AddDetail(status, "rule", rule);
  return status;
}

absl::Status CheckGrantEnd(const Tx& tx, const storage::Account& account, std::optional<Micros> expires_at) {
  const auto& limit = tx.policy().bundle.tier(account.tier).max_grant;
  if (!limit.has_value() || (expires_at.has_value() && *expires_at <= tx.now() + *limit))
    return absl::OkStatus();
  const std::string rule = TierRule(account.tier, "max_grant");
  absl::Status status = InvalidField(
      "grant.expire_time", fmt::format("access to an account of tier {} must end within {}, by rule {}",
                                       account.tier, policy::FormatDuration(*limit), rule));
  AddDetail(status, "rule", rule);
  return status;
}

}  // namespace holdfast::custody
