// Every client is a witness: it remembers the last signed checkpoint it saw and accepts only logs that extend
// it. A vault that lost, rewrote or rolled back what this device once saw is found out here. The memory is
// the file "checkpoint" beside the identity; processes take turns by a lock file.
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
  // Reads what is remembered, if anything; it must still verify under the pinned `verifier`.
  static absl::StatusOr<Witness> Load(const std::string& home, const std::string& verifier);

  const std::optional<evidence::Checkpoint>& known() const { return known_; }
  std::int64_t known_size() const { return known_.has_value() ? known_->size : 0; }
  const evidence::NoteVerifier& verifier() const { return verifier_; }

  // Verifies the note and that it extends known(), then remembers it, unless another process has meanwhile
  // remembered a larger one.
  absl::Status Advance(const std::string& note, const std::vector<Bytes>& proof);
  // Remembers a note that the caller has verified by recomputing the whole tree.
  absl::Status Remember(const std::string& note);

 private:
  Witness(std::string home, evidence::NoteVerifier verifier);
  absl::StatusOr<std::optional<evidence::Checkpoint>> ReadRemembered() const;

  std::string home_;
  evidence::NoteVerifier verifier_;
  std::optional<evidence::Checkpoint> known_;
};

// Forgets the checkpoint: only when a device is enrolled with another vault.
void ForgetCheckpoint(const std::string& home);

}  // namespace holdfast::client
