// The vault's keys: independent, random, each wrapped by the root key with its name, epoch and the vault
// id as associated data; nothing is derived from the root key. Layout in FORMAT.md.
#pragma once

#include <string_view>

#include "vault/base/bytes.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::crypto {

inline constexpr std::size_t kRootKeySize = 32;

// Names of wrapped keys; the database stores what WrapKey returns under (name, epoch).
inline constexpr std::string_view kDatabaseKey = "database";
inline constexpr std::string_view kBackupKey = "backup";  // in a backup's recovery record
inline constexpr std::string_view kValueKek = "kek";
inline constexpr std::string_view kCheckpointSeed = "checkpoint-signing";
inline constexpr std::string_view kCaKey = "ca";
inline constexpr std::string_view kTlsKey = "server-tls";
inline constexpr std::string_view kBoxSeed = "box-signing";
inline constexpr std::string_view kRequestMac = "request-mac";
inline constexpr std::string_view kStateMac = "state-mac";
inline constexpr std::string_view kToken = "token";
inline constexpr std::string_view kKnowledge = "knowledge";  // of hashes of values; never replaced

// 16 bytes that name a root key without telling anything about it (keyed BLAKE2b, domain-separated).
Bytes RootKeyId(const SecretBytes& root);

Bytes WrapKey(const SecretBytes& root, ByteView vault_id, std::string_view name, std::uint32_t epoch,
              const SecretBytes& key);
absl::StatusOr<SecretBytes> UnwrapKey(const SecretBytes& root, ByteView vault_id, std::string_view name,
                                      std::uint32_t epoch, ByteView wrapped);

}  // namespace holdfast::crypto
