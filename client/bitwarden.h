// Reads unencrypted JSON exports of Bitwarden, personal and of organisations. Thread safe.
//
//   item                  becomes
//   name                  title; the account's id is its slug
//   folder or collection  group
//   login.username        handle
//   login.uris            url (the first) and platform (its host); the others: secret "uris"
//   login.password        secret "password", with passwordHistory before it, oldest first
//   login.totp            secret "totp"
//   notes                 secret "note"
//   fields                secrets "field-<slug>", linked ones left out
// Items that are neither logins nor notes are skipped. A bad item is reported and stops nothing else.
#pragma once

#include <vector>

#include "client/import_item.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::client {

inline constexpr std::size_t kMaxImportFile = 64 * 1024 * 1024;

// Fails only when the file as a whole is not such an export.
absl::StatusOr<std::vector<ImportEntry>> ReadBitwarden(const Plaintext& file);

}  // namespace holdfast::client
