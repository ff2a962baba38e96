// The files of an open vault, under their names: who removes or replaces one under a running vault would make all that
// follows vanish when it stops, as it goes on in files that nobody finds any more.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::custody {

// Not thread safe.
class DataFiles {
 public:
  // Database, its write-ahead log and anchor, as they are now: open. DATA_LOSS, reason FILES_CHANGED, when one is not
  // there.
  static absl::StatusOr<DataFiles> Of(const std::string& data_dir, const std::string& anchor,
                                      const SecretBytes& database_key);

  // DATA_LOSS, reason FILES_CHANGED, naming the file whose name leads elsewhere or nowhere.
  absl::Status CheckInPlace() const;

  // For when it does not: writes all that is committed to D/rescue-TIME, a database under the same key, and the newest
  // checkpoint to D/rescue-TIME.anchor. The status is what is to be told: `why`, and where to find that.
  absl::Status Rescue(storage::Connection& db, const std::string& checkpoint, const absl::Status& why) const;

 private:
  struct File {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
  };

  DataFiles(std::string data_dir, SecretBytes database_key)
      : data_dir_(std::move(data_dir)), database_key_(std::move(database_key)) {}

  std::string data_dir_;
  SecretBytes database_key_;
  std::vector<File> files_;
};

}  // namespace holdfast::custody
