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
#include "vault/base/vocabulary.h"
#include "vault/storage/connection.h"
#include "vault/storage/grant_store.h"
#include "vault/storage/knowledge_store.h"

namespace holdfast::storage {

enum class HandoverKind : int { kDeparture = 1, kMove = 2, kCrisis = 3, kRelease = 4 };
// From kClosed on a case is over.
enum class HandoverState : int { kFrozen = 1, kCut = 2, kClosed = 3, kCancelled = 4 };
enum class ChosenBy : int { kNotAnOwner = 0, kNamed = 1, kBackup = 2, kCustodian = 3, kMap = 4 };

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
  // Who said last who takes over, with their person and roles at that time: the requester of the cut.
  std::int64_t asked_by = 0;
  std::string asker_person{};
  std::int64_t asker_roles = 0;
};

// One identity of the leaver's person, or one workflow of theirs, whose status the case changed.
struct HandoverFreeze {
  std::int64_t handover_id = 0;
  std::int64_t holder_id = 0;
  HolderStatus status_before = HolderStatus::kActive;
  std::optional<Micros> lifted_at{};  // somebody resumed it since: the case has no hold on it any more
};

// Who is to own one account, as whoever started the case says.
struct HandoverChoice {
  std::int64_t handover_id = 0;
  std::int64_t account_id = 0;
  std::int64_t successor_id = 0;
};

// What the cut was asked for: who would own which account. Account 0 is the office of the custodian.
struct HandoverLine {
  std::int64_t handover_id = 0;
  std::int64_t account_id = 0;
  std::int64_t successor_id = 0;
  int tier = 0;
  bool vetted = false;  // the successor is its backup owner already
};

struct HandoverAccount {
  std::int64_t handover_id = 0;
  std::int64_t account_id = 0;
  Relation from_relation = Relation::kOwner;
  std::optional<std::int64_t> successor_id{};
  ChosenBy chosen_by = ChosenBy::kNotAnOwner;
};

// The rotation of one secret, or further owners for one account. The state of a rotation follows from exposures, values and attestations, unless it is settled.
struct HandoverTask {
  std::int64_t id = 0;
  std::int64_t handover_id = 0;
  std::int64_t secret_id = 0;  // 0: about the owners of an account
  std::int64_t number = 0;  // from 1 in each case; never given to another secret
  SettledAs settled_as = SettledAs::kNot;
  std::int64_t settled_version = 0;  // the newest one at that time
  std::optional<std::int64_t> settled_by{};
  std::optional<Micros> settled_at{};
  std::string evidence{};
  std::int64_t account_id = 0;  // of a task about owners
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
  // Those that are neither closed nor cancelled.
  absl::StatusOr<std::vector<Handover>> Open();

  // Cases that the holder started after that time.
  absl::StatusOr<std::int64_t> CountStartedBy(std::int64_t holder_id, Micros after);

  absl::Status AddFreeze(const HandoverFreeze& freeze);
  absl::StatusOr<std::vector<HandoverFreeze>> Freezes(std::int64_t handover_id);
  // No case has a hold on the holder's status from here on.
  absl::Status LiftFreezes(std::int64_t holder_id, Micros now);

  absl::Status AddChoice(const HandoverChoice& choice);
  absl::Status ForgetChoices(std::int64_t handover_id);
  absl::StatusOr<std::vector<HandoverChoice>> Choices(std::int64_t handover_id);

  // In the place of those before.
  absl::Status ReplacePlan(std::int64_t handover_id, const std::vector<HandoverLine>& lines);
  absl::StatusOr<std::vector<HandoverLine>> Plan(std::int64_t handover_id);

  absl::Status AddAccount(const HandoverAccount& account);
  absl::StatusOr<std::vector<HandoverAccount>> Accounts(std::int64_t handover_id);
  absl::Status AddTask(std::int64_t handover_id, std::int64_t secret_id);  // unless it is there
  absl::Status AddOwnersTask(std::int64_t handover_id, std::int64_t account_id);  // likewise
  absl::Status Settle(const HandoverTask& task);  // all but its number
  absl::StatusOr<std::vector<HandoverTask>> Tasks(std::int64_t handover_id);  // by number

  // Whether a case that is not over moves the account, or is the holder's.
  absl::StatusOr<bool> AccountIsMoving(std::int64_t account_id);
  absl::StatusOr<bool> HolderIsLeaving(std::int64_t holder_id);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
