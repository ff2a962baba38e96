// The directory that a command works on.
#pragma once

#include <string>
#include <string_view>

#include "vault/base/status.h"

namespace holdfast::server {

// A vault is in it, and it is private, as of CheckPrivateDirectory; in this order: nobody is told to change a directory
// that is none of the vault's. Errors name `field`.
absl::Status CheckVaultDirectory(const std::string& path, std::string_view field);

}  // namespace holdfast::server
