// A copy of a whole database, as one consistent file.
#pragma once

#include <functional>
#include <string>

#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

// Writes what `from` has committed, its write-ahead log included, to the new file `to` (0600), encrypted under `key`;
// durable on return. It works on open files, also when their names are gone. DATABASE_EXISTS rather than overwrite;
// what was begun is removed on an error. `finish` works on the copy before it is closed: it can write to it, and
// compute its state digest once the row hash is set. The finished file is whole by itself, without a write-ahead log,
// so that it can be read where nothing can be written.
absl::Status CopyDatabase(Connection& from, const SecretBytes& key, const std::string& to,
                          const std::function<absl::Status(Connection& copy)>& finish = nullptr);

}  // namespace holdfast::storage
