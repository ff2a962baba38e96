#include "client/witness.h"

#include <unistd.h>

#include <utility>

#include "client/files.h"
#include "fmt/format.h"
#include "vault/base/files.h"
#include "vault/evidence/tree.h"

namespace holdfast::client {
namespace {

std::string CheckpointPath(const std::string& home) { return home + "/checkpoint"; }

}  // namespace

absl::Status VerificationFailed(std::string_view message) {
  return MakeError(absl::StatusCode::kDataLoss, "VERIFICATION_FAILED", message);
}

absl::Status CheckExtends(const evidence::Checkpoint& known, const evidence::Checkpoint& next,
                          const std::vector<Bytes>& proof) {
  if (next.size < known.size)
    return VerificationFailed(fmt::format(
        "the vault's log was rolled back: this device has seen {} entries, the vault now shows {}; do not "
        "trust its answers, tell your auditors",
        known.size, next.size));
  if (next.size == known.size && next.root != known.root)
    return VerificationFailed(fmt::format(
        "the vault shows another log of {} entries than this device has seen: entries were changed; do not "
        "trust its answers, tell your auditors",
        known.size));
  if (!evidence::VerifyConsistency(known.size, next.size, known.root, next.root, proof).ok())
    return VerificationFailed(fmt::format(
        "the vault's log of {} entries does not contain the {} entries that this device has seen: entries "
        "were changed or removed; do not trust its answers, tell your auditors",
        next.size, known.size));
  return absl::OkStatus();
}

Witness::Witness(std::string home, evidence::NoteVerifier verifier)
    : home_(std::move(home)), verifier_(std::move(verifier)) {}

absl::StatusOr<std::optional<evidence::Checkpoint>> Witness::ReadRemembered() const {
  const auto content = ReadTextFile(CheckpointPath(home_));
  if (absl::IsNotFound(content.status())) return std::optional<evidence::Checkpoint>();
  HF_RETURN_IF_ERROR(content.status());
  const auto checkpoint = evidence::OpenCheckpoint(*content, verifier_);
  if (checkpoint.ok()) return std::optional<evidence::Checkpoint>(*checkpoint);
  return VerificationFailed(fmt::format("{} does not verify under the vault's key: it was changed or damaged",
                                        CheckpointPath(home_)));
}

absl::StatusOr<Witness> Witness::Load(const std::string& home, const std::string& verifier) {
  HF_ASSIGN_OR_RETURN(evidence::NoteVerifier parsed, evidence::NoteVerifier::Parse(verifier));
  Witness witness(home, std::move(parsed));
  HF_ASSIGN_OR_RETURN(witness.known_, witness.ReadRemembered());
  return witness;
}

absl::Status Witness::Advance(const std::string& note, const std::vector<Bytes>& proof) {
  const auto next = evidence::OpenCheckpoint(note, verifier_);
  if (!next.ok())
    return VerificationFailed(
        "the vault's checkpoint is not signed with the key that this device enrolled with");
  if (known_.has_value()) HF_RETURN_IF_ERROR(CheckExtends(*known_, *next, proof));
  return Remember(note);
}

absl::Status Witness::Remember(const std::string& note) {
  HF_ASSIGN_OR_RETURN(const evidence::Checkpoint next, evidence::OpenCheckpoint(note, verifier_));
  HF_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Take(CheckpointPath(home_) + ".lock"));
  HF_ASSIGN_OR_RETURN(const auto stored, ReadRemembered());
  // Another process may have seen more meanwhile; its own proof covers that.
  if (stored.has_value() && stored->size >= next.size) {
    if (stored->size == next.size) HF_RETURN_IF_ERROR(CheckExtends(*stored, next, {}));
    known_ = next;
    return absl::OkStatus();
  }
  // Between the two lies another process's note: only a proof from it on would let this one take its place.
  const bool replaces_own = !stored.has_value() || (known_.has_value() && stored->size == known_->size);
  if (replaces_own) HF_RETURN_IF_ERROR(ReplaceFile(CheckpointPath(home_), AsBytes(note)));
  known_ = next;
  return absl::OkStatus();
}

void ForgetCheckpoint(const std::string& home) { unlink(CheckpointPath(home).c_str()); }

}  // namespace holdfast::client
