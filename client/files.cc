#include "client/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "fmt/format.h"

namespace holdfast::client {
namespace {

constexpr std::size_t kMaxFile = 1024 * 1024;

absl::Status FileError(std::string_view what, const std::string& path) {
  return MakeError(absl::StatusCode::kInternal, "FILE_ERROR",
                   fmt::format("{} {}: {}", what, path, std::strerror(errno)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

absl::Status CheckOwner(int fd, const std::string& path) {
  struct stat info = {};
  if (fstat(fd, &info) != 0) return FileError("cannot read", path);
  if (info.st_uid == geteuid() && (info.st_mode & 077) == 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "FILE_NOT_PRIVATE",
                   fmt::format("{} can be read by others: make it yours alone (chmod 600)", path));
}

absl::StatusOr<Plaintext> ReadFile(const std::string& path, bool only_owner) {
  const Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0 && errno == ENOENT)
    return MakeError(absl::StatusCode::kNotFound, "NO_FILE", fmt::format("there is no {}", path));
  if (fd.get() < 0) return FileError("cannot read", path);
  if (only_owner) HF_RETURN_IF_ERROR(CheckOwner(fd.get(), path));
  Plaintext content(kMaxFile);
  std::size_t size = 0;
  while (size < kMaxFile) {
    const auto rest = content.ExposeSecretMutable().subspan(size);
    const ssize_t got = read(fd.get(), rest.data(), rest.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError("cannot read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size == kMaxFile)
    return MakeError(absl::StatusCode::kFailedPrecondition, "FILE_TOO_LARGE",
                     fmt::format("{} is too large", path));
  content.Resize(size);
  return content;
}

}  // namespace

absl::Status EnsurePrivateDirectory(const std::string& path) {
  std::error_code error;
  const auto parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return FileError("cannot make", path);
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) return FileError("cannot use", path);
  if (!S_ISDIR(info.st_mode))
    return MakeError(absl::StatusCode::kFailedPrecondition, "FILE_ERROR",
                     fmt::format("{} is not a directory", path));
  if (info.st_uid != geteuid() || (info.st_mode & 022) != 0)
    return MakeError(absl::StatusCode::kFailedPrecondition, "FILE_NOT_PRIVATE",
                     fmt::format("{} can be changed by others: make it yours alone (chmod 700)", path));
  return absl::OkStatus();
}

absl::StatusOr<Plaintext> ReadSecretFile(const std::string& path) {
  return ReadFile(path, /*only_owner=*/true);
}

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  HF_ASSIGN_OR_RETURN(const Plaintext content, ReadFile(path, /*only_owner=*/false));
  return std::string(AsChars(content.ExposeSecret()));
}

absl::StatusOr<FileLock> FileLock::Take(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return FileError("cannot open", path);
  FileLock lock(fd);
  while (flock(fd, LOCK_EX) != 0)
    if (errno != EINTR) return FileError("cannot lock", path);
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock::~FileLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace holdfast::client
