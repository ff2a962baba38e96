// The export stream of a vault's log.
#pragma once

#include <functional>
#include <string>

#include "client/log_check.h"
#include "client/session.h"
#include "vault/base/status.h"

namespace holdfast::client {

// Hands every entry from `start` on to `take`, in order; returns the signed note that came last.
absl::StatusOr<std::string> StreamLog(Session& session, std::int64_t start,
                                      const std::function<absl::Status(const LogEntry&)>& take);

}  // namespace holdfast::client
