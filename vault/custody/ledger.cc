#include "vault/custody/ledger.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "vault/base/retry.h"
#include "vault/custody/access_end.h"
#include "vault/custody/holders.h"
#include "vault/storage/errors.h"

namespace holdfast::custody {
namespace {

constexpr std::size_t kMaxBatch = 256;
constexpr Micros kLookedEvery = 5 * kSecond;
// The elapsed time is saved while nothing else happens, too; and so are refusals that were counted.
constexpr std::chrono::seconds kLongestSleep(10);
constexpr std::chrono::seconds kSleepWithRefusals(1);

absl::Status Overloaded() {
  absl::Status status = MakeError(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                                  "the vault has too much to do; try again");
  SetRetryAfter(status, 1000);
  return status;
}

using storage::IsDiskFull;

}  // namespace

absl::Status Late() {
  return MakeError(absl::StatusCode::kDeadlineExceeded, "LATE",
                   "the call ended before it was taken; nothing was done");
}

Ledger::Ledger(std::unique_ptr<Committer> committer, const Keys& keys, std::shared_ptr<Policies> policies,
               Options options)
    : committer_(std::move(committer)),
      keys_(keys),
      policies_(std::move(policies)),
      options_(std::move(options)) {}

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Start(
    std::unique_ptr<Committer> committer, const Keys& keys, std::shared_ptr<Policies> policies,
    const std::function<absl::StatusOr<std::unique_ptr<storage::Connection>>()>& open_reader,
    Options options) {
  std::unique_ptr<Ledger> ledger(
      new Ledger(std::move(committer), keys, std::move(policies), std::move(options)));
  HF_RETURN_IF_ERROR(ledger->committer_->AnchorNow());
  HF_RETURN_IF_ERROR(ledger->EndWhatIsOver());
  ledger->checkpoint_ = ledger->committer_->signed_checkpoint();
  for (int i = 0; i < ledger->options_.readers; ++i) {
    HF_ASSIGN_OR_RETURN(auto reader, open_reader());
    ledger->connections_.push_back(std::move(reader));
  }
  // Answers that are durable must always find a place.
  ledger->answers_.Start(/*threads=*/1, std::numeric_limits<std::size_t>::max());
  ledger->readers_.Start(ledger->options_.readers, ledger->options_.max_queue);
  ledger->writer_ = std::thread([raw = ledger.get()] { raw->WriterLoop(); });
  return ledger;
}

void Ledger::Stop() {
  readers_.Stop();  // before the writer: a refusal met while reading still has to be recorded
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  if (writer_.joinable()) writer_.join();
  answers_.Stop();
  connections_.clear();
  committer_.reset();
}

void Ledger::Submit(Work work, Abandoned abandoned, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && queue_.size() < options_.max_queue) {
      queue_.push_back({std::move(work), std::move(abandoned), std::move(done)});
      done = nullptr;
    }
  }
  if (done) return done(Overloaded());
  work_.notify_one();
}

void Ledger::Read(Query query, Abandoned abandoned, Done done) {
  StartRead(std::make_shared<Reading>(
      Reading{.query = std::move(query), .abandoned = std::move(abandoned), .done = std::move(done)}));
}

// Shared, as a job that finds no place is destroyed with what it holds.
void Ledger::StartRead(std::shared_ptr<Reading> reading) {
  const bool taken = readers_.Post([this, reading](int thread) {
    if (reading->abandoned && reading->abandoned()) return reading->done(Late());
    RunQuery(*connections_[static_cast<std::size_t>(thread)], reading);
  });
  if (!taken) reading->done(Overloaded());
}

absl::Status Ledger::RunInSnapshot(storage::Connection& db, const Query& query, Undone& left) {
  const storage::ReadSnapshot snapshot(db);
  HF_RETURN_IF_ERROR(snapshot.status());
  HF_ASSIGN_OR_RETURN(auto policy, policies_->Active(db));
  ReadTx tx(db, committer_->EventTime(), committer_->elapsed().Now(), keys_, std::move(policy));
  const absl::Status status = query(tx);
  left = Undone::Of(tx);
  return status;
}

void Ledger::RunQuery(storage::Connection& db, const std::shared_ptr<Reading>& reading) {
  Undone left;
  const absl::Status status = RunInSnapshot(db, reading->query, left);
  if (status.ok()) return reading->done(status);
  if (left.first && !reading->again) {
    reading->again = true;
    return Submit(std::move(left.first), /*abandoned=*/nullptr, [this, reading](const absl::Status& done) {
      done.ok() ? StartRead(reading) : reading->done(done);
    });
  }
  if (!left.instead) return reading->done(status);
  Submit(std::move(left.instead), /*abandoned=*/nullptr, [status, reading](const absl::Status& recorded) {
    reading->done(recorded.ok() ? status : recorded);
  });
}

std::string Ledger::signed_checkpoint() const {
  const std::lock_guard lock(mutex_);
  return checkpoint_;
}

bool Ledger::TakeBatch(std::vector<Command>& batch) {
  std::unique_lock lock(mutex_);
  const auto longest = committer_->RefusalsWait() ? kSleepWithRefusals : kLongestSleep;
  work_.wait_for(lock, longest, [this] { return stopping_ || !queue_.empty(); });
  const std::size_t count = std::min(queue_.size(), kMaxBatch);
  for (std::size_t i = 0; i < count; ++i) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return !batch.empty() || !stopping_;
}

void Ledger::WriterLoop() {
  std::vector<Command> batch;
  while (TakeBatch(batch)) {
    if (!batch.empty()) RunBatch(std::move(batch));
    batch.clear();
    TidyUp(/*last=*/false);
  }
  TidyUp(/*last=*/true);
}

absl::Status Ledger::EndWhatIsOver() {
  looked_at_ = committer_->elapsed().Now();
  const Work suspensions = [](WriteTx& tx) { return LapseSuspensions(tx); };
  const Work access = [](WriteTx& tx) { return EndLapsedAccess(tx); };
  HF_ASSIGN_OR_RETURN(const auto results, committer_->Run({&suspensions, &access}));
  for (const absl::Status& result : results) {
    if (!result.ok() && !IsDiskFull(result)) return result;
  }
  return absl::OkStatus();
}

void Ledger::TidyUp(bool last) {
  const absl::Status in_place = committer_->CheckFiles();
  if (!in_place.ok()) return options_.fatal(in_place);
  const absl::Status recorded = committer_->RecordRefusals(last);
  if (!recorded.ok() && !IsDiskFull(recorded)) return options_.fatal(recorded);
  if (!last && committer_->elapsed().Now() - looked_at_ >= kLookedEvery) {
    const absl::Status ended = EndWhatIsOver();
    if (!ended.ok()) return options_.fatal(ended);
  }
  Publish();
  const absl::Status saved = committer_->SaveElapsed(last);
  if (!saved.ok() && !IsDiskFull(saved)) return options_.fatal(saved);
  // Without room in the database, what is committed stays in the write-ahead log.
  const absl::Status moved = committer_->Checkpoint(last);
  if (!moved.ok() && !IsDiskFull(moved)) return options_.fatal(moved);
  if (!saved.ok() || !moved.ok()) NoteDisk(/*full=*/true);
}

void Ledger::NoteDisk(bool full) {
  if (disk_full_ != full && options_.warn) {
    options_.warn(full ? "the disk is full: what has to be written is refused, or waits in the write-ahead log, until "
                         "there is room"
                       : "the disk has room again");
  }
  disk_full_ = full;
}

void Ledger::Publish() {
  const std::lock_guard lock(mutex_);
  checkpoint_ = committer_->signed_checkpoint();
}

void Ledger::RunBatch(std::vector<Command> batch) {
  const Work late = [](WriteTx&) { return Late(); };
  std::vector<const Work*> commands;
  for (const Command& command : batch)
    commands.push_back(command.abandoned && command.abandoned() ? &late : &command.work);
  auto results = committer_->Run(commands);
  if (!results.ok()) return options_.fatal(results.status());
  if (std::ranges::any_of(*results, IsDiskFull)) {
    NoteDisk(/*full=*/true);
  } else if (disk_full_ && std::ranges::any_of(*results, &absl::Status::ok)) {
    // There is room for the write-ahead log; is there in the database?
    if (committer_->Checkpoint(/*always=*/false).ok()) NoteDisk(/*full=*/false);
  }
  Publish();
  answers_.Post(
      [batch = std::make_shared<std::vector<Command>>(std::move(batch)), results = *std::move(results)](int) {
        for (std::size_t i = 0; i < batch->size(); ++i) (*batch)[i].done(results[i]);
      });
}

}  // namespace holdfast::custody
