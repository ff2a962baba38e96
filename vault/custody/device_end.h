// Devices that end as the effect of something else, with an event each.
#pragma once

#include <string_view>
#include <vector>

#include "vault/custody/authorize.h"

namespace holdfast::custody {

// Revokes the devices that are not revoked yet. `rule` says in each event why; `handover`, null for none, the case.
absl::Status EndDevices(WriteTx& tx, const Actor& actor, std::vector<storage::DeviceKey> doomed,
                        std::string_view rule, const storage::Handover* handover = nullptr);

// By which anybody could still act as the holder, or in their name: all devices, unused strings for the holder and by
// them, and devices enrolled with their strings for which nobody else has vouched.
absl::Status EndAllDevices(WriteTx& tx, const Actor& actor, const storage::Holder& holder, std::string_view rule);

}  // namespace holdfast::custody
