// Making a data directory: nothing that was there is overwritten, and nothing half made stays behind.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"
#include "vault/custody/tx.h"

namespace holdfast::custody {

// Removes what was made, unless all went well.
class RemoveUnlessKept {
 public:
  RemoveUnlessKept() = default;
  RemoveUnlessKept(const RemoveUnlessKept&) = delete;
  RemoveUnlessKept& operator=(const RemoveUnlessKept&) = delete;
  ~RemoveUnlessKept();
  void Add(std::string path) { paths_.push_back(std::move(path)); }
  void Keep() { paths_.clear(); }

 private:
  std::vector<std::string> paths_;
};

// ALREADY_EXISTS, reason VAULT_EXISTS, when it is there and not empty.
absl::Status CheckNewDirectory(const std::string& data_dir);
// Makes it, 0700, or takes an empty one that is open to nobody else. What will be made in it is added to `made`.
absl::Status MakeDataDirectory(const std::string& data_dir, RemoveUnlessKept& made);

bool LiesWithin(const std::string& path, const std::string& directory);
// Errors name "key-file".
absl::Status CheckKeyFileLiesOutside(const std::string& key_file, const std::string& data_dir);
// The anchor as the seal names it: "anchor" when `chosen` is empty, relative where it lies in the data directory, which
// it then follows. ALREADY_EXISTS, reason ANCHOR_EXISTS.
absl::StatusOr<std::string> NewAnchorName(const std::string& data_dir, const std::string& chosen);

// Goes on with the log of the database in the directory, under a new anchor, by what `work` records; moves all of it
// into the database file and writes D/place. `db` has its state digest.
absl::Status BeginLog(const std::string& data_dir, const std::string& anchor_name,
                      std::unique_ptr<storage::Connection> db, const Keys& keys, const Work& work,
                      RemoveUnlessKept& made);

struct SealedBy {
  ByteView vault_id;
  const SecretBytes& root;
  const std::string& key_file;
};
// Last: only a directory with a seal is a vault.
absl::Status SealDirectory(const std::string& data_dir, const std::string& anchor_name, const SealedBy& by,
                           const SecretBytes& database_key);

}  // namespace holdfast::custody
