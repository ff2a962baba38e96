// The event of a dry run that told its caller something.
#pragma once

#include "vault/custody/authorize.h"

namespace holdfast::custody {

// "call.rehearsed", with what the call would have been answered.
audit::Event RehearsalOf(const WriteTx& tx, const Actor& actor, const absl::Status& answer);

}  // namespace holdfast::custody
