#include "vault/storage/handover_store.h"

#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

Handover ReadHandover(const Statement& row) {
  Handover handover;
  handover.id = row.Int(0);
  handover.name = row.Text(1);
  handover.pseudonym = row.Blob(2);
  handover.kind = row.As<HandoverKind>(3);
  handover.leaver_id = row.Int(4);
  handover.state = row.As<HandoverState>(5);
  handover.named_successor = row.OptInt(6);
  handover.reason = row.Text(7);
  handover.needs_approval = row.Bool(8);
  handover.started_by = row.Int(9);
  handover.started_at = row.Int(10);
  handover.approved_by = row.OptInt(11);
  handover.approved_at = row.OptInt(12);
  handover.cut_at = row.OptInt(13);
  handover.closed_by = row.OptInt(14);
  handover.closed_at = row.OptInt(15);
  handover.revision = row.Int(16);
  return handover;
}

HandoverAccount ReadHandoverAccount(const Statement& row) {
  return {.handover_id = row.Int(0),
          .account_id = row.Int(1),
          .from_relation = row.As<Relation>(2),
          .successor_id = row.OptInt(3),
          .chosen_by = row.As<ChosenBy>(4)};
}

HandoverTask ReadTask(const Statement& row) {
  return {.handover_id = row.Int(1),
          .secret_id = row.Int(2),
          .settled_as = row.As<SettledAs>(3),
          .settled_version = row.Int(4),
          .settled_by = row.OptInt(5),
          .settled_at = row.OptInt(6),
          .evidence = row.Text(7)};
}

}  // namespace

absl::Status HandoverStore::Insert(Handover& handover) {
  HF_RETURN_IF_ERROR(connection_.Exec(
      "INSERT INTO handover (name, pseudonym, kind, leaver_id, state, named_successor, reason, "
      "needs_approval,"
      " started_by, started_at, approved_by, approved_at, cut_at, closed_by, closed_at, revision)"
      " VALUES (iif(?1 = '', (SELECT coalesce(max(id), 0) + 1 FROM handover), ?1),"
      " ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
      handover.name, handover.pseudonym, handover.kind, handover.leaver_id, handover.state,
      handover.named_successor, handover.reason, handover.needs_approval, handover.started_by,
      handover.started_at, handover.approved_by, handover.approved_at, handover.cut_at, handover.closed_by,
      handover.closed_at, handover.revision));
  handover.id = connection_.LastRowId();
  if (handover.name.empty()) handover.name = std::to_string(handover.id);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Handover>> HandoverStore::ById(std::int64_t id) {
  return ReadOne(connection_.Query("SELECT * FROM handover WHERE id = ?1", id), &ReadHandover);
}

absl::StatusOr<std::optional<Handover>> HandoverStore::ByName(std::string_view name) {
  return ReadOne(connection_.Query("SELECT * FROM handover WHERE name = ?1", name), &ReadHandover);
}

absl::Status HandoverStore::Update(const Handover& handover) {
  return connection_.ExecOne(
      "UPDATE handover SET state = ?2, named_successor = ?3, reason = ?4, needs_approval = ?5, approved_by = "
      "?6,"
      " approved_at = ?7, cut_at = ?8, closed_by = ?9, closed_at = ?10, revision = ?11 WHERE id = ?1",
      handover.id, handover.state, handover.named_successor, handover.reason, handover.needs_approval,
      handover.approved_by, handover.approved_at, handover.cut_at, handover.closed_by, handover.closed_at,
      handover.revision);
}

absl::StatusOr<std::vector<Handover>> HandoverStore::List(std::int64_t after_id, int limit) {
  return ReadAll(
      connection_.Query("SELECT * FROM handover WHERE id > ?1 ORDER BY id LIMIT ?2", after_id, limit),
      &ReadHandover);
}

absl::StatusOr<std::int64_t> HandoverStore::CountStartedBy(std::int64_t holder_id, Micros after) {
  return ReadInt(connection_.Query("SELECT count(*) FROM handover WHERE started_by = ?1 AND started_at > ?2",
                                   holder_id, after));
}

absl::StatusOr<std::vector<Handover>> HandoverStore::Open() {
  HF_ASSIGN_OR_RETURN(std::vector<Handover> rows,
                      ReadAll(connection_.Query("SELECT * FROM handover ORDER BY id"), &ReadHandover));
  std::erase_if(rows, [](const Handover& row) { return row.state == HandoverState::kClosed; });
  return rows;
}

absl::Status HandoverStore::AddAccount(const HandoverAccount& account) {
  return connection_.Exec(
      "INSERT INTO handover_account (handover_id, account_id, from_relation, successor_id, chosen_by)"
      " VALUES (?1, ?2, ?3, ?4, ?5)",
      account.handover_id, account.account_id, account.from_relation, account.successor_id,
      account.chosen_by);
}

absl::StatusOr<std::vector<HandoverAccount>> HandoverStore::Accounts(std::int64_t handover_id) {
  return ReadAll(
      connection_.Query("SELECT * FROM handover_account WHERE handover_id = ?1 ORDER BY account_id",
                        handover_id),
      &ReadHandoverAccount);
}

absl::Status HandoverStore::AddTask(std::int64_t handover_id, std::int64_t secret_id) {
  return connection_.Exec(
      "INSERT INTO handover_task (handover_id, secret_id, settled_as, settled_version, evidence)"
      " VALUES (?1, ?2, 0, 0, '')",
      handover_id, secret_id);
}

absl::Status HandoverStore::Settle(const HandoverTask& task) {
  return connection_.Exec(
      "INSERT INTO handover_task (handover_id, secret_id, settled_as, settled_version, settled_by, settled_at,"
      " evidence) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (handover_id, secret_id) DO UPDATE SET"
      " settled_as = ?3, settled_version = ?4, settled_by = ?5, settled_at = ?6, evidence = ?7",
      task.handover_id, task.secret_id, task.settled_as, task.settled_version, task.settled_by,
      task.settled_at, task.evidence);
}

absl::StatusOr<std::vector<HandoverTask>> HandoverStore::Tasks(std::int64_t handover_id) {
  return ReadAll(
      connection_.Query("SELECT * FROM handover_task WHERE handover_id = ?1 ORDER BY id", handover_id),
      &ReadTask);
}

absl::StatusOr<bool> HandoverStore::AccountIsMoving(std::int64_t account_id) {
  HF_ASSIGN_OR_RETURN(
      const std::int64_t count,
      ReadInt(connection_.Query("SELECT COUNT(*) FROM handover_account a JOIN handover h ON h.id = a.handover_id"
                                " WHERE a.account_id = ?1 AND h.state <> ?2",
                                account_id, HandoverState::kClosed)));
  return count > 0;
}

absl::StatusOr<bool> HandoverStore::HolderIsLeaving(std::int64_t holder_id) {
  HF_ASSIGN_OR_RETURN(const std::int64_t count,
                      ReadInt(connection_.Query("SELECT COUNT(*) FROM handover WHERE leaver_id = ?1 AND state <> ?2",
                                                holder_id, HandoverState::kClosed)));
  return count > 0;
}

}  // namespace holdfast::storage
