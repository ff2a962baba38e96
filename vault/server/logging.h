// The server's log, on standard error: ids and reasons, never user data. Level error means that somebody must
// act.
#pragma once

#include "vault/server/config.h"

namespace holdfast::server {

// Text lines, or one JSON object a line.
void StartLogging(const Config& config);

}  // namespace holdfast::server
