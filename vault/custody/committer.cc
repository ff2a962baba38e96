#include "vault/custody/committer.h"

#include <algorithm>
#include <utility>

#include "vault/crypto/init.h"
#include "vault/custody/authorize.h"
#include "vault/storage/errors.h"
#include "vault/storage/key_store.h"

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

// A device that is let in no more leaves one event a minute, however often it knocks.
absl::Status RecordRefusedHandshakes(WriteTx& tx, std::int64_t device, std::int64_t times) {
  HF_ASSIGN_OR_RETURN(const auto key, storage::KeyStore(tx.db()).ById(device));
  if (!key.has_value()) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const storage::Holder holder, LoadHolder(tx, key->holder_id));
  audit::Event event;
  event.type = "call.refused";
  event.actor = RefTo(holder);
  event.outcome = audit::Outcome::kDenied;
  event.rule = key->state == KeyState::kRevoked ? "floor.revoked-key" : "floor.expired-key";
  event.texts = {{"method", "handshake"},
                 {kFoldedText, std::to_string(times)},
                 {"fingerprint", FingerprintOf(*key)}};
  tx.Record(std::move(event));
  return absl::OkStatus();
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
  last_time_.store(tip.last_time, std::memory_order_release);
  if (db_->InTransaction()) {
    HF_RETURN_IF_ERROR(CheckFiles());
    const absl::Status committed = db_->Commit();
    if (!committed.ok() && !storage::IsDiskFull(committed)) return committed;
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
  // Nobody has been told of the batch yet, so undoing it breaks no promise.
  HF_RETURN_IF_ERROR(db_->Rollback());
  return files_->Rescue(*db_, signed_checkpoint_, in_place);
}

absl::Status Committer::SaveElapsed(bool always) {
  const Micros elapsed = elapsed_.Now();
  if (!always && elapsed - elapsed_saved_ < kElapsedSavedEvery) return absl::OkStatus();
  elapsed_saved_ = elapsed;
  return Elapsed::Save(*db_, elapsed);
}

absl::Status Committer::RecordHandshakes(bool always) {
  const Micros now = Now(log_.tip());
  if (!always && now < handshakes_recorded_ + kRefusalsWindow) return absl::OkStatus();
  const auto refused = door_->TakeRefused();
  if (refused.empty()) return absl::OkStatus();
  handshakes_recorded_ = now;
  return RunOne([&refused](WriteTx& tx) -> absl::Status {
    for (const auto& [device, times] : refused) HF_RETURN_IF_ERROR(RecordRefusedHandshakes(tx, device, times));
    return absl::OkStatus();
  });
}

absl::Status Committer::RecordRefusals(bool always) {
  HF_RETURN_IF_ERROR(RecordHandshakes(always));
  const Micros now = Now(log_.tip());
  if (!refusals_.waiting() || !(always || refusals_.Due(now))) return absl::OkStatus();
  const Refusals before = refusals_;
  const absl::Status done = RunOne([events = refusals_.Take(now)](WriteTx& tx) {
    for (const audit::Event& event : events) tx.Record(event);
    return absl::OkStatus();
  });
  if (storage::IsDiskFull(done)) refusals_ = before;
  return done;
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

absl::Status Committer::RunInSavepoint(const Work& work, audit::Tip& tip, Undone& left) {
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
  left = Undone::Of(tx);
  if (!db_->InTransaction()) return result;
  HF_RETURN_IF_ERROR(db_->RollbackSavepoint());
  return result;
}

absl::Status Committer::RunOrInstead(const Work& work, audit::Tip& tip) {
  Undone left;
  absl::Status result = RunInSavepoint(work, tip, left);
  Undone nothing;
  if (left.first && db_->InTransaction()) {
    HF_RETURN_IF_ERROR(RunInSavepoint(std::exchange(left, {}).first, tip, nothing));
    result = RunInSavepoint(work, tip, left);
  }
  if (!left.instead || !db_->InTransaction()) return result;
  HF_RETURN_IF_ERROR(RunInSavepoint(left.instead, tip, nothing));
  return result;
}

absl::Status Committer::Execute(const Work& work, WriteTx& tx, audit::Tip& tip) {
  const storage::StateSum before = db_->state_sum();
  HF_RETURN_IF_ERROR(work(tx));
  if (tx.dry_run()) return absl::OkStatus();
  // The log's last entry vouches for every row: after a change without an event the vault would not open again.
  const bool rows_changed = db_->state_sum() != before;
  if (tx.events().empty() && rows_changed)
    return MakeError(absl::StatusCode::kInternal, "UNRECORDED", "something was changed and not recorded; it is undone");
  return AppendAll(tx, tip, rows_changed);
}

absl::Status Committer::AppendAll(WriteTx& tx, audit::Tip& tip, bool rows_changed) {
  const Bytes command = crypto::RandomBytes(kCommandIdSize);
  for (const audit::Event& event : tx.events()) {
    if (!rows_changed && !refusals_.Admit(event, tx.now())) continue;
    HF_RETURN_IF_ERROR(log_.Append(*db_, tip, tx.now(), tx.elapsed(), command, tx.policy().sha256, event));
  }
  return absl::OkStatus();
}

}  // namespace holdfast::custody
