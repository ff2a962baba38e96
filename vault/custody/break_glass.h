// Break-glass: somebody without access sees a secret, when those with access cannot be reached. Loudly: the
// request waits, and whoever is an owner, of security or an auditor may say no in the meantime; what was seen
// is then rotated by another person, and reviewed by another person.
//
// The wait counts elapsed time (elapsed.h). How long it is and who may do what: the policy.
#pragma once

#include <string>
#include <string_view>

#include "vault/custody/break_glass_guard.h"
#include "vault/custody/request.h"
#include "vault/custody/secrets.h"

namespace holdfast::custody {

// What stands in the event is enough to act on: who, which secret, why, and when it will be ready.
struct GlassBroken {
  BreakGlassView view;
  bool is_new = false;  // no repeat of an earlier call
};

// Fails as CheckMayAsk, CheckNotOpen and CheckSomebodyMayObject do.
absl::StatusOr<GlassBroken> RequestBreakGlass(WriteTx& tx, const Actor& actor, const Request& request,
                                              std::string_view account, std::string_view secret);

// Each by the request's id. FAILED_PRECONDITION, reason BREAK_GLASS_STATE with the detail "state", where it
// is not in a state for that.
absl::StatusOr<BreakGlassView> VetoBreakGlass(WriteTx& tx, const Actor& actor, const Request& request,
                                              std::int64_t id);
// The newest version, once: the same call again is answered only for as long as the value may be shown. Fails
// as CheckStillAllowed and CheckSomebodyMayObject do.
absl::StatusOr<Revealed> RevealBreakGlass(WriteTx& tx, const Actor& actor, const Request& request,
                                          std::int64_t id);
// Closes it. FAILED_PRECONDITION, reason ROTATION_OPEN, before what was seen was rotated.
absl::StatusOr<BreakGlassView> ReviewBreakGlass(WriteTx& tx, const Actor& actor, const Request& request,
                                                std::int64_t id);

}  // namespace holdfast::custody
