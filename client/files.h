// Small files that must survive a crash whole. Not thread safe.
#pragma once

#include <string>
#include <string_view>

#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::client {

// Makes the directory and its parents, itself with mode 0700; refuses one that others can write to.
absl::Status EnsurePrivateDirectory(const std::string& path);

// Temporary file with mode 0600, fsync, rename, fsync of the directory.
absl::Status WriteFileWhole(const std::string& path, std::string_view content);

// NOT_FOUND when there is no such file. When `only_owner`: refuses a file of somebody else, or one that
// others may read.
absl::StatusOr<Plaintext> ReadOwnFile(const std::string& path, bool only_owner);

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
