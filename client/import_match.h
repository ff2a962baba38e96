// Which items of one file the vault could take for one another. Thread safe.
//
// The vault knows an account again by the source's id; an account or item without one, by group, title,
// username and URL. Two items of one file are two logins, so none may be taken for the other.
#pragma once

#include <vector>

#include "client/import_item.h"

namespace holdfast::client {

// Fails the later of two items that have one id, or are alike and do not both have an id to tell them apart:
// ALREADY_EXISTS, reason SAME_ITEM.
void FailDoubles(std::vector<ImportEntry>& entries);

// The entries that can be imported, by index, in groups of those that are alike. Within a group each may be
// taken for the same account of the vault, so they go one after the other.
std::vector<std::vector<std::size_t>> Alike(const std::vector<ImportEntry>& entries);

}  // namespace holdfast::client
