// Small files that must be whole or absent.
#pragma once

#include <string>
#include <string_view>

#include "vault/base/bytes.h"
#include "vault/base/status.h"

namespace holdfast::custody {

// Makes a new file, 0600, synced with its directory entry. ALREADY_EXISTS rather than overwrite.
absl::Status CreateFile(const std::string& path, ByteView content);
// Replaces a file whole: temporary file, sync, rename, sync of the directory.
absl::Status ReplaceFile(const std::string& path, ByteView content);

}  // namespace holdfast::custody
