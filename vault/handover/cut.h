// The moment at which everything moves: ownership, grants and keys, in the one transaction of the caller.
#pragma once

#include "vault/custody/authorize.h"
#include "vault/handover/plan.h"

namespace holdfast::handover {

// The leaver can do nothing from here on: status, enrollment strings for and by them, unconfirmed keys that
// came of those, requests for approval; other identities of the same person are suspended. The leaver's keys
// end with the cut.
absl::Status Freeze(custody::WriteTx& tx, const custody::Actor& actor, storage::Holder& leaver,
                    const storage::Handover& row);

// Carries `plan` out and sets the case's state. Tasks are made of what the leaver knows now.
absl::Status Cut(custody::WriteTx& tx, const custody::Actor& actor, const storage::Holder& leaver,
                 const Plan& plan, storage::Handover& row);

}  // namespace holdfast::handover
