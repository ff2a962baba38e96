// Verifies a whole audit log by recomputing it: every leaf is hashed into the Merkle tree again, every text
// is held against its commitment, indexes have no gap and time never goes back. What comes out equals a
// signed checkpoint, or the log is not what was signed.
//
// Where the vault was restored from a backup, the entry vault.restore carries the statement by which the log goes on
// under another key (vault/evidence/restore.h): it is followed from the key that is trusted. Not thread safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/evidence/note.h"
#include "vault/evidence/tree.h"

namespace holdfast::client {

struct LogText {
  Bytes salt;
  std::string text;
};

// One entry: the exact leaf, and those texts of it that were not erased.
struct LogEntry {
  std::int64_t index = 0;
  std::string leaf;
  std::map<std::string, LogText> texts;
};

// One line of an export, without the line break:
//   {"index":N,"leaf":"<exact leaf>","texts":{"reason":{"salt":"<hex>","text":"..."}}}
std::string FormatEntryLine(const LogEntry& entry);
// The last line of an export: {"checkpoint":"<signed note>"}.
std::string FormatCheckpointLine(std::string_view note);

struct ExportLine {
  LogEntry entry;
  std::string checkpoint;  // set on the last line alone
};
absl::StatusOr<ExportLine> ParseExportLine(std::string_view line);

// All errors are DATA_LOSS with reason VERIFICATION_FAILED and say which entry is wrong.
class LogCheck {
 public:
  // `trusted`: the key that checkpoints are verified with, of any origin that the log had. `seen`: checkpoints that
  // were seen before; the log must pass through each of them, or with `may_be_older` through those that it reaches. What a
  // restore is known to have lost of them is in restores() instead.
  LogCheck(evidence::NoteVerifier trusted, std::vector<evidence::Checkpoint> seen, bool may_be_older = false);

  absl::Status Add(const LogEntry& entry);
  // `last` covers all that was added, no more and no less.
  absl::Status Finish(const evidence::Checkpoint& last);

  // The restores that lead on from the trusted key: at which entry, and how many of the entries seen are lost.
  struct Restored {
    std::int64_t entry = 0;
    std::int64_t lost = 0;
  };
  const std::vector<Restored>& restores() const { return restores_; }
  // The trusted key and those that it leads on to; the last one signs now.
  const std::vector<evidence::NoteVerifier>& verifiers() const { return verifiers_; }

  std::int64_t size() const { return edge_.size(); }
  // Texts that leaves commit to and that were not given: erased, or damaged where they are kept.
  std::int64_t absent_texts() const { return absent_texts_; }
  evidence::Hash root() const { return edge_.Root(); }

 private:
  absl::Status CheckSeen();
  absl::Status FollowRestore(const LogEntry& entry);

  std::vector<evidence::NoteVerifier> verifiers_;
  std::vector<Restored> restores_;
  std::vector<evidence::Checkpoint> seen_;
  bool may_be_older_;
  evidence::Edge edge_;
  Micros last_time_ = 0;
  std::int64_t absent_texts_ = 0;
};

}  // namespace holdfast::client
