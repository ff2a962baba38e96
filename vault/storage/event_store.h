// The audit log's rows: exact leaf bytes, the texts that they commit to, and columns that serve to find them and
// for nothing else. Indexes are dense from 0; time never decreases with the index. Not thread safe, as its
// connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

enum class EventOutcome : int { kAllowed = 1, kDenied = 2 };

// Stored as u32-prefixed fields in a row: field, salt, text, field, salt, text ...
struct EventText {
  std::string field{};
  Bytes salt{};
  std::string text{};
};

struct EventRow {
  std::int64_t idx = 0;
  Micros time = 0;
  std::string type{};
  std::optional<std::int64_t> actor_id{};
  std::optional<std::int64_t> account_id{};
  std::optional<std::int64_t> secret_id{};
  std::optional<std::int64_t> subject_id{};
  std::optional<std::int64_t> version{};
  std::optional<std::int64_t> handover_id{};
  EventOutcome outcome = EventOutcome::kAllowed;
  std::string rule{};
  Bytes leaf{};
  std::vector<EventText> texts{};  // those that can be read; whoever shows them holds them against the leaf
};

// All that are set must match.
struct EventFilter {
  std::optional<std::int64_t> actor_id{};
  std::optional<std::int64_t> account_id{};
  std::optional<std::int64_t> secret_id{};
  std::optional<std::int64_t> subject_id{};
  std::optional<std::int64_t> handover_id{};
  std::optional<std::string> type{};
  std::optional<std::string> type_prefix{};
  std::optional<EventOutcome> outcome{};
  std::optional<Micros> time_from{};  // inclusive
  std::optional<Micros> time_to{};    // exclusive

  // Whatever lies within its times.
  bool TakesAll() const {
    return !actor_id && !account_id && !secret_id && !subject_id && !handover_id && !type && !type_prefix && !outcome;
  }
};

struct IndexRange {
  std::int64_t first = 0;
  std::int64_t last = -1;  // inclusive

  bool empty() const { return last < first; }
};

class EventStore {
 public:
  explicit EventStore(Connection& connection) : connection_(connection) {}

  absl::Status Append(const EventRow& event);
  absl::StatusOr<std::int64_t> Size();
  absl::StatusOr<std::optional<EventRow>> At(std::int64_t idx);
  // At most `limit` events from `from_idx` on (itself included), oldest first.
  absl::StatusOr<std::vector<EventRow>> From(std::int64_t from_idx, int limit);
  // At most `limit` events of the range that match, whatever their times, newest first.
  absl::StatusOr<std::vector<EventRow>> List(const EventFilter& filter, const IndexRange& range, int limit);
  // The indexes that the filter's times allow.
  absl::StatusOr<IndexRange> RangeOf(const EventFilter& filter);

 private:
  // The first index whose event is not before `time`; Size() when there is none.
  absl::StatusOr<std::int64_t> FirstNotBefore(Micros time);

  Connection& connection_;
};

}  // namespace holdfast::storage
