// A device's answer to a vault whose log was restored from a backup: it checks the proofs, tells the user what is lost,
// asks once, keeps the old checkpoint, and goes on under the new key.
#pragma once

#include <string>
#include <vector>

#include "client/witness.h"
#include "vault/base/bytes.h"
#include "vault/base/status.h"

namespace holdfast::client {

// Of this process; set once, before the first call: --accept-restore.
void SetAcceptRestore(bool accept);

// The vault's answer to a device that knows an earlier origin.
struct RestoredLog {
  struct Step {
    std::string statement;
    std::vector<Bytes> consistency;  // from the size restored to the note
  };
  std::vector<Step> steps;  // oldest first
  std::string note;
  std::vector<Bytes> consistency;  // from what the device knows, or the size restored where that is less
};

struct Loss {
  std::int64_t restored = 0;  // entries that the log still has of the origin that the device knew
  std::int64_t seen = 0;      // that the device had seen
  std::string text;           // one line for people
  std::vector<std::string> statements;
};

// VERIFICATION_FAILED unless each statement is signed by the key before it, from the one on that the device trusts, and
// the log contains all that was restored each time, and `known` as far as it was. `known` is what the device holds
// of the old origin; nothing when it never saw a checkpoint.
absl::StatusOr<Loss> CheckRestored(const evidence::NoteVerifier& trusted,
                                   const std::optional<evidence::Checkpoint>& known, const RestoredLog& log);

// OK when --accept-restore was given or the user says yes. FAILED_PRECONDITION, reason RESTORE_NOT_ACCEPTED (exit
// code 9), when there is nobody to ask.
absl::Status AskToAccept(const Loss& loss, const std::string& evidence_path);

}  // namespace holdfast::client
