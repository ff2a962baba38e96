// Ending the last confirmed device of an officer or auditor keeps them away like a suspension. It counts at once, as
// devices are stolen, and is a critical finding (findings.cc) until they have another.
#pragma once

#include "vault/custody/authorize.h"

namespace holdfast::custody {

// FAILED_PRECONDITION, reason LOCKED_OUT_LATELY, when ending `key` would leave another person who is an active officer or
// auditor without a confirmed device, though one that they had was ended within kNotAgainFor: one officer alone could
// else end each device as soon as it is enrolled.
absl::Status CheckNotLockedOutAgain(Tx& tx, const Actor& actor, const storage::Holder& holder,
                                    const storage::DeviceKey& key);

}  // namespace holdfast::custody
