// Requests to see a secret against the rules of every day. Not thread safe, as its connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

// A request that was not revealed this long after it was ready is over.
inline constexpr Micros kBreakGlassUsableFor = kDay;  // of elapsed time, as the wait

struct BreakGlass {
  std::int64_t id = 0;
  std::int64_t requester_id = 0;
  std::int64_t account_id = 0;
  std::int64_t secret_id = 0;
  std::string reason{};
  std::string ticket{};
  Micros requested_at = 0;
  Micros ready_at_elapsed = 0;              // elapsed time of the vault, no time of day
  Micros show = 0;                          // how long the value may stay on a screen
  std::optional<std::int64_t> vetoed_by{};  // none where the requester's suspension ended it
  std::optional<Micros> vetoed_at{};
  std::string veto_reason{};
  std::optional<std::int64_t> revealed_version{};
  std::optional<Micros> revealed_at{};
  std::optional<std::int64_t> reviewed_by{};
  std::optional<Micros> reviewed_at{};
  std::string review{};
  std::int64_t policy_id = 0;  // the one by which it was asked for: under another it is void
  Micros wait = 0;
  std::optional<std::int64_t> approval_event{};  // of the last yes, where the policy asked for one

  // Neither vetoed nor revealed, and its time is not over.
  bool Open(Micros elapsed) const {
    return !vetoed_at.has_value() && !revealed_at.has_value() &&
           elapsed < ready_at_elapsed + kBreakGlassUsableFor;
  }
};

class BreakGlassStore {
 public:
  explicit BreakGlassStore(Connection& connection) : connection_(connection) {}

  absl::Status Insert(BreakGlass& row);  // sets row.id
  absl::StatusOr<std::optional<BreakGlass>> ById(std::int64_t id);
  // Writes the columns of veto, reveal and review.
  absl::Status Update(const BreakGlass& row);
  // By ascending id.
  absl::StatusOr<std::vector<BreakGlass>> List(std::int64_t after_id, int limit);
  // Those that are open, and not void.
  absl::StatusOr<std::vector<BreakGlass>> Open(Micros elapsed, std::int64_t policy_id);
  // When the holder asked, after that time, ascending.
  absl::StatusOr<std::vector<Micros>> AskedAfter(std::int64_t requester_id, Micros time);
  // Revealed, not reviewed.
  absl::StatusOr<std::vector<BreakGlass>> Unreviewed();
  // Ends what the holder has open: whoever is suspended must ask again.
  absl::Status EndOpenOf(std::int64_t requester_id, Micros now, std::string_view reason);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
