// Verifies a whole audit log by recomputing it: every leaf is hashed into the Merkle tree again, every text
// is held against its commitment, indexes have no gap and time never goes back. What comes out equals a
// signed checkpoint, or the log is not what was signed. Not thread safe.
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
  // `seen`: checkpoints that were seen before; the log must pass through each of them, or with `may_be_older`
  // through those that it reaches.
  explicit LogCheck(std::vector<evidence::Checkpoint> seen, bool may_be_older = false);

  absl::Status Add(const LogEntry& entry);
  // `last` covers all that was added, no more and no less.
  absl::Status Finish(const evidence::Checkpoint& last);

  std::int64_t size() const { return edge_.size(); }
  // Texts that leaves commit to and that were not given: erased, or damaged where they are kept.
  std::int64_t absent_texts() const { return absent_texts_; }
  evidence::Hash root() const { return edge_.Root(); }

 private:
  absl::Status CheckSeen();

  std::vector<evidence::Checkpoint> seen_;
  bool may_be_older_;
  evidence::Edge edge_;
  Micros last_time_ = 0;
  std::int64_t absent_texts_ = 0;
};

}  // namespace holdfast::client
