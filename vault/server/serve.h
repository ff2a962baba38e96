// A running vault: from the open database to the closed one.
#pragma once

#include <string>

#include "vault/custody/vault.h"
#include "vault/server/config.h"

namespace holdfast::server {

// Opens the vault in `data_dir`, serves until SIGTERM or SIGINT, drains and closes. `ready` is printed as one
// line on standard output once calls are accepted, after D/endpoint was written.
absl::Status Serve(const std::string& data_dir, const custody::OpenOptions& options, const Config& config);

}  // namespace holdfast::server
