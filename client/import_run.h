// Sends the items of an import, several at a time, and reports what became of each.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "client/import_item.h"
#include "client/session.h"
#include "vault/base/status.h"

namespace holdfast::client {

struct ImportResult {
  int position = 0;
  std::string title;
  std::string account;  // "accounts/x"; empty when there is none yet
  std::string outcome;  // "created", "unchanged", "differs", "not compared", "skipped", "failed"
  std::vector<std::pair<std::string, std::string>> components;  // secret, outcome
  std::vector<std::string> notes;  // differing fields, why it was skipped, what comes in otherwise than it is
  std::vector<std::string> left_out;  // what of an item that came in did not
  absl::Status error;
};

struct ImportSettings {
  std::string owner;                  // "holders/alice"; the caller when empty
  std::vector<std::string> known_by;  // "holders/mia" ..., beside the owner
  bool known_by_nobody = false;
  bool dry_run = false;
  bool show_progress = false;
};

// Whether the next item would fare no better: the vault is out of reach, or refuses the caller or the owner.
bool EndsImport(const absl::Status& status);

// In the order of the entries, the same whatever comes first over the wire: alike items wait for one another.
// After an error for which EndsImport() holds, the remaining items fail with reason NOT_TRIED.
absl::StatusOr<std::vector<ImportResult>> RunImport(Session& session, const std::vector<ImportEntry>& entries,
                                                    const ImportSettings& settings);

}  // namespace holdfast::client
