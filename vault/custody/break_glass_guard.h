// What must hold of a broken glass when it is asked for, and again before the secret is shown: that somebody
// could have said no, and that it would be given as things are now.
#pragma once

#include "vault/custody/break_glass_view.h"

namespace holdfast::custody {

inline constexpr int kMaxOpenBreakGlass = 10;  // of one holder
inline constexpr int kMaxBreakGlassADay = 20;  // of one holder; each calls people

// Whether the actor may ask for anything at all: decided before the account is looked for, so that the answer is the
// same whether there is one. FAILED_PRECONDITION: TOO_MANY_OPEN, or NOBODY_TO_OBJECT when nobody else has a confirmed
// key. RESOURCE_EXHAUSTED: TOO_MANY_TODAY.
absl::Status CheckMayAsk(Tx& tx, const Actor& actor);

// FAILED_PRECONDITION, reason BREAK_GLASS_OPEN, detail "break_glass", when the actor has one open for this secret that
// waits for no less than `wait`.
absl::Status CheckNotOpen(Tx& tx, const Actor& actor, const storage::Secret& secret, Micros wait);

// FAILED_PRECONDITION, reason NOBODY_TO_OBJECT, unless another person, active and with a confirmed key, may
// veto: an officer who suspends everybody else opens nothing.
absl::Status CheckSomebodyMayObject(Tx& tx, const storage::Holder& requester, const Target& target);

// Decides about the request again for the actor, who is to see the secret, with the reason, the ticket and
// the approval that it has. PERMISSION_DENIED, recorded; FAILED_PRECONDITION, reason BREAK_GLASS_STALE,
// detail "rule", where more is asked for now, or a longer wait.
absl::Status CheckStillAllowed(Tx& tx, const Actor& actor, const BreakGlassRows& rows);

}  // namespace holdfast::custody
