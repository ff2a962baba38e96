// Holders: named identities. Not thread safe, as its connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/base/vocabulary.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

using holdfast::HolderKind;
using holdfast::HolderStatus;
using holdfast::Role;

struct Holder {
  std::int64_t id = 0;
  std::string name{};
  Bytes pseudonym{};
  HolderKind kind = HolderKind::kPerson;
  std::string person{};  // a workflow's responsible person
  std::string display_name{};
  std::int64_t roles = 0;
  HolderStatus status = HolderStatus::kActive;
  Micros created_at = 0;
  Micros updated_at = 0;
  std::int64_t revision = 1;
  std::string qualifications{};  // ids, with single spaces between them
  // Of an officer whom one other person suspended; all empty once another person has confirmed it.
  std::optional<std::int64_t> suspended_by{};  // kept after its end: whose suspension that was
  std::optional<Micros> suspended_at{};
  std::optional<Micros> suspension_ends{};  // while it lasts: when it lapses
};

class HolderStore {
 public:
  explicit HolderStore(Connection& connection) : connection_(connection) {}

  absl::Status Insert(Holder& holder);  // sets holder.id
  absl::StatusOr<std::optional<Holder>> ById(std::int64_t id);
  absl::StatusOr<std::optional<Holder>> ByName(std::string_view name);
  absl::StatusOr<std::vector<Holder>> ByPerson(std::string_view person);
  // Writes person, display_name, roles, status, updated_at, revision, qualifications and the suspension.
  absl::Status Update(const Holder& holder);
  // Those whose suspension ends by itself, by then.
  absl::StatusOr<std::vector<Holder>> SuspensionEndsBy(Micros time);
  absl::StatusOr<std::vector<Holder>> List(std::int64_t after_id, int limit);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
