// The moment at which everything moves: ownership, grants and keys, in the one transaction of the caller.
#pragma once

#include "vault/custody/authorize.h"
#include "vault/handover/plan.h"

namespace holdfast::handover {

// The person can do nothing from here on, under whichever name, nor can workflows that they answer for. Statuses
// alone are written, with those before: whatever hangs on them is refused because of them.
absl::Status Freeze(custody::WriteTx& tx, const custody::Actor& actor, const storage::Holder& leaver,
                    const storage::Handover& row);
// Puts the statuses back that the freeze changed, those of workflows excepted that somebody resumed since.
absl::Status Unfreeze(custody::WriteTx& tx, const storage::Handover& row);

// Carries `plan` out and sets the case's state. All that the frozen handed out, asked for or could be used
// through ends: strings, devices, broken glass, requests for approval. Tasks are made of what the leaver knows now.
absl::Status Cut(custody::WriteTx& tx, const custody::Actor& actor, const storage::Holder& leaver,
                 const Plan& plan, storage::Handover& row);

}  // namespace holdfast::handover
