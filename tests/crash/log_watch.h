// Watches a vault's log from outside, as a device that remembers the last checkpoint it saw. Not thread safe.
#pragma once

#include <map>
#include <string>

#include "tests/harness/api_client.h"
#include "vault/evidence/note.h"

namespace holdfast::crash {

class LogWatch {
 public:
  // Gets the newest checkpoint and demands a good signature and a proof that it extends the last one.
  absl::Status Advance(const testing::ApiClient& client);
  std::int64_t size() const { return known_.size; }

  // Recomputes the whole log, which must pass through the last checkpoint seen. Returns how many commands
  // gave each reason: a request that came twice and took effect once counts as one.
  absl::StatusOr<std::map<std::string, int>> Recompute(const testing::ApiClient& client);

 private:
  absl::StatusOr<evidence::Checkpoint> Open(const testing::ApiClient& client, const std::string& note) const;

  evidence::Checkpoint known_;
};

}  // namespace holdfast::crash
