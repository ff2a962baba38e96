// Who can say yes, by name: a message that names a role sends people looking for one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/storage/approval_store.h"

namespace holdfast::custody {

// "carl or dora", "carl and one of dora, eve or 3 others"; "nobody who is there now" where nobody can. Empty where
// `reader`, who is told, may not see the account whose owners it would name. `waiting`: the request so far, if there
// is one.
absl::StatusOr<std::string> NameApprovers(Tx& tx, const Actor& reader, const storage::Holder& requester,
                                          const Target& target, const std::vector<policy::ApprovalNeed>& needs,
                                          const std::optional<storage::Approval>& waiting);

}  // namespace holdfast::custody
