// Reads unencrypted JSON exports of Bitwarden, personal and of organisations. Thread safe.
//
//   item                        becomes
//   name                        title; the account's id is its slug
//   collections, folder         group (the first); details of the account when there are several
//   login.username              handle
//   login.uris, login.uri       url (the first) and platform (its host); the others: details "URL"
//   login.password              secret "password", with passwordHistory before it, oldest first, each in use
//   since
//                               the one before it was last used
//   login.totp                  secret "totp"
//   notes                       secret "note"
//   fields                      secrets "field-<slug>"; flags and linked fields: details
//   archivedDate                the account is archived
// Seeds in passwords, notes and fields become secrets of kind totp. Items in the trash, and those that are
// neither logins nor notes, are skipped. Whatever does not fit is shortened, moved or left out, and said. A
// bad item is reported and stops nothing else; of two that the vault could not tell apart, the later one
// fails.
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
