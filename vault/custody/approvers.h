// Names the people who can say yes: a message that names a role sends its reader looking for one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/storage/approval_store.h"

namespace holdfast::custody {

// One need that is left, and who could meet it, each person once.
struct Approvers {
  policy::ApprovalNeed need;
  std::vector<std::string> names;
};
// Never whoever asks, whom it is about, who said yes already, or who would gain by it. `waiting`: the request so far,
// if there is one.
absl::StatusOr<std::vector<Approvers>> FindApprovers(Tx& tx, const storage::Holder& requester, const Target& target,
                                                     const std::vector<policy::ApprovalNeed>& needs,
                                                     const std::optional<storage::Approval>& waiting);

// "carl or dora", "carl and one of dora, eve or 3 others"; "nobody who is there now" where nobody can. Empty where
// `reader`, who is told, may not see the account whose owners it would name. `waiting`: the request so far, if there
// is one.
absl::StatusOr<std::string> NameApprovers(Tx& tx, const Actor& reader, const storage::Holder& requester,
                                          const Target& target, const std::vector<policy::ApprovalNeed>& needs,
                                          const std::optional<storage::Approval>& waiting);

}  // namespace holdfast::custody
