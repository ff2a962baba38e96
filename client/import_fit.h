// Makes what people wrote elsewhere fit the vault's limits, so that an odd name never costs a login. Whatever
// changes or is left out is said in the entry. Thread safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "client/import_item.h"

namespace holdfast::client {

// Line breaks and tabs become blanks, of which none are left at the ends; characters that nobody sees go.
std::string OnOneLine(std::string_view text);

// At most `max_bytes` bytes, cut between characters, with "..." at the end when it was cut.
std::string Shortened(std::string_view text, std::size_t max_bytes);

// Adds a detail of the account; one that is too long, or one too many, goes into the secret "more" of kind
// note.
void AddDetail(ImportEntry& entry, std::string_view name, std::string_view value);

// `text` on one line of at most `max_bytes`. When that shortens it, the whole becomes the detail `name`.
// `field` is the file's word for it.
std::string Fitted(ImportEntry& entry, std::string_view field, std::string_view name, std::string_view text,
                   std::size_t max_bytes);

// The same for where to log in: a long one loses its query, then its path.
std::string FittedUrl(ImportEntry& entry, std::string_view uri);

// Adds a secret, of the newest of `values` that fit.
void AddSecret(ImportEntry& entry, std::string_view id, std::string_view kind,
               std::vector<ImportValue> values);

}  // namespace holdfast::client
