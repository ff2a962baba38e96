// Who answers for a workflow: they can copy its keys, and know what it was shown.
#pragma once

#include <string_view>

#include "vault/custody/authorize.h"

namespace holdfast::custody {

// INVALID_ARGUMENT, field "holder.person", unless `person` has an identity that is a person and active;
// FAILED_PRECONDITION, reason PERSON_LEAVING, while a handover of theirs is open.
absl::Status CheckMayAnswer(Tx& tx, std::string_view person);

// FAILED_PRECONDITION, reason PERSON_INACTIVE, when the vault knows the person who answers for the workflow and none of
// their identities is active. Of a person it says OK.
absl::Status CheckAnswered(Tx& tx, const storage::Holder& holder);

// Before `workflow` passes to another person: whoever answers for it keeps what they know and nothing else. Its devices
// and strings end, as they may have copied them.
absl::Status PassOn(WriteTx& tx, const Actor& actor, const storage::Holder& workflow);

}  // namespace holdfast::custody
