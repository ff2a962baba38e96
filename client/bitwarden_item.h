// Reads one login or note of a Bitwarden export. Thread safe.
#pragma once

#include "client/import_item.h"
#include "nlohmann/json.hpp"
#include "vault/base/status.h"

namespace holdfast::client {

inline constexpr int kBitwardenLogin = 1;
inline constexpr int kBitwardenNote = 2;

// Fills the entry's item, apart from its id, groups and the account's id. Errors name the field at fault.
absl::Status ReadBitwardenItem(const nlohmann::json& json, int type, ImportEntry& entry);

}  // namespace holdfast::client
