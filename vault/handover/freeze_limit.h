// How many people a workflow may freeze in a day by itself: what runs wild must not empty the organisation.
#pragma once

#include "vault/custody/authorize.h"

namespace holdfast::handover {

// OK for a person, and for a workflow below the policy's number. Beyond it one yes covers the rest of the day: errors
// are those of Authorize, of which APPROVAL_REQUIRED leaves the request for that yes behind.
absl::Status CheckFreezeLimit(custody::WriteTx& tx, const custody::Actor& actor);

}  // namespace holdfast::handover
