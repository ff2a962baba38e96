#include "vault/custody/limits.h"

#include <fmt/format.h>

#include <algorithm>

#include "vault/policy/duration.h"
#include "vault/storage/finding_store.h"

namespace holdfast::custody {

std::string TierRule(int tier, std::string_view limit) { return fmt::format("tiers.{}.{}", tier, limit); }

absl::StatusOr<OwnersLack> OwnersLacking(Tx& tx, const storage::Account& account) {
  if (account.state == AccountState::kArchived) return OwnersLack();
  const std::int64_t wanted = tx.policy().bundle.tier(account.tier).min_owners;
  storage::FindingStore store(tx.db());
  HF_ASSIGN_OR_RETURN(const std::int64_t active, store.CountActiveOwners(account.id, tx.now()));
  HF_ASSIGN_OR_RETURN(const std::int64_t standing, store.CountStandingOwners(account.id, tx.now()));
  return OwnersLack{.active = static_cast<int>(std::max<std::int64_t>(wanted - active, 0)),
                    .standing = static_cast<int>(std::max<std::int64_t>(wanted - standing, 0))};
}

absl::Status CheckOwners(Tx& tx, const storage::Account& account, const OwnersLack& before) {
  HF_ASSIGN_OR_RETURN(const OwnersLack lacking, OwnersLacking(tx, account));
  const bool fewer_active = lacking.active > before.active;
  if (!fewer_active && lacking.standing <= before.standing) return absl::OkStatus();
  const int wanted = tx.policy().bundle.tier(account.tier).min_owners;
  const std::string rule = TierRule(account.tier, "min_owners");
  absl::Status status = MakeError(
      absl::StatusCode::kFailedPrecondition, "MIN_OWNERS",
      fmt::format(
          "account {} of tier {} must have {} active owner{}, backup owners included, by rule {}; with "
          "this it has {}{}",
          account.name, account.tier, wanted, wanted == 1 ? "" : "s", rule,
          wanted - (fewer_active ? lacking.active : lacking.standing),
          fewer_active ? "" : ", the suspended included"));
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
