// The facts under a decision, read in the transaction that carries its effect.
#pragma once

#include <optional>

#include "vault/custody/authorize.h"

namespace holdfast::custody {

// `context` brings what only the caller knows; all that follows from actor, target and database is filled in.
// Facts that no rule for the action looks at may be left out.
absl::StatusOr<policy::Facts> GatherFacts(Tx& tx, const Actor& actor, policy::Action action,
                                          const Target& target, policy::Context context);

// A holder's relation to an account, live now.
absl::StatusOr<std::optional<Relation>> RelationTo(Tx& tx, const storage::Account& account,
                                                   std::int64_t holder_id);

// Active owners, backup owners included; two holders of one person count once.
absl::StatusOr<int> CountActiveOwners(Tx& tx, std::int64_t account_id);

}  // namespace holdfast::custody
