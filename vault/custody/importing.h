// Logins from other stores. Nothing that exists is overwritten; differences are reported.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/custody/request.h"
#include "vault/custody/wire.h"

namespace holdfast::custody {

struct ImportSource {
  std::string system;
  std::string id;
  std::string group;
  std::string title;
  std::string username;
  std::string url;
};

struct ImportComponent {
  std::string secret;
  std::string kind;           // "password", "note", "totp"
  std::vector<Boxed> values;  // oldest first; sealed with the position from 1 as version
  // Since when each has been in use, as the source says; none, or as many as values. Whoever imports may
  // claim a time: an early one only makes the value due for rotation sooner, and a later one than now counts
  // as now.
  std::vector<std::optional<Micros>> in_use_since;
};

struct ImportItem {
  ImportSource source;
  std::string account;  // id for a new account
  std::string platform;
  std::string owner;  // id; the importer when empty
  std::vector<ImportComponent> components;
  bool archived = false;  // a new account is archived from the start
  std::vector<storage::AccountDetail> details;
  // Holders, by id, who know the values already, beside the owner; `known_by_nobody`: not even the owner
  // does.
  std::vector<std::string> known_by;
  bool known_by_nobody = false;
  std::string run;  // the same for all items of one file
};
// Errors name fields of ImportItemRequest.
absl::Status CheckImportItem(const ImportItem& item);

// kNotCompared: there already; a dry run does not tell whether the values are the same.
enum class ImportOutcome : int { kCreated = 1, kUnchanged = 2, kDiffers = 3, kNotCompared = 4 };

struct Imported {
  std::string account;  // id; empty for a new one in a dry run
  ImportOutcome outcome = ImportOutcome::kUnchanged;
  std::vector<ImportOutcome> components;  // in the order of the item
  std::vector<std::string> differing_fields;
};

// ALREADY_EXISTS: reason SAME_ITEM, as import_run.h says; ID_TAKEN where an account that the actor may not see has the
// source's id.
absl::StatusOr<Imported> Import(WriteTx& tx, const Actor& actor, const Request& request, ImportItem item);

}  // namespace holdfast::custody
