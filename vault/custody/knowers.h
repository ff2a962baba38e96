// The people who know what an import brings, beside the importer: the owner is presumed to, the importer names the
// others. What they know they must not know when they leave. Not thread safe; for one item.
#pragma once

#include <cstdint>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/custody/importing.h"

namespace holdfast::custody {

class Knowers {
 public:
  // `owner`: of the account. Errors name "known_by".
  static absl::StatusOr<Knowers> Find(WriteTx& tx, const Actor& actor, const ImportItem& item,
                                      const storage::Holder& owner);

  // Of a secret that the import made: they know all its versions.
  absl::Status RecordAll(WriteTx& tx, const storage::Secret& secret);
  // Of one that was there with the same value: those who were named know the newest version.
  absl::Status RecordNewest(WriteTx& tx, const storage::Secret& secret);
  // One event for each of them of whom something was recorded.
  void RecordEvents(WriteTx& tx, const Actor& actor, const Target& item, const Permit& permit) const;

 private:
  struct Knower {
    storage::Holder holder;
    bool named = false;
    bool recorded = false;
  };

  absl::Status Record(WriteTx& tx, Knower& knower, const storage::Secret& secret, std::int64_t from);

  std::vector<Knower> knowers_;
};

}  // namespace holdfast::custody
