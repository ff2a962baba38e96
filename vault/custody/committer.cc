#include "vault/custody/committer.h"

#include <algorithm>
#include <utility>

#include "vault/crypto/init.h"

namespace holdfast::custody {
namespace {

constexpr int kFramesPerCheckpoint = 1000;
constexpr std::size_t kCommandIdSize = 16;
constexpr Micros kElapsedSavedEvery = 10 * kSecond;

// The library may have rolled the whole transaction back by itself, as it does when the disk is full: then
// nothing of the batch happened, whatever the commands before believed.
absl::Status DiskFull() {
  return MakeError(absl::StatusCode::kResourceExhausted, "DISK_FULL",
                   "the vault's disk is full; nothing was changed; free space and try again");
}

}  // namespace

// Event time never goes back, whatever the wall clock does; decisions use the same time.
Micros Committer::Now(const audit::Tip& tip) const { return std::max(WallNow(), tip.last_time); }

absl::StatusOr<std::vector<absl::Status>> Committer::Run(const std::vector<const Work*>& commands) {
  std::vector<absl::Status> results(commands.size());
  audit::Tip tip = log_.tip();
  HF_RETURN_IF_ERROR(db_->Begin());
  for (std::size_t i = 0; i < commands.size() && db_->InTransaction(); ++i)
    results[i] = RunOrInstead(*commands[i], tip);
  if (db_->InTransaction()) {
    HF_RETURN_IF_ERROR(CheckFiles());
    const absl::Status committed = db_->Commit();
    if (!committed.ok() && ReasonOf(committed) != "DISK_FULL") return committed;
    if (!committed.ok()) HF_RETURN_IF_ERROR(db_->Rollback());
    if (committed.ok()) {
      const bool grown = tip.edge.size() > log_.tip().edge.size();
      log_.Advance(std::move(tip));
      if (grown) HF_RETURN_IF_ERROR(AnchorNow());
      if (db_->TakeKeyChange()) HF_RETURN_IF_ERROR(PublishDoor());
      return results;
    }
  } else {
    HF_RETURN_IF_ERROR(db_->Rollback());
    // Which of the commands met the end of the transaction does not matter: none of them happened.
    const auto lost = std::ranges::find_if(results, [](const absl::Status& s) { return absl::IsDataLoss(s); });
    if (lost != results.end()) {
      const absl::Status damage = *lost;
      std::ranges::fill(results, damage);
      return results;
    }
  }
  std::ranges::fill(results, DiskFull());
  return results;
}

absl::Status Committer::CheckFiles() {
  if (!files_.has_value()) return absl::OkStatus();
  const absl::Status in_place = files_->CheckInPlace();
  if (in_place.ok()) return in_place;
  // What the batch did was acknowledged to nobody.
  HF_RETURN_IF_ERROR(db_->Rollback());
  return files_->Rescue(*db_, signed_checkpoint_, in_place);
}

absl::Status Committer::SaveElapsed(bool always) {
  const Micros elapsed = elapsed_.Now();
  if (!always && elapsed - elapsed_saved_ < kElapsedSavedEvery) return absl::OkStatus();
  elapsed_saved_ = elapsed;
  return Elapsed::Save(*db_, elapsed);
}

absl::Status Committer::RunOne(const Work& work) {
  HF_ASSIGN_OR_RETURN(const std::vector<absl::Status> results, Run({&work}));
  return results.front();
}

absl::Status Committer::AnchorNow() {
  signed_checkpoint_ = log_.SignCheckpoint(keys_.checkpoint_verifier.name, keys_.checkpoint);
  return anchor_.Write(signed_checkpoint_);
}

absl::Status Committer::PublishDoor() {
  HF_ASSIGN_OR_RETURN(auto table, DoorTable::Load(*db_, WallNow()));
  door_->Publish(std::move(table));
  return absl::OkStatus();
}

absl::Status Committer::Checkpoint(bool always) {
  if (!always && db_->WalFrames() < kFramesPerCheckpoint) return absl::OkStatus();
  return db_->Checkpoint();
}

absl::Status Committer::RunInSavepoint(const Work& work, audit::Tip& tip, Work& instead) {
  HF_RETURN_IF_ERROR(db_->Savepoint());
  const audit::Tip before = tip;
  auto policy = policies_->Active(*db_);
  if (!policy.ok()) {
    HF_RETURN_IF_ERROR(db_->RollbackSavepoint());
    return policy.status();
  }
  WriteTx tx(*db_, Now(tip), elapsed_.Now(), keys_, *std::move(policy));
  const absl::Status result = Execute(work, tx, tip);
  if (result.ok() && !tx.dry_run()) return db_->ReleaseSavepoint();
  tip = before;
  instead = tx.TakeInstead();
  if (!db_->InTransaction()) return result;
  HF_RETURN_IF_ERROR(db_->RollbackSavepoint());
  return result;
}

absl::Status Committer::RunOrInstead(const Work& work, audit::Tip& tip) {
  Work instead;
  const absl::Status result = RunInSavepoint(work, tip, instead);
  if (!instead || !db_->InTransaction()) return result;
  Work nothing;
  HF_RETURN_IF_ERROR(RunInSavepoint(instead, tip, nothing));
  return result;
}

absl::Status Committer::Execute(const Work& work, WriteTx& tx, audit::Tip& tip) {
  const storage::StateSum before = db_->state_sum();
  HF_RETURN_IF_ERROR(work(tx));
  if (tx.dry_run()) return absl::OkStatus();
  // The log's last entry vouches for every row: after a change without an event the vault would not open again.
  if (tx.events().empty() && db_->state_sum() != before)
    return MakeError(absl::StatusCode::kInternal, "UNRECORDED", "something was changed and not recorded; it is undone");
  return AppendAll(tx, tip);
}

absl::Status Committer::AppendAll(WriteTx& tx, audit::Tip& tip) {
  const Bytes command = crypto::RandomBytes(kCommandIdSize);
  for (const audit::Event& event : tx.events())
    HF_RETURN_IF_ERROR(log_.Append(*db_, tip, tx.now(), tx.elapsed(), command, tx.policy().sha256, event));
  return absl::OkStatus();
}

}  // namespace holdfast::custody
