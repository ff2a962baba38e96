// The anchor: the last signed checkpoints, in a file outside the database (better: on another volume), so
// that putting back an older database is noticed. Two slots of kSlotSize bytes are written in turn, each
// whole and synced before the next is touched: whatever crashes, one slot holds a good checkpoint. A slot is
// a signed note padded with blanks; the signature tells a torn slot from a whole one. Not thread safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "vault/base/status.h"
#include "vault/evidence/note.h"

namespace holdfast::audit {

class Anchor {
 public:
  static constexpr std::size_t kSlotSize = 1024;

  // Makes the file, 0600; ALREADY_EXISTS with reason ANCHOR_EXISTS rather than overwrite.
  static absl::StatusOr<Anchor> Create(const std::string& path);
  // NOT_FOUND with reason ANCHOR_MISSING.
  static absl::StatusOr<Anchor> Open(const std::string& path);
  Anchor(Anchor&& other) noexcept;
  Anchor& operator=(Anchor&& other) = delete;
  ~Anchor();

  // Keeps others on this machine from writing it for as long as this object lives: FAILED_PRECONDITION, reason
  // ANCHOR_IN_USE, when another vault does.
  absl::Status Lock();

  // The checkpoint with the most entries that carries the verifier's signature; DATA_LOSS with reason
  // ANCHOR_DAMAGED when no slot holds one.
  absl::StatusOr<evidence::Checkpoint> Latest(const evidence::NoteVerifier& verifier);
  // Durable on return.
  absl::Status Write(std::string_view note);

 private:
  explicit Anchor(int fd) : fd_(fd) {}
  absl::StatusOr<std::string> ReadSlot(int slot) const;

  int fd_ = -1;
  int next_slot_ = 0;
};

}  // namespace holdfast::audit
