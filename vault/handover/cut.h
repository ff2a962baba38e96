// The moment at which everything moves: ownership, grants and keys, in the one transaction of the caller.
#pragma once

#include "vault/custody/authorize.h"
#include "vault/handover/plan.h"

namespace holdfast::handover {

// The leaver can do nothing from here on: status, open enrollment strings for and by them. Keys end with the cut.
absl::Status Freeze(custody::WriteTx& tx, storage::Holder& leaver);

// Carries `plan` out and sets the case's state. Tasks are made of what the leaver knows now.
absl::Status Cut(custody::WriteTx& tx, const custody::Actor& actor, const storage::Holder& leaver, const Plan& plan,
                 storage::Handover& row);

}  // namespace holdfast::handover
