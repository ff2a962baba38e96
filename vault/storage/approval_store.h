// Requests for approval: what was asked, who said yes, and which calls used it. Rows are never deleted. Not
// thread safe, as its connection.
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

enum class ApprovalClosed : int { kNot = 0, kRejected = 1, kWithdrawn = 2 };

struct Approval {
  std::int64_t id = 0;
  std::int64_t requester_id = 0;
  std::string action{};
  Bytes operation{};           // keyed hash of the exact operation
  std::int64_t policy_id = 0;  // in force when it was asked
  std::optional<std::int64_t> account_id{};
  std::optional<std::int64_t> secret_id{};
  std::optional<std::int64_t> version{};
  std::optional<std::int64_t> subject_id{};
  std::optional<std::int64_t> staged_policy_id{};
  std::string rule{};
  std::string needs{};  // "count:who" pairs with single spaces between them
  std::string reason{};
  std::string ticket{};
  std::string details{};
  Micros created_at = 0;
  Micros decide_until = 0;
  std::optional<Micros> approved_at{};
  std::optional<Micros> use_until{};  // set with approved_at
  std::int64_t uses = 1;
  std::int64_t used = 0;
  std::optional<std::int64_t> event_idx{};  // of the last yes
  ApprovalClosed closed_as = ApprovalClosed::kNot;
  std::optional<std::int64_t> closed_by{};
  std::optional<Micros> closed_at{};
  std::string close_reason{};
  Micros valid = 0;  // how long it can be used, from the last yes
  std::optional<std::int64_t> handover_id{};  // of a cut: the case is what asks, and it waits as long as that does
};

struct ApprovalVote {
  std::int64_t holder_id = 0;
  std::string reason{};
  Micros voted_at = 0;
};

// What counts as open: asked under the policy in force, neither closed nor run out nor used up.
struct ApprovalMoment {
  Micros now = 0;
  std::int64_t policy_id = 0;
};

struct ApprovalFilter {
  std::optional<std::int64_t> requester_id{};
  std::optional<ApprovalMoment> waiting{};  // only those that still wait for a yes then
};

class ApprovalStore {
 public:
  explicit ApprovalStore(Connection& connection) : connection_(connection) {}

  // The id that the next one gets.
  absl::StatusOr<std::int64_t> NextId();
  absl::Status Insert(const Approval& approval);
  absl::StatusOr<std::optional<Approval>> ById(std::int64_t id);
  // That whose last yes is the event.
  absl::StatusOr<std::optional<Approval>> ByEvent(std::int64_t event_idx);
  // Writes approved_at, use_until, used, event_idx and what closed it.
  absl::Status Update(const Approval& approval);
  absl::StatusOr<std::vector<Approval>> List(const ApprovalFilter& filter, std::int64_t after_id, int limit);

  // The newest open one for an operation.
  absl::StatusOr<std::optional<Approval>> Open(std::int64_t requester_id, ByteView operation,
                                               const ApprovalMoment& moment);
  // The newest one of a cut.
  absl::StatusOr<std::optional<Approval>> OfCut(std::int64_t handover_id);
  // All open ones of a requester, but for those of cuts.
  absl::StatusOr<std::vector<Approval>> OpenOf(std::int64_t requester_id, const ApprovalMoment& moment);

  absl::Status AddVote(std::int64_t approval_id, const ApprovalVote& vote);
  absl::StatusOr<std::vector<ApprovalVote>> Votes(std::int64_t approval_id);  // oldest first

  absl::Status AddUse(std::int64_t approval_id, std::string_view method, std::string_view request_id,
                      Micros now);
  // The newest one for an operation that this request has used, and when it did.
  struct Used {
    Approval approval;
    Micros at = 0;
  };
  absl::StatusOr<std::optional<Used>> UsedBy(std::int64_t requester_id, ByteView operation,
                                             std::string_view method, std::string_view request_id);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
