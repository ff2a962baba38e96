// The items of runs of imports, as long as a run may last: no two of one run are taken for each other. Not thread safe,
// as its connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

struct ImportedItem {
  std::int64_t holder_id = 0;  // who imports
  std::string run;
  std::string request_id;
  std::string source;
  std::string source_id;  // may be empty
  Bytes looks;            // SHA-256 of what a person recognises the item by
  std::optional<std::int64_t> account_id;  // what it is here; none for a new one in a dry run
};

class ImportStore {
 public:
  explicit ImportStore(Connection& connection) : connection_(connection) {}

  // Forgets those that are more than a day old.
  absl::Status Add(const ImportedItem& item, Micros now);
  // Of this holder and run: those with the same id of the same source, if it has one, and those that look the same.
  absl::StatusOr<std::vector<ImportedItem>> Like(const ImportedItem& item);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
