#include "vault/audit/anchor.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <utility>

#include "vault/base/files.h"

namespace holdfast::audit {
namespace {

absl::Status Damaged(std::string_view what) {
  return MakeError(absl::StatusCode::kDataLoss, "ANCHOR_DAMAGED", what);
}

}  // namespace

absl::StatusOr<Anchor> Anchor::Create(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    return MakeError(absl::StatusCode::kAlreadyExists, "ANCHOR_EXISTS",
                     "anchor file " + path + " exists already or cannot be made");
  }
  Anchor anchor(fd);
  const std::string blank(2 * kSlotSize, ' ');
  if (pwrite(fd, blank.data(), blank.size(), 0) != static_cast<ssize_t>(blank.size()) || fsync(fd) != 0 ||
      !SyncDirectoryOf(path)) {
    return Damaged("anchor file " + path + " cannot be written");
  }
  return anchor;
}

absl::StatusOr<Anchor> Anchor::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) {
    return MakeError(
        absl::StatusCode::kNotFound, "ANCHOR_MISSING",
        "anchor file " + path +
            " is missing or unreadable: without it a rolled back database would go unnoticed; put it back, or go on "
            "by 'holdfastd restore --from' this directory");
  }
  return Anchor(fd);
}

Anchor::Anchor(Anchor&& other) noexcept : fd_(std::exchange(other.fd_, -1)), next_slot_(other.next_slot_) {}

Anchor::~Anchor() {
  if (fd_ >= 0) close(fd_);
}

absl::Status Anchor::Lock() {
  if (flock(fd_, LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "ANCHOR_IN_USE",
                   "the anchor file is in use by another vault: a copy must not write the original's");
}

absl::StatusOr<std::string> Anchor::ReadSlot(int slot) const {
  std::string bytes(kSlotSize, '\0');
  const auto offset = static_cast<off_t>(slot * kSlotSize);
  if (pread(fd_, bytes.data(), bytes.size(), offset) != static_cast<ssize_t>(bytes.size()))
    return Damaged("the anchor file is too short");
  const std::size_t end = bytes.find_last_not_of(' ');
  bytes.resize(end == std::string::npos ? 0 : end + 1);
  return bytes;
}

absl::StatusOr<evidence::Checkpoint> Anchor::Latest(const evidence::NoteVerifier& verifier) {
  evidence::Checkpoint latest{.origin = {}, .size = -1, .root = {}};
  for (int slot = 0; slot < 2; ++slot) {
    HF_ASSIGN_OR_RETURN(const std::string note, ReadSlot(slot));
    const auto checkpoint = evidence::OpenCheckpoint(note, verifier);
    if (!checkpoint.ok() || checkpoint->size <= latest.size) continue;
    latest = *checkpoint;
    next_slot_ = 1 - slot;
  }
  if (latest.size < 0) return Damaged("the anchor file holds no checkpoint that this vault signed");
  return latest;
}

absl::Status Anchor::Write(std::string_view note) {
  if (note.size() > kSlotSize) return absl::InternalError("a checkpoint does not fit into an anchor slot");
  std::string bytes(note);
  bytes.resize(kSlotSize, ' ');
  const auto offset = static_cast<off_t>(next_slot_ * kSlotSize);
  if (pwrite(fd_, bytes.data(), bytes.size(), offset) != static_cast<ssize_t>(bytes.size()) ||
      fdatasync(fd_) != 0)
    return Damaged("the anchor file cannot be written");
  next_slot_ = 1 - next_slot_;
  return absl::OkStatus();
}

}  // namespace holdfast::audit
