// What must hold of an account at all times, by its tier: checked in the transaction of the change, before it
// is committed. So no two changes, each fine by itself, leave too little together. Only suspending, freezing
// and cutting a leaver off may lower the owners below the minimum; that is a finding, and keeps a handover
// open.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vault/custody/authorize.h"

namespace holdfast::custody {

// "tiers.1.min_owners".
std::string TierRule(int tier, std::string_view limit);

// How many owners, backup owners included, an account lacks. Two holders of one person count once; an
// archived account lacks none.
struct OwnersLack {
  int active = 0;
  int standing = 0;  // active or suspended: else whom somebody suspends could be taken away for good
};
absl::StatusOr<OwnersLack> OwnersLacking(Tx& tx, const storage::Account& account);

// After a change: FAILED_PRECONDITION, reason MIN_OWNERS, detail "rule", when the account lacks owners of
// either kind, and more than the `before` that it lacked before. An account that is short already may be
// changed, but not for the worse.
absl::Status CheckOwners(Tx& tx, const storage::Account& account, const OwnersLack& before);

// Whether access to the account may end then, or never: INVALID_ARGUMENT naming "grant.expire_time", detail
// "rule".
absl::Status CheckGrantEnd(const Tx& tx, const storage::Account& account, std::optional<Micros> expires_at);

}  // namespace holdfast::custody
