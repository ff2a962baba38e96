// Which facts the vault gathers for which action. A rule that looks at another one would be proved about a
// world that never is: it is refused.
#pragma once

#include <string_view>

#include "vault/policy/action.h"
#include "vault/policy/attribute.h"

namespace holdfast::policy {

bool IsKnown(Action action, Attribute attribute);

// Whether the call has a field for it: what cannot be given must not be asked for.
bool TakesReason(Action action);
bool TakesTicket(Action action);

}  // namespace holdfast::policy
