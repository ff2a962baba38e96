// Handover cases, the accounts they move and their rotation tasks. The schema keeps one open case per leaver.
// Not thread safe, as its connection.
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
#include "vault/storage/grant_store.h"
#include "vault/storage/knowledge_store.h"

namespace holdfast::storage {

enum class HandoverKind : int { kDeparture = 1, kMove = 2, kCrisis = 3, kRelease = 4 };
enum class HandoverState : int { kFrozen = 1, kCut = 2, kClosed = 3 };
enum class ChosenBy : int { kNotAnOwner = 0, kNamed = 1, kBackup = 2, kCustodian = 3 };

struct Handover {
  std::int64_t id = 0;
  std::string name{};  // "1", "2", ...
  Bytes pseudonym{};
  HandoverKind kind = HandoverKind::kDeparture;
  std::int64_t leaver_id = 0;
  HandoverState state = HandoverState::kFrozen;
  std::optional<std::int64_t> named_successor{};
  std::string reason{};
  bool needs_approval = false;
  std::int64_t started_by = 0;
  Micros started_at = 0;
  std::optional<std::int64_t> approved_by{};
  std::optional<Micros> approved_at{};
  std::optional<Micros> cut_at{};
  std::optional<std::int64_t> closed_by{};
  std::optional<Micros> closed_at{};
  std::int64_t revision = 1;
};

struct HandoverAccount {
  std::int64_t handover_id = 0;
  std::int64_t account_id = 0;
  Relation from_relation = Relation::kOwner;
  std::optional<std::int64_t> successor_id{};
  ChosenBy chosen_by = ChosenBy::kNotAnOwner;
};

// The rotation of one secret; its state follows from exposures, values and attestations, unless it is settled.
struct HandoverTask {
  std::int64_t handover_id = 0;
  std::int64_t secret_id = 0;
  SettledAs settled_as = SettledAs::kNot;
  std::int64_t settled_version = 0;  // the newest one at that time
  std::optional<std::int64_t> settled_by{};
  std::optional<Micros> settled_at{};
  std::string evidence{};
};

class HandoverStore {
 public:
  explicit HandoverStore(Connection& connection) : connection_(connection) {}

  // Sets handover.id; an empty name becomes that id in decimal, in `handover` too. ALREADY_EXISTS (reason
  // CONSTRAINT) when the leaver has an open case.
  absl::Status Insert(Handover& handover);
  absl::StatusOr<std::optional<Handover>> ById(std::int64_t id);
  absl::StatusOr<std::optional<Handover>> ByName(std::string_view name);
  // Writes everything but id, name, pseudonym, kind, leaver_id, started_by and started_at.
  absl::Status Update(const Handover& handover);
  absl::StatusOr<std::vector<Handover>> List(std::int64_t after_id, int limit);
  // Those that are not closed.
  absl::StatusOr<std::vector<Handover>> Open();

  // Cases that the holder started after that time.
  absl::StatusOr<std::int64_t> CountStartedBy(std::int64_t holder_id, Micros after);

  absl::Status AddAccount(const HandoverAccount& account);
  absl::StatusOr<std::vector<HandoverAccount>> Accounts(std::int64_t handover_id);
  absl::Status AddTask(std::int64_t handover_id, std::int64_t secret_id);
  absl::Status Settle(const HandoverTask& task);  // whether it was added before or not
  absl::StatusOr<std::vector<HandoverTask>> Tasks(std::int64_t handover_id);

  // Whether a case that is not closed moves the account, or is the holder's.
  absl::StatusOr<bool> AccountIsMoving(std::int64_t account_id);
  absl::StatusOr<bool> HolderIsLeaving(std::int64_t holder_id);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
