// Whether a policy can ever be changed again: one that locks out all who could replace it would stay for
// good.
#pragma once

#include <string>

#include "vault/policy/bundle.h"

namespace holdfast::policy {

// What nobody could do under this policy, in words; "" when it can be replaced. It can, when at some minute
// of the week a person with the role security and a confirmed key, whatever its age, with all or none of the
// qualifications, may stage another one, may approve its activation, and may activate it once everybody who
// may approve has done so. Pure; thread safe.
std::string LockOut(const Bundle& bundle);

}  // namespace holdfast::policy
