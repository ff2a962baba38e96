// Repeats: a mutating call that comes again with the same request id has no second effect.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vault/custody/authorize.h"

namespace holdfast::custody {

// Errors name the fields "request_id", "reason" and "ticket".
absl::Status CheckRequest(const Request& request);

// The result's name when the actor has made this call before; INVALID_ARGUMENT, reason REQUEST_ID_REUSED,
// when that call asked for something else. `value` is what the sealed values held: only a keyed hash of it is
// kept. Call it after the decision: a repeat is decided again.
absl::StatusOr<std::optional<std::string>> FindRepeat(WriteTx& tx, const Actor& actor, const Request& request,
                                                      ByteView value = {});
absl::Status Remember(WriteTx& tx, const Actor& actor, const Request& request, std::string_view result,
                      ByteView value = {});

}  // namespace holdfast::custody
