// Exposures: which holder was shown (or made, imported, exported) which version of which secret.
//
// An exposure of version v to a holder of person P has ended when both hold, and is live otherwise:
//   - v was retired by a holder of another person;
//   - a version after v exists which no holder of P has any exposure of.
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

struct SeenSecret {
  std::int64_t secret_id = 0;
  std::int64_t account_id = 0;
  std::vector<std::int64_t> versions{};  // ascending
};

// What keeps a rotation task of one secret open. It is done when open_versions is empty and
// fresh_version_exists.
struct TaskState {
  bool fresh_version_exists = false;          // a version after all those that the person saw
  std::vector<std::int64_t> open_versions{};  // seen by the person, not retired by another person; ascending
};

class ExposureStore {
 public:
  explicit ExposureStore(Connection& connection) : connection_(connection) {}

  // A repeat moves last_at and counts.
  absl::Status Record(std::int64_t holder_id, std::int64_t secret_id, std::int64_t version, ExposureHow how,
                      Micros now);
  absl::StatusOr<std::vector<Exposure>> List(const ExposureFilter& filter, std::int64_t after_id, int limit);
  // Secrets of which the person saw a version that no other person retired, and those versions; by secret id.
  absl::StatusOr<std::vector<SeenSecret>> UnretiredByPerson(std::string_view person);
  absl::StatusOr<TaskState> TaskStateOf(std::int64_t secret_id, std::string_view person);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
