// C2SP signed-note (https://c2sp.org/signed-note) with Ed25519 keys, and C2SP tlog-checkpoint
// (https://c2sp.org/tlog-checkpoint) without extension lines.
#pragma once

#include <string>
#include <string_view>

#include "vault/base/status.h"
#include "vault/crypto/signing.h"
#include "vault/evidence/tree.h"

namespace holdfast::evidence {

// A verifier key "<name>+<8 hex of key id>+<base64 of 0x01 || public key>".
struct NoteVerifier {
  std::string name;
  std::uint32_t key_id = 0;
  crypto::PublicKey key{};

  static absl::StatusOr<NoteVerifier> Parse(std::string_view vkey);
  static NoteVerifier Of(std::string_view name, const crypto::PublicKey& key);
  std::string ToString() const;
};

// `text` ends in a newline. Returns text, an empty line and one signature line.
std::string SignNote(std::string_view text, std::string_view name, const crypto::Signer& signer);
// Returns the text (with its final newline) when a signature by `verifier` is there and good; unknown
// signatures are passed over, as the specification says. DATA_LOSS with reason NOTE_INVALID otherwise.
absl::StatusOr<std::string> OpenNote(std::string_view note, const NoteVerifier& verifier);

struct Checkpoint {
  std::string origin;
  std::int64_t size = 0;
  Hash root{};
};
std::string FormatCheckpoint(const Checkpoint& checkpoint);  // the note's text
// Strict: exactly three lines, no leading zeros.
absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text);
// OpenNote + ParseCheckpoint + the origin must be the verifier's name.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& verifier);

}  // namespace holdfast::evidence
