// The moment at which everything moves: ownership, grants and keys, in the one transaction of the caller.
#pragma once

#include "vault/custody/authorize.h"
#include "vault/handover/plan.h"

namespace holdfast::handover {

// The person can do nothing from here on, under whichever name: status, enrollment strings for and by them,
// unconfirmed devices of theirs and of those to whom they handed strings, requests for approval. Workflows that
// they answer for are suspended. Their devices end with the cut.
absl::Status Freeze(custody::WriteTx& tx, const custody::Actor& actor, storage::Holder& leaver,
                    const storage::Handover& row);

// Carries `plan` out and sets the case's state. Tasks are made of what the leaver knows now.
absl::Status Cut(custody::WriteTx& tx, const custody::Actor& actor, const storage::Holder& leaver,
                 const Plan& plan, storage::Handover& row);

}  // namespace holdfast::handover
