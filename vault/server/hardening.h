// What the operating system is asked for before any secret is in memory: no core dumps, no debugger of the
// same user, files private by default, memory that can be locked out of swap.
#pragma once

#include <string>
#include <string_view>

#include "vault/base/status.h"

namespace holdfast::server {

struct Hardening {
  // The whole process stays out of swap, not keys alone. Needs CAP_IPC_LOCK or an unlimited RLIMIT_MEMLOCK.
  bool whole_process_locked = false;
};

// Each requirement that cannot be met is FAILED_PRECONDITION and says what to change: the server must not
// start. REQUIRES: called from main before other threads and before any secret.
absl::StatusOr<Hardening> HardenProcess();

// The directory exists, is no symbolic link, belongs to this process's user and is closed to everyone else.
// Errors name `field`, the setting that the path came from.
absl::Status CheckPrivateDirectory(const std::string& path, std::string_view field);

}  // namespace holdfast::server
