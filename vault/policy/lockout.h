// Whether a policy locks people out for good: one that nobody could ever replace, or under which nobody could confirm a
// restore, after which no value would leave the vault again.
#pragma once

#include <string>

#include "vault/policy/bundle.h"

namespace holdfast::policy {

// What nobody could do under this policy, in words; "" when all can be done. It can, when at some minute of the week a
// person with the role security and a confirmed key, whatever its age, with all or none of the qualifications, may stage
// another one, may approve its activation, and may activate it, and may confirm a restore, once everybody who may
// approve has done so. Pure; thread safe.
std::string LockOut(const Bundle& bundle);

}  // namespace holdfast::policy
