// The seal: how the root key is kept, and the one wrapped key that lies outside the database.
//
// D/seal is one JSON object, written whole to a temporary file and renamed:
//   {"format": "holdfast-seal-v1", "vault_id": H16, "anchor": path, "slots": [
//     {"method": "key-file", "root_key_id": H16, "key_file": path of the key file, a hint,
//      "database_key": hex of WrapKey(R, "database", 1)}], "sha256": hash of this object without it, as it is written}
// "anchor" is relative to D, or absolute where the operator chose another place. H16: 16 bytes in hexadecimal. A second
// slot exists only while the root key is being replaced; which slot belongs to a root key is told by root_key_id.
//
// The key file, 0600, outside D, is one line: "holdfast-key-file-v1 <vault id> <base64 of R>\n".
#pragma once

#include <string>
#include <vector>

#include "vault/base/bytes.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::custody {

inline constexpr std::size_t kVaultIdSize = 16;
inline constexpr std::uint32_t kDatabaseEpoch = 1;  // of the database key

struct SealSlot {
  Bytes root_key_id;
  std::string key_file;  // absolute path
  Bytes database_key;    // wrapped
};

struct Seal {
  Bytes vault_id;
  std::string anchor;  // relative to the data directory, or absolute
  std::vector<SealSlot> slots;
};

// FAILED_PRECONDITION, reason NOT_A_VAULT, when D/seal is missing; DATA_LOSS, reason SEAL_DAMAGED, when
// unreadable.
// Whether a seal or a database is there.
bool HoldsVault(const std::string& data_dir);
std::string NoVaultWords(const std::string& data_dir);  // where neither is
absl::StatusOr<Seal> ReadSeal(const std::string& data_dir);
absl::Status WriteSeal(const std::string& data_dir, const Seal& seal);

// ALREADY_EXISTS, reason KEY_FILE_EXISTS, rather than overwrite.
absl::Status WriteKeyFile(const std::string& path, ByteView vault_id, const SecretBytes& root);
// FAILED_PRECONDITION with reason KEY_FILE_MISSING, KEY_FILE_OPEN (others can read it), KEY_FILE_DAMAGED or
// KEY_FILE_FOREIGN (it belongs to another vault).
absl::StatusOr<SecretBytes> ReadKeyFile(const std::string& path, ByteView vault_id);

// The same, and the key must be the one with this id: reason KEY_FILE_WRONG.
absl::StatusOr<SecretBytes> ReadRootKey(const std::string& path, ByteView vault_id, ByteView root_key_id);

// Reads the key file that the seal names, or `key_file` when that is not empty, and unwraps the database key with it.
struct Unsealed {
  SecretBytes root;
  SecretBytes database_key;
};
absl::StatusOr<Unsealed> Unseal(const Seal& seal, const std::string& key_file = {});

}  // namespace holdfast::custody
