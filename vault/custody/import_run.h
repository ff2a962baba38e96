// One run of an import: all items of one file. They were as many logins in their source, so no two of them are taken
// for each other, whatever the caller sends: the first wins. What a run has brought is known for a day, and of a dry run
// too, which would else say otherwise than the real one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "vault/custody/importing.h"
#include "vault/storage/import_store.h"

namespace holdfast::custody {

class ImportRun {
 public:
  // The run of `item`, as the caller's earlier items of it left it.
  static absl::StatusOr<ImportRun> Of(WriteTx& tx, const Actor& actor, const Request& request,
                                      const ImportItem& item);

  // ALREADY_EXISTS, reason SAME_ITEM: an earlier item has the same id; or looks the same, and the two do not both have
  // an id by which a later run could tell them apart.
  absl::Status CheckIsAnother() const;
  // Whether an earlier item was found to be this account.
  bool Took(std::int64_t account_id) const;
  // Keeps what the item was found to be. In a dry run this is what stays of the call, beside its event.
  absl::Status Keep(WriteTx& tx, const Actor& actor, std::int64_t account_id, bool is_new);

 private:
  explicit ImportRun(storage::ImportedItem own) : own_(std::move(own)) {}

  storage::ImportedItem own_;
  std::vector<storage::ImportedItem> earlier_;  // like this one
  bool repeated_ = false;
};

}  // namespace holdfast::custody
