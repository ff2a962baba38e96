// The audit log's rows: exact leaf bytes with the columns they are found by, and beside them the texts that
// the leaves commit to. Indexes are dense from 0; time never decreases with the index. Not thread safe, as
// its connection.
#pragma once

#include <cstdint>
#include <limits>
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
};

struct EventText {
  std::string field{};
  Bytes salt{};
  std::string text{};
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
};

enum class EventOrder : int { kOldestFirst, kNewestFirst };
inline constexpr std::int64_t kNewestEvent = std::numeric_limits<std::int64_t>::max();

class EventStore {
 public:
  explicit EventStore(Connection& connection) : connection_(connection) {}

  absl::Status Append(const EventRow& event);
  absl::Status AppendText(std::int64_t idx, std::string_view field, ByteView salt, std::string_view text);
  absl::StatusOr<std::int64_t> Size();
  absl::StatusOr<std::optional<EventRow>> At(std::int64_t idx);
  absl::StatusOr<std::vector<EventText>> Texts(std::int64_t idx);  // by field
  // At most `limit` matching events from `from_idx` on (itself included), upwards or, newest first,
  // downwards.
  absl::StatusOr<std::vector<EventRow>> List(const EventFilter& filter, EventOrder order,
                                             std::int64_t from_idx, int limit);

 private:
  // The first index whose event is not before `time`; Size() when there is none.
  absl::StatusOr<std::int64_t> FirstNotBefore(Micros time);

  Connection& connection_;
};

}  // namespace holdfast::storage
