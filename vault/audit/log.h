// The audit log on storage: appends inside the caller's transaction, and the tree's edge that moves only once
// the transaction is durable. One thread (the ledger's) owns a Log.
#pragma once

#include <string>
#include <utility>

#include "vault/audit/event.h"
#include "vault/base/secret_bytes.h"
#include "vault/evidence/note.h"
#include "vault/evidence/tree.h"
#include "vault/storage/connection.h"

namespace holdfast::audit {

// MAC(key, index || sum): how the digest of the state is written into a leaf. The sum itself is never
// written, as a bare sum of row hashes can be solved for.
crypto::Digest StateMac(const SecretBytes& key, std::int64_t index, const storage::StateSum& sum);

// The log as one batch sees it: what is durable plus what the batch has appended so far. Copyable, so that
// one command's share can be undone.
struct Tip {
  evidence::Edge edge;
  Micros last_time = 0;
  Micros last_uptime = 0;
};

class Log {
 public:
  // Reads and checks the whole log: every leaf is hashed and compared with the stored tree, indexes are dense,
  // time never goes back, and the columns beside a leaf say what it says. DATA_LOSS with reason LOG_DAMAGED
  // otherwise. `state_key` must outlive the log.
  static absl::StatusOr<Log> Load(storage::Connection& db, const SecretBytes& state_key);

  const Tip& tip() const { return tip_; }
  // Appends to `db` and to `tip`. `command` ties together the events of one command, `policy` is the hash of the
  // policy that it was decided by.
  absl::Status Append(storage::Connection& db, Tip& tip, Micros now, Micros uptime, ByteView command,
                      const crypto::Digest& policy, const Event& event) const;
  // After COMMIT: what the batch appended is the log now.
  void Advance(Tip tip) { tip_ = std::move(tip); }
  // After COMMIT: the signed note for the tip.
  std::string SignCheckpoint(const std::string& origin, const crypto::Signer& signer) const;

  // OK when the log extends `anchored`: no fewer entries, and the same root at its size. DATA_LOSS with
  // reason LOG_ROLLED_BACK otherwise.
  absl::Status CheckExtends(storage::Connection& db, const evidence::Checkpoint& anchored) const;
  // OK when the rows that decide who may do what are those that the last event saw. DATA_LOSS with reason
  // STATE_DAMAGED otherwise.
  absl::Status CheckState(storage::Connection& db, const storage::StateSum& sum) const;

 private:
  explicit Log(const SecretBytes& state_key) : state_key_(&state_key) {}

  const SecretBytes* state_key_;
  Tip tip_;
};

evidence::HashReader StoredHashes(storage::Connection& db);

}  // namespace holdfast::audit
