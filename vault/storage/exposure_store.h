// Exposures: which holder was shown (or made, imported, exported, or knew before) which version of which
// secret. One has ended when the version was attested dead by another person and the one in force is none
// that the person was exposed to, or when the task was settled: see KnowledgeStore, KnownBy::kExposure. Not thread
// safe, as its connection.
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

class ExposureStore {
 public:
  explicit ExposureStore(Connection& connection) : connection_(connection) {}

  // A repeat moves last_at and counts.
  absl::Status Record(std::int64_t holder_id, std::int64_t secret_id, std::int64_t version, ExposureHow how,
                      Micros now);
  absl::StatusOr<std::vector<Exposure>> List(const ExposureFilter& filter, std::int64_t after_id, int limit);
  // The holder's exposures of one version, one for each way.
  absl::StatusOr<std::vector<Exposure>> Of(std::int64_t holder_id, std::int64_t secret_id,
                                           std::int64_t version);
  // All of a holder's, whether they have ended is left out.
  absl::StatusOr<std::vector<Exposure>> AllOf(std::int64_t holder_id);
  // Whether any holder of the person has an exposure of the version.
  absl::StatusOr<bool> HasSeen(std::string_view person, std::int64_t secret_id, std::int64_t version);
  // When the version was last shown to the holder.
  absl::StatusOr<std::optional<Micros>> LastShown(std::int64_t holder_id, std::int64_t secret_id,
                                                  std::int64_t version);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
