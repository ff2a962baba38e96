// Restore statements: how a log that was restored from a backup goes on under another origin, and how whoever knew the
// old one comes to trust the new one.
//
// A statement is a signed note (note.h) with this text, signed by the key of the origin that ended and by the key of
// the one that goes on:
//   holdfast-restore/v1
//   <verifier key of the origin that ended>
//   <verifier key of the origin that goes on>
//   <size> <base64 of the root>       of the log as it was restored
//   <size> <base64 of the root> | -   the last known checkpoint of the origin that ended, where one is known
//
// The old key's signature is what counts: whoever holds the vault's CA alone, or a connection, cannot make clients give
// up what they saw. Who holds the old key can; so people are asked, and keep the old checkpoint.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/status.h"
#include "vault/evidence/note.h"

namespace holdfast::evidence {

struct RestoreStatement {
  NoteVerifier ended;
  NoteVerifier goes_on;
  Checkpoint restored;                   // under the origin that goes on
  std::optional<Checkpoint> last_known;  // under the origin that ended
};

// REQUIRES: the signers have the keys that the statement names.
std::string SignRestore(const RestoreStatement& statement, const crypto::Signer& ended,
                        const crypto::Signer& goes_on);

// DATA_LOSS, reason NOTE_INVALID, unless both signatures are good, `ended` is the origin that it says ended, and
// nothing is known of fewer entries than were restored.
absl::StatusOr<RestoreStatement> OpenRestore(std::string_view note, const NoteVerifier& ended);

// The statements that lead on from `start`, in their order; those before it are passed over. DATA_LOSS, reason
// NOTE_INVALID, when one that should lead on does not.
absl::StatusOr<std::vector<RestoreStatement>> FollowRestores(const std::vector<std::string>& notes,
                                                             const NoteVerifier& start);

}  // namespace holdfast::evidence
