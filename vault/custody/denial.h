// Denials in words: the rule's own; else, where no rule permits the action, which role or relation it needs. The words
// never tell whether there is a thing that the actor may not see: it is answered as one that does not exist.
#pragma once

#include <string_view>

#include "vault/custody/authorize.h"

namespace holdfast::custody {

// The rule of a decision that no rule took.
inline constexpr std::string_view kDefaultDeny = "default.deny";

absl::Status DeniedByRule(const policy::Decision& decision);
// Of what the actor may not see, or does not exist: nothing in the words depends on what was asked for.
absl::Status DeniedUnseen(const policy::Decision& decision);
// A decision about rows that exist, and that the actor knows of (sight.h); or about none.
absl::Status DenialOf(Tx& tx, const Actor& actor, policy::Action action, const Target& target,
                      const policy::Decision& decision);

}  // namespace holdfast::custody
