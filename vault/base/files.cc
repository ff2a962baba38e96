#include "vault/base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "fmt/core.h"

namespace holdfast {
namespace {

absl::Status CannotWrite(const std::string& path, int error) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "CANNOT_WRITE",
                   fmt::format("cannot write {}: {}", path, std::generic_category().message(error)));
}

}  // namespace

std::optional<std::string> ReadUpTo(const std::string& path, std::size_t max_bytes) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(max_bytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::string AbsolutePath(const std::string& path) {
  std::error_code ignored;
  return path.empty() ? path : std::filesystem::absolute(path, ignored).lexically_normal().string();
}

bool WriteAll(int fd, ByteView content) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

bool SyncDirectoryOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const int fd = open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool ok = fsync(fd) == 0;
  close(fd);
  return ok;
}

absl::Status CreateFile(const std::string& path, ByteView content) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0 && errno == EEXIST)
    return MakeError(absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
                     path + " exists already; it is never overwritten");
  if (fd < 0) return CannotWrite(path, errno);
  const bool written = WriteAll(fd, content) && fsync(fd) == 0;
  const int error = errno;
  close(fd);
  if (written && SyncDirectoryOf(path)) return absl::OkStatus();
  const absl::Status failed = CannotWrite(path, written ? errno : error);
  unlink(path.c_str());
  return failed;
}

absl::Status ReplaceFile(const std::string& path, ByteView content) {
  const std::string temporary = fmt::format("{}.new.{}", path, getpid());
  unlink(temporary.c_str());
  HF_RETURN_IF_ERROR(CreateFile(temporary, content));
  if (std::rename(temporary.c_str(), path.c_str()) == 0 && SyncDirectoryOf(path)) return absl::OkStatus();
  const absl::Status failed = CannotWrite(path, errno);
  unlink(temporary.c_str());
  return failed;
}

}  // namespace holdfast
