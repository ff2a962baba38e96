#include "vault/custody/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace holdfast::custody {
namespace {

absl::Status CannotWrite(const std::string& path) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "CANNOT_WRITE", "cannot write " + path);
}

bool SyncDirectory(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool ok = fsync(fd) == 0;
  close(fd);
  return ok;
}

std::string DirectoryOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent;
}

bool WriteAll(int fd, ByteView content) {
  while (!content.empty()) {
    const ssize_t n = write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    content = content.subspan(static_cast<std::size_t>(n));
  }
  return fsync(fd) == 0;
}

}  // namespace

absl::Status CreateFile(const std::string& path, ByteView content) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    if (errno == EEXIST)
      return MakeError(absl::StatusCode::kAlreadyExists, "FILE_EXISTS", path + " exists already; it is never overwritten");
    return CannotWrite(path);
  }
  const bool ok = WriteAll(fd, content);
  close(fd);
  if (!ok || !SyncDirectory(DirectoryOf(path))) {
    unlink(path.c_str());
    return CannotWrite(path);
  }
  return absl::OkStatus();
}

absl::Status ReplaceFile(const std::string& path, ByteView content) {
  const std::string temporary = path + ".new";
  unlink(temporary.c_str());
  HF_RETURN_IF_ERROR(CreateFile(temporary, content));
  if (std::rename(temporary.c_str(), path.c_str()) != 0 || !SyncDirectory(DirectoryOf(path))) return CannotWrite(path);
  return absl::OkStatus();
}

}  // namespace holdfast::custody
