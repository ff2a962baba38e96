// A vault on disk: made once, opened by one process at a time, and opened only if it is what it was.
//
// D/seal       seal header and wrapped database key (seal.h)
// D/vault.db   the encrypted database, with its write-ahead log beside it
// D/lock       held with flock for as long as the vault is open
// D/anchor     the last signed checkpoint (audit/anchor.h), unless another path was given
// D/place      where the vault was last served (place.h)
// D/endpoint   where a running server listens
#pragma once

#include <memory>
#include <string>

#include "vault/base/secret_bytes.h"
#include "vault/custody/committer.h"
#include "vault/custody/keys.h"
#include "vault/custody/strings.h"

namespace holdfast::custody {

struct Seal;

struct InitOptions {
  std::string data_dir;        // made when it is not there; must be empty
  std::string officer;         // holder id
  std::string key_file;        // absolute, outside data_dir, not there yet
  std::string anchor;          // absolute, of the operator's choice; D/anchor when empty
  std::string address;         // of the API, for the enrollment string; may be empty
  Micros string_lifetime = kStringLifetime;
};

// Makes the vault and returns the officer's enrollment string. On an error nothing that was made stays.
absl::StatusOr<Plaintext> InitVault(const InitOptions& options);

struct OpenOptions {
  std::string key_file;  // in place of the one that the seal names; may be empty
  bool adopt = false;    // the vault was moved here: record it and go on
};

// An open vault. Moves its parts to whoever runs it; the lock goes with it.
class Vault {
 public:
  // Checks in this order: lock (reason VAULT_IN_USE), place (reason IS_A_COPY), seal and key file, database, how its
  // pages hang together, every log entry, the anchor, the digest of all rows. Any doubt keeps it shut, and touches
  // nothing outside `data_dir`; indexes that do not show what the tables hold are made anew.
  static absl::StatusOr<std::unique_ptr<Vault>> Open(const std::string& data_dir,
                                                     const OpenOptions& options = {});
  ~Vault();

  const Keys& keys() const { return *keys_; }
  // Opening found indexes that did not show what the tables hold: somebody put older pages back.
  bool indexes_rebuilt() const { return indexes_rebuilt_; }
  const std::shared_ptr<Policies>& policies() const { return policies_; }
  // The table of those who may connect; the committer keeps it up to date.
  const std::shared_ptr<Door>& door() const { return door_; }
  // The writer; once.
  std::unique_ptr<Committer> TakeCommitter() { return std::move(committer_); }
  Committer& committer() { return *committer_; }
  absl::StatusOr<std::unique_ptr<storage::Connection>> OpenReader() const;

 private:
  Vault() = default;
  absl::Status Lock(const std::string& data_dir);
  absl::Status Load(const std::string& data_dir, const Seal& seal, const OpenOptions& options);
  absl::Status Settle(const std::string& data_dir, const OpenOptions& options);

  std::string database_path_;
  SecretBytes database_key_;
  std::unique_ptr<Keys> keys_;
  std::shared_ptr<Policies> policies_ = std::make_shared<Policies>();
  std::unique_ptr<Committer> committer_;
  bool indexes_rebuilt_ = false;
  std::shared_ptr<Door> door_;
  int lock_fd_ = -1;
};

// Where devices reach the vault, as it was last said on the host; "" when it never was.
inline constexpr std::string_view kAddressSetting = "address";

struct OfflineString {
  Plaintext string;
  std::string address;  // that it names; "" when it names none
};
// A new enrollment string for a registered, active holder, made on the host while no server runs; recorded. Without
// `address` it names the one that was said before.
absl::StatusOr<OfflineString> EnrollOffline(Vault& vault, std::string_view holder, const std::string& address,
                                            Micros lifetime = kStringLifetime);

}  // namespace holdfast::custody
