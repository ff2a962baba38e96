#include "client/witness.h"

#include <unistd.h>

#include <utility>

#include "client/files.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "vault/base/files.h"
#include "vault/evidence/restore.h"
#include "vault/evidence/tree.h"

namespace holdfast::client {
namespace {

constexpr std::size_t kOlderKept = 64;

std::string CheckpointPath(const std::string& home) { return home + "/checkpoint"; }
std::string OlderPath(const std::string& home) { return home + "/checkpoints.json"; }
std::string RestoresPath(const std::string& home) { return home + "/restores.json"; }

// A JSON list of signed notes; none when there is no such file.
absl::StatusOr<std::vector<std::string>> ReadNotes(const std::string& path) {
  const auto text = ReadTextFile(path);
  if (absl::IsNotFound(text.status())) return std::vector<std::string>();
  HF_RETURN_IF_ERROR(text.status());
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  std::vector<std::string> notes;
  if (!json.is_array()) return VerificationFailed(path + " was changed or damaged");
  for (const auto& note : json) {
    if (!note.is_string()) return VerificationFailed(path + " was changed or damaged");
    notes.push_back(note.get<std::string>());
  }
  return notes;
}

absl::Status WriteNotes(const std::string& path, const std::vector<std::string>& notes) {
  return ReplaceFile(path, AsBytes(nlohmann::json(notes).dump() + "\n"));
}

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

Witness::Witness(std::string home, evidence::NoteVerifier pinned)
    : home_(std::move(home)), verifiers_({pinned}), verifier_(std::move(pinned)) {}

absl::Status Witness::ReadRestores() {
  HF_ASSIGN_OR_RETURN(restores_, ReadNotes(RestoresPath(home_)));
  const auto chain = evidence::FollowRestores(restores_, verifiers_.front());
  if (!chain.ok())
    return VerificationFailed(fmt::format("{} does not verify: it was changed or damaged", RestoresPath(home_)));
  for (const evidence::RestoreStatement& statement : *chain) {
    verifiers_.push_back(statement.goes_on);
    restored_ = statement.restored;
  }
  verifier_ = verifiers_.back();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<evidence::Checkpoint>> Witness::ReadRemembered() const {
  const auto content = ReadTextFile(CheckpointPath(home_));
  if (absl::IsNotFound(content.status())) return std::optional<evidence::Checkpoint>();
  HF_RETURN_IF_ERROR(content.status());
  const auto checkpoint = evidence::OpenCheckpoint(*content, verifier_);
  if (checkpoint.ok()) return std::optional<evidence::Checkpoint>(*checkpoint);
  // The restore was accepted, and then the device stopped before it remembered the first note under the new key.
  for (const evidence::NoteVerifier& earlier : verifiers_)
    if (evidence::OpenCheckpoint(*content, earlier).ok()) return restored_;
  return VerificationFailed(fmt::format("{} does not verify under the vault's key: it was changed or damaged",
                                        CheckpointPath(home_)));
}

absl::StatusOr<Witness> Witness::Load(const std::string& home, const std::string& verifier) {
  HF_ASSIGN_OR_RETURN(evidence::NoteVerifier parsed, evidence::NoteVerifier::Parse(verifier));
  Witness witness(home, std::move(parsed));
  HF_RETURN_IF_ERROR(witness.ReadRestores());
  HF_ASSIGN_OR_RETURN(witness.known_, witness.ReadRemembered());
  return witness;
}

absl::StatusOr<std::optional<evidence::Checkpoint>> Witness::OlderThan(std::int64_t size) const {
  HF_ASSIGN_OR_RETURN(const auto notes, ReadNotes(OlderPath(home_)));
  std::optional<evidence::Checkpoint> largest;
  for (const std::string& note : notes) {
    for (const evidence::NoteVerifier& verifier : verifiers_) {
      const auto checkpoint = evidence::OpenCheckpoint(note, verifier);
      if (checkpoint.ok() && checkpoint->size <= size && (!largest.has_value() || largest->size < checkpoint->size))
        largest = *checkpoint;
    }
  }
  return largest;
}

// The newest kOlderKept notes, then of the older half every second: a long memory in little room.
absl::Status Witness::KeepOlder(const std::string& note) const {
  HF_ASSIGN_OR_RETURN(auto notes, ReadNotes(OlderPath(home_)));
  if (!notes.empty() && notes.back() == note) return absl::OkStatus();
  notes.push_back(note);
  if (notes.size() > kOlderKept) {
    std::vector<std::string> fewer;
    for (std::size_t i = 0; i < notes.size(); ++i)
      if (i % 2 == 0 || i > notes.size() / 2) fewer.push_back(std::move(notes[i]));
    notes = std::move(fewer);
  }
  return WriteNotes(OlderPath(home_), notes);
}

std::string Witness::EvidencePath() const {
  return fmt::format("{}/before-restore-{:08x}", home_, verifier_.key_id);
}

absl::Status Witness::Accept(const std::vector<std::string>& statements, const std::string& note) {
  HF_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Take(CheckpointPath(home_) + ".lock"));
  const auto before = ReadTextFile(CheckpointPath(home_));
  if (before.ok()) HF_RETURN_IF_ERROR(ReplaceFile(EvidencePath(), AsBytes(*before)));
  std::vector<std::string> accepted = restores_;
  accepted.insert(accepted.end(), statements.begin(), statements.end());
  HF_RETURN_IF_ERROR(WriteNotes(RestoresPath(home_), accepted));
  verifiers_.resize(1);
  HF_RETURN_IF_ERROR(ReadRestores());
  HF_ASSIGN_OR_RETURN(known_, evidence::OpenCheckpoint(note, verifier_));
  return ReplaceFile(CheckpointPath(home_), AsBytes(note));
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
  if (replaces_own) {
    HF_RETURN_IF_ERROR(ReplaceFile(CheckpointPath(home_), AsBytes(note)));
    HF_RETURN_IF_ERROR(KeepOlder(note));
  }
  known_ = next;
  return absl::OkStatus();
}

void ForgetCheckpoint(const std::string& home) {
  for (const std::string& path : {CheckpointPath(home), OlderPath(home), RestoresPath(home)}) unlink(path.c_str());
}

}  // namespace holdfast::client
