// Small files that must be whole or absent, and survive a crash. Errors are FAILED_PRECONDITION, reason
// CANNOT_WRITE, and name the path and why.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "vault/base/bytes.h"
#include "vault/base/status.h"

namespace holdfast {

// Makes a new file, 0600, synced with its directory entry. ALREADY_EXISTS, reason FILE_EXISTS, rather than
// overwrite.
absl::Status CreateFile(const std::string& path, ByteView content);
// Replaces a file whole: temporary file of this process, sync, rename, sync of the directory.
absl::Status ReplaceFile(const std::string& path, ByteView content);

// The first `max_bytes` of a file; none when it cannot be opened. Not for secrets: nothing is wiped.
std::optional<std::string> ReadUpTo(const std::string& path, std::size_t max_bytes);

// Absolute and without "." and ".."; "" stays "".
std::string AbsolutePath(const std::string& path);

// Writes all of it; false, with errno set, when it cannot.
bool WriteAll(int fd, ByteView content);
// Makes the entry of `path` in its directory as durable as the file.
bool SyncDirectoryOf(const std::string& path);

}  // namespace holdfast
