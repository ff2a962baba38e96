#include "vault/server/hardening.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "vault/crypto/init.h"

namespace holdfast::server {
namespace {

constexpr mode_t kPrivateUmask = 077;
constexpr std::size_t kPageSize = 4096;

absl::Status Unmet(std::string_view reason, std::string_view message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message);
}

// The limit alone does not stop a core_pattern that pipes to a program; being undumpable does, and shuts
// out ptrace and /proc/PID/mem too.
absl::Status ForbidCoreDumps() {
  const rlimit none{0, 0};
  rlimit now{};
  if (setrlimit(RLIMIT_CORE, &none) != 0 || getrlimit(RLIMIT_CORE, &now) != 0 || now.rlim_cur != 0 ||
      now.rlim_max != 0)
    return Unmet("CORE_DUMPS",
                 "core dumps cannot be turned off: start the server with LimitCORE=0 (ulimit -Hc 0)");
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
    return Unmet("CORE_DUMPS",
                 "the process cannot be made undumpable: allow prctl(PR_SET_DUMPABLE) to the server");
  return absl::OkStatus();
}

// With MCL_FUTURE, memory beyond a limit that does bind could not be had at all, so one mapping larger than
// the limit is tried: it succeeds only for a privileged process.
bool LimitBinds() {
  rlimit limit{};
  if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return true;
  if (limit.rlim_cur == RLIM_INFINITY) return false;
  const std::size_t beyond = static_cast<std::size_t>(limit.rlim_cur) + kPageSize;
  void* probe = mmap(nullptr, beyond, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (probe == MAP_FAILED) return true;
  return munmap(probe, beyond) != 0;
}

bool LockWholeProcess() {
  if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) return false;
  if (!LimitBinds()) return true;
  munlockall();
  return false;
}

// Each connection takes two descriptors (listener.h), and anybody can open connections.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

absl::StatusOr<Hardening> HardenProcess() {
  umask(kPrivateUmask);
  RaiseDescriptorLimit();
  HF_RETURN_IF_ERROR(ForbidCoreDumps());
  Hardening hardening;
  hardening.whole_process_locked = LockWholeProcess();
  HF_RETURN_IF_ERROR(crypto::Init());
  if (!crypto::ProbeLockedMemory().ok())
    return Unmet("MEMORY_NOT_LOCKED",
                 "memory for keys cannot be locked: raise LimitMEMLOCK= (ulimit -l), 8 MiB are enough");
  return hardening;
}

absl::Status CheckPrivateDirectory(const std::string& path, std::string_view field) {
  std::string_view name = path;
  while (name.size() > 1 && name.back() == '/') name.remove_suffix(1);  // "link/" would be followed
  if (name.empty() || name.find('\0') != name.npos) return InvalidField(field, "is not a path");
  const int fd = open(std::string(name).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT)
      return InvalidField(field, path + " does not exist: make a vault with 'holdfastd init'");
    if (errno == ENOTDIR || errno == ELOOP)
      return InvalidField(field, path + " is not a directory, or is a symbolic link");
    return InvalidField(
        field, path + " cannot be opened by the server's user: " + std::generic_category().message(errno));
  }
  struct stat facts {};
  const bool known = fstat(fd, &facts) == 0;
  close(fd);
  if (!known) return InvalidField(field, path + " cannot be examined");
  if (facts.st_uid != geteuid())
    return InvalidField(field, path + " does not belong to the server's user: chown it");
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return InvalidField(field, path + " is open to other users: chmod 700 it");
  return absl::OkStatus();
}

}  // namespace holdfast::server
