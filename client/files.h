// Files of a device: a directory of its own, secrets read back, locks. Writing is in base/files.h.
#pragma once

#include <string>

#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::client {

// Makes the directory and its parents, itself with mode 0700; refuses one that others can write to.
absl::Status EnsurePrivateDirectory(const std::string& path);

// NOT_FOUND when there is no such file, for both. The first refuses a file of somebody else, and one that
// others may read; the second is for what is no secret.
absl::StatusOr<Plaintext> ReadSecretFile(const std::string& path);
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

// Holds an exclusive flock on `path` until destroyed.
class FileLock {
 public:
  static absl::StatusOr<FileLock> Take(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace holdfast::client
