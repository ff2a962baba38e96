// Where a vault is served: the machine, the directory, the database file. A directory that was copied elsewhere
// differs in one of them. It must not be served unasked: two vaults would go on from one log, and both would write
// an anchor that lies outside the directory.
//
// D/place is one JSON object, written whole to a temporary file and renamed:
//   {"format": "holdfast-place-v1", "machine": H32, "boot": H32, "device": N, "directory": N, "database": N,
//    "mac": H32}
// machine: SHA-256 of /etc/machine-id, as the id itself is not to leave the machine; boot: SHA-256 of the kernel's
// boot id; device: the number of the file system's device; directory and database: inode numbers of D and
// D/vault.db. H32: 32 bytes in hexadecimal. The MAC is keyed by the vault: nobody without its keys can make a copy
// look like the original.
//
// Device numbers last for one boot only (disks are found in another order after the next), so they are compared
// within a boot and recorded anew after it. Inode numbers are the file system's own and last. Not noticed: a disk
// image or a virtual machine that was cloned whole and has the same machine id, once it has booted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::custody {

struct Place {
  std::string machine;  // H32
  std::string boot;     // H32
  std::uint64_t device = 0;
  std::uint64_t directory = 0;
  std::uint64_t database = 0;
};

// Of a directory with a database.
absl::StatusOr<Place> PlaceOf(const std::string& data_dir);
// The difference in words, "it was last served on another machine"; "" when there is none. The database file is
// left out: whoever opens the vault says first if it is older than its anchor.
std::string Moved(const Place& recorded, const Place& now);

// The content of D/place, not authenticated; nothing when it is missing or damaged.
std::optional<Place> ReadPlace(const std::string& data_dir);
// True when the vault with this key wrote D/place.
bool PlaceIsAuthentic(const std::string& data_dir, const SecretBytes& mac_key);
absl::Status WritePlace(const std::string& data_dir, const Place& place, const SecretBytes& mac_key);

// Before anything of the directory is opened: what a copy names outside of itself is the original's. Without the
// vault's key, so what it lets pass is still to be checked for authenticity. IS_A_COPY as below.
absl::Status CheckPlace(const std::string& data_dir);

// FAILED_PRECONDITION, reason IS_A_COPY: `why` as Moved() says it, and the two ways out.
absl::Status RefuseCopy(const std::string& data_dir, std::string_view why);

}  // namespace holdfast::custody
