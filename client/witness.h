// Every client is a witness: it remembers the last signed checkpoint it saw and accepts only logs that extend
// it. A vault that lost, rewrote or rolled back what this device once saw is found out here.
//
// The memory lies beside the identity; processes take turns by a lock file:
//   checkpoint         the last signed note
//   checkpoints.json   some older ones, ever fewer the older they are: what a restored log is held against when it has
//                      lost the last one
//   restores.json      the statements (vault/evidence/restore.h) that the user of this device accepted
//   before-restore-ID  the last note under the key ID that a restore ended: evidence, never read again
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/base/bytes.h"
#include "vault/base/status.h"
#include "vault/evidence/note.h"

namespace holdfast::client {

// DATA_LOSS, reason VERIFICATION_FAILED: exit code 9.
absl::Status VerificationFailed(std::string_view message);

// OK when `next` extends `known` by the RFC 6962 proof; the same size must have the same root.
absl::Status CheckExtends(const evidence::Checkpoint& known, const evidence::Checkpoint& next,
                          const std::vector<Bytes>& proof);

class Witness {
 public:
  // Reads what is remembered, if anything; it must still verify under the pinned `verifier`, or under the one that the
  // restores accepted since lead to.
  static absl::StatusOr<Witness> Load(const std::string& home, const std::string& verifier);

  const std::optional<evidence::Checkpoint>& known() const { return known_; }
  std::int64_t known_size() const { return known_.has_value() ? known_->size : 0; }
  // Of the log's present origin, as far as this device accepted it.
  const evidence::NoteVerifier& verifier() const { return verifier_; }
  // The largest older checkpoint of at most so many entries.
  absl::StatusOr<std::optional<evidence::Checkpoint>> OlderThan(std::int64_t size) const;

  // Verifies the note and that it extends known(), then remembers it, unless another process has meanwhile
  // remembered a larger one.
  absl::Status Advance(const std::string& note, const std::vector<Bytes>& proof);
  // Remembers a note that the caller has verified by recomputing the whole tree.
  absl::Status Remember(const std::string& note);

  // REQUIRES: the statements lead on from verifier(), the note is signed by the last of them, the log was checked and
  // the user agreed. Keeps the last note of the old origin as evidence.
  absl::Status Accept(const std::vector<std::string>& statements, const std::string& note);
  // Where that evidence lies.
  std::string EvidencePath() const;

 private:
  Witness(std::string home, evidence::NoteVerifier pinned);
  absl::Status ReadRestores();
  absl::StatusOr<std::optional<evidence::Checkpoint>> ReadRemembered() const;
  absl::Status KeepOlder(const std::string& note) const;

  std::string home_;
  std::vector<evidence::NoteVerifier> verifiers_;  // the pinned one, then one a restore
  std::vector<std::string> restores_;              // accepted
  std::optional<evidence::Checkpoint> restored_;   // what the last of them says the log began with
  evidence::NoteVerifier verifier_;                // the last of verifiers_
  std::optional<evidence::Checkpoint> known_;
};

// Forgets the checkpoints and restores: only when a device is enrolled with another vault.
void ForgetCheckpoint(const std::string& home);

}  // namespace holdfast::client
