// The write path on one thread: commands in, one durable transaction out.
//
// Each command runs in a savepoint of its own. What it did and the events that record it become durable
// together, or not at all; when it fails, all it did is undone and, if it was refused, the refusal is
// recorded, or counted when there are many (refusals.h). Then COMMIT, sign the checkpoint, anchor it, publish who
// may connect now. No answer may leave before Run() has returned. Not thread safe.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "vault/audit/anchor.h"
#include "vault/audit/log.h"
#include "vault/custody/data_files.h"
#include "vault/custody/door.h"
#include "vault/custody/elapsed.h"
#include "vault/custody/keys.h"
#include "vault/custody/refusals.h"
#include "vault/custody/tx.h"
#include "vault/storage/connection.h"

namespace holdfast::custody {

class Committer {
 public:
  // REQUIRES: `log` was loaded from `db` and extends `anchor`. `keys` must outlive this.
  Committer(std::unique_ptr<storage::Connection> db, audit::Log log, audit::Anchor anchor, const Keys& keys,
            std::shared_ptr<Policies> policies, const Elapsed& elapsed)
      : db_(std::move(db)),
        log_(std::move(log)),
        anchor_(std::move(anchor)),
        keys_(keys),
        policies_(std::move(policies)),
        elapsed_(elapsed),
        elapsed_saved_(elapsed.Now()),
        last_time_(log_.tip().last_time) {}

  // From here on each Run() finds out whether they are still in place.
  void Watch(DataFiles files) { files_ = std::move(files); }
  // An error, reason FILES_CHANGED, when one of them is not: what is committed was written elsewhere, as the message
  // says. As after an error of Run(), the caller must stop the process.
  absl::Status CheckFiles();

  // Runs the commands in order; results stand at the same positions. A returned error means that it is not
  // known what became durable: the caller must stop the process and answer nobody.
  absl::StatusOr<std::vector<absl::Status>> Run(const std::vector<const Work*>& commands);
  // For one command; for tools that run without a server.
  absl::Status RunOne(const Work& work);
  // Signs and anchors what is durable; once, before the first Run().
  absl::Status AnchorNow();

  // The table of those who may connect, as of the last commit; complete after the first Run() or PublishDoor().
  const std::shared_ptr<Door>& door() const { return door_; }
  absl::Status PublishDoor();

  // Moves what is in the write-ahead log into the database when there is enough of it, or all the same.
  absl::Status Checkpoint(bool always);

  // Writes what refusals were counted, when it is time or all the same; they are kept when the disk is full.
  absl::Status RecordRefusals(bool always);
  bool RefusalsWait() const { return refusals_.waiting(); }

  // Saves the elapsed time when it was not for a while, or all the same.
  absl::Status SaveElapsed(bool always);
  const Elapsed& elapsed() const { return elapsed_; }
  // The time of whoever reads now: never before an entry that is in their snapshot. Thread safe.
  Micros EventTime() const { return std::max(WallNow(), last_time_.load(std::memory_order_acquire)); }

  const std::string& signed_checkpoint() const { return signed_checkpoint_; }
  std::int64_t log_size() const { return log_.tip().edge.size(); }

 private:
  // `left`: set to what the command wants done before it or in its place, now that it is undone.
  absl::Status RunInSavepoint(const Work& work, audit::Tip& tip, Undone& left);
  absl::Status RunOrInstead(const Work& work, audit::Tip& tip);
  absl::Status Execute(const Work& work, WriteTx& tx, audit::Tip& tip);
  absl::Status AppendAll(WriteTx& tx, audit::Tip& tip, bool rows_changed);
  Micros Now(const audit::Tip& tip) const;
  absl::Status RecordHandshakes(bool always);

  std::unique_ptr<storage::Connection> db_;
  audit::Log log_;
  audit::Anchor anchor_;
  const Keys& keys_;
  std::shared_ptr<Policies> policies_;
  const Elapsed elapsed_;
  Micros elapsed_saved_;
  std::atomic<Micros> last_time_;  // of the log's newest entry, moved before it can be read
  std::string signed_checkpoint_;
  std::optional<DataFiles> files_;
  Refusals refusals_;
  Micros handshakes_recorded_ = 0;
  const std::shared_ptr<Door> door_ = std::make_shared<Door>();
};

}  // namespace holdfast::custody
