// Exposures: which holder was shown (or made, imported, exported, or knew before) which version of
// which secret.
//
// An exposure of version v to a holder of person P has ended when both hold, and is live otherwise:
//   - v was retired by a holder of another person;
//   - a version after v exists which no holder of P has any exposure of, and whose value is none that they
//   saw.
// So neither a rotation nor a retirement by P ends anything, under whichever of P's holders.
// Not thread safe, as its connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/base/vocabulary.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

using holdfast::ExposureHow;

struct Exposure {
  std::int64_t id = 0;
  std::int64_t holder_id = 0;
  std::int64_t secret_id = 0;
  std::int64_t account_id = 0;
  std::int64_t version = 0;
  ExposureHow how = ExposureHow::kShown;
  Micros first_at = 0;
  Micros last_at = 0;
  std::int64_t times = 0;
  bool live = true;
};

struct ExposureFilter {
  std::optional<std::int64_t> holder_id{};
  std::optional<std::int64_t> account_id{};
  bool live_only = false;
};

// What keeps a rotation task of one secret open.
struct TaskState {
  // A version after all those that the person saw, with a value that is none of theirs.
  bool fresh_version_exists = false;
  std::vector<std::int64_t> open_versions{};  // seen by the person, not retired by another person; ascending

  bool done() const { return open_versions.empty() && fresh_version_exists; }
};

class ExposureStore {
 public:
  explicit ExposureStore(Connection& connection) : connection_(connection) {}

  // A repeat moves last_at and counts.
  absl::Status Record(std::int64_t holder_id, std::int64_t secret_id, std::int64_t version, ExposureHow how,
                      Micros now);
  absl::StatusOr<std::vector<Exposure>> List(const ExposureFilter& filter, std::int64_t after_id, int limit);
  // Whether any holder of the person has an exposure of the version.
  absl::StatusOr<bool> HasSeen(std::string_view person, std::int64_t secret_id, std::int64_t version);
  // When the version was last shown to the holder.
  absl::StatusOr<std::optional<Micros>> LastShown(std::int64_t holder_id, std::int64_t secret_id,
                                                  std::int64_t version);
  // Ids, ascending, of the secrets that the person saw a version of and whose TaskStateOf() is not done.
  absl::StatusOr<std::vector<std::int64_t>> OpenByPerson(std::string_view person);
  absl::StatusOr<TaskState> TaskStateOf(std::int64_t secret_id, std::string_view person);
  // The same about one version alone: done when the person's exposure of it has ended.
  absl::StatusOr<TaskState> TaskStateOf(std::int64_t secret_id, std::int64_t version, std::string_view person);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
