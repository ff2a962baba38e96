// The ledger: one thread that commits what callers submit, in groups, and a pool that reads snapshots.
//
// An answer is given (Done is called) only after the batch that it rests on is durable, signed and anchored.
// A refusal met while reading is recorded before its answer leaves. When it cannot be known what became
// durable, `fatal` is called and nobody is answered. Thread safe. Done runs on threads of the ledger: it must
// not block.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "vault/custody/committer.h"
#include "vault/custody/worker_pool.h"

namespace holdfast::custody {

using Done = std::function<void(absl::Status)>;
using Query = std::function<absl::Status(ReadTx&)>;
// True when nobody waits for the answer any more (deadline, cancellation); checked when a command is taken.
using Abandoned = std::function<bool()>;

// DEADLINE_EXCEEDED, reason LATE: the answer to a command that was abandoned before it was taken.
absl::Status Late();

class Ledger {
 public:
  struct Options {
    int readers = 2;
    std::size_t max_queue = 4096;  // commands waiting; also queries waiting
    std::function<void(const absl::Status&)>
        fatal;  // must not return to the caller's business: stop the process
    std::function<void(std::string_view)> warn = nullptr;  // what an operator must know, once each time that it begins
  };

  // `readers` connections are opened by `open_reader`. `keys` must outlive the ledger.
  static absl::StatusOr<std::unique_ptr<Ledger>> Start(
      std::unique_ptr<Committer> committer, const Keys& keys, std::shared_ptr<Policies> policies,
      const std::function<absl::StatusOr<std::unique_ptr<storage::Connection>>()>& open_reader,
      Options options);
  ~Ledger() { Stop(); }
  // Answers what was taken, closes the database, and answers RESOURCE_EXHAUSTED from then on. Idempotent; not thread
  // safe against itself.
  void Stop();

  // A full queue answers RESOURCE_EXHAUSTED, reason OVERLOADED, at once.
  void Submit(Work work, Abandoned abandoned, Done done);
  void Read(Query query, Abandoned abandoned, Done done);

  // The newest signed checkpoint that is durable.
  std::string signed_checkpoint() const;

 private:
  struct Command {
    Work work;
    Abandoned abandoned;
    Done done;
  };

  Ledger(std::unique_ptr<Committer> committer, const Keys& keys, std::shared_ptr<Policies> policies,
         Options options);
  void WriterLoop();
  // False when it is time to stop. An empty batch when nothing came for a while.
  bool TakeBatch(std::vector<Command>& batch);
  void RunBatch(std::vector<Command> batch);
  void TidyUp(bool last);
  void NoteDisk(bool full);
  void Publish();  // the newest checkpoint
  struct Reading {
    Query query;
    Abandoned abandoned;
    Done done;
    bool again = false;  // what it wanted done first is done
  };
  void StartRead(std::shared_ptr<Reading> reading);
  // `left`: set to what the query wants done now that it failed.
  absl::Status RunInSnapshot(storage::Connection& db, const Query& query, Undone& left);
  void RunQuery(storage::Connection& db, const std::shared_ptr<Reading>& reading);
  // Ends access and suspensions whose time is over.
  absl::Status EndWhatIsOver();

  std::unique_ptr<Committer> committer_;  // the writer thread's alone
  bool disk_full_ = false;                // likewise
  Micros looked_at_ = 0;                  // likewise; uptime of the last EndWhatIsOver()
  const Keys& keys_;
  const std::shared_ptr<Policies> policies_;
  const Options options_;

  mutable std::mutex mutex_;
  std::condition_variable work_;  // guarded by mutex_: queue_, stopping_, checkpoint_
  std::deque<Command> queue_;
  bool stopping_ = false;
  std::string checkpoint_;

  std::vector<std::unique_ptr<storage::Connection>> connections_;
  WorkerPool answers_;
  WorkerPool readers_;
  std::thread writer_;
};

}  // namespace holdfast::custody
