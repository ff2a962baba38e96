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
  handover.asked_by = row.Int(17);
  handover.asker_person = row.Text(18);
  handover.asker_roles = row.Int(19);
  return handover;
}

HandoverFreeze ReadFreeze(const Statement& row) {
  return {.handover_id = row.Int(0),
          .holder_id = row.Int(1),
          .status_before = row.As<HolderStatus>(2),
          .lifted_at = row.OptInt(3)};
}

HandoverAccount ReadHandoverAccount(const Statement& row) {
  return {.handover_id = row.Int(0),
          .account_id = row.Int(1),
          .from_relation = row.As<Relation>(2),
          .successor_id = row.OptInt(3),
          .chosen_by = row.As<ChosenBy>(4)};
}

HandoverTask ReadTask(const Statement& row) {
  return {.id = row.Int(0),
          .handover_id = row.Int(1),
          .secret_id = row.OptInt(2).value_or(0),
          .number = row.Int(3),
          .settled_as = row.As<SettledAs>(4),
          .settled_version = row.Int(5),
          .settled_by = row.OptInt(6),
          .settled_at = row.OptInt(7),
          .evidence = row.Text(8),
          .account_id = row.OptInt(9).value_or(0)};
}

}  // namespace

absl::Status HandoverStore::Insert(Handover& handover) {
  HF_RETURN_IF_ERROR(connection_.Exec(
      "INSERT INTO handover (name, pseudonym, kind, leaver_id, state, named_successor, reason, "
      "needs_approval,"
      " started_by, started_at, approved_by, approved_at, cut_at, closed_by, closed_at, revision,"
      " asked_by, asker_person, asker_roles)"
      " VALUES (iif(?1 = '', (SELECT coalesce(max(id), 0) + 1 FROM handover), ?1),"
      " ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
      handover.name, handover.pseudonym, handover.kind, handover.leaver_id, handover.state,
      handover.named_successor, handover.reason, handover.needs_approval, handover.started_by,
      handover.started_at, handover.approved_by, handover.approved_at, handover.cut_at, handover.closed_by,
      handover.closed_at, handover.revision, handover.asked_by, handover.asker_person, handover.asker_roles));
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
      " approved_at = ?7, cut_at = ?8, closed_by = ?9, closed_at = ?10, revision = ?11,"
      " asked_by = ?12, asker_person = ?13, asker_roles = ?14 WHERE id = ?1",
      handover.id, handover.state, handover.named_successor, handover.reason, handover.needs_approval,
      handover.approved_by, handover.approved_at, handover.cut_at, handover.closed_by, handover.closed_at,
      handover.revision, handover.asked_by, handover.asker_person, handover.asker_roles);
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
  std::erase_if(rows, [](const Handover& row) { return row.state >= HandoverState::kClosed; });
  return rows;
}

absl::Status HandoverStore::AddFreeze(const HandoverFreeze& freeze) {
  return connection_.Exec(
      "INSERT INTO handover_freeze (handover_id, holder_id, status_before, lifted_at) VALUES (?1, ?2, ?3, ?4)",
      freeze.handover_id, freeze.holder_id, freeze.status_before, freeze.lifted_at);
}

absl::StatusOr<std::vector<HandoverFreeze>> HandoverStore::Freezes(std::int64_t handover_id) {
  return ReadAll(
      connection_.Query("SELECT * FROM handover_freeze WHERE handover_id = ?1 ORDER BY holder_id", handover_id),
      &ReadFreeze);
}

absl::Status HandoverStore::LiftFreezes(std::int64_t holder_id, Micros now) {
  return connection_.Exec("UPDATE handover_freeze SET lifted_at = ?2 WHERE holder_id = ?1 AND lifted_at IS NULL",
                          holder_id, now);
}

absl::Status HandoverStore::AddChoice(const HandoverChoice& choice) {
  return connection_.Exec("INSERT INTO handover_choice (handover_id, account_id, successor_id) VALUES (?1, ?2, ?3)",
                          choice.handover_id, choice.account_id, choice.successor_id);
}

absl::StatusOr<std::vector<HandoverChoice>> HandoverStore::Choices(std::int64_t handover_id) {
  return ReadAll(
      connection_.Query("SELECT * FROM handover_choice WHERE handover_id = ?1 ORDER BY account_id", handover_id),
      +[](const Statement& row) {
        return HandoverChoice{.handover_id = row.Int(0), .account_id = row.Int(1), .successor_id = row.Int(2)};
      });
}

absl::Status HandoverStore::ForgetChoices(std::int64_t handover_id) {
  return connection_.Exec("DELETE FROM handover_choice WHERE handover_id = ?1", handover_id);
}

absl::Status HandoverStore::ReplacePlan(std::int64_t handover_id, const std::vector<HandoverLine>& lines) {
  HF_RETURN_IF_ERROR(connection_.Exec("DELETE FROM handover_plan WHERE handover_id = ?1", handover_id));
  for (const HandoverLine& line : lines)
    HF_RETURN_IF_ERROR(connection_.Exec(
        "INSERT INTO handover_plan (handover_id, account_id, successor_id, tier, vetted)"
        " VALUES (?1, ?2, ?3, ?4, ?5)",
        handover_id, line.account_id, line.successor_id, line.tier, line.vetted));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<HandoverLine>> HandoverStore::Plan(std::int64_t handover_id) {
  return ReadAll(
      connection_.Query("SELECT * FROM handover_plan WHERE handover_id = ?1 ORDER BY account_id", handover_id),
      +[](const Statement& row) {
        return HandoverLine{.handover_id = row.Int(0),
                            .account_id = row.Int(1),
                            .successor_id = row.Int(2),
                            .tier = static_cast<int>(row.Int(3)),
                            .vetted = row.Bool(4)};
      });
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
      "INSERT INTO handover_task (handover_id, secret_id, number, settled_as, settled_version, evidence)"
      " SELECT ?1, ?2, 1 + coalesce(max(number), 0), 0, 0, '' FROM handover_task WHERE handover_id = ?1"
      " ON CONFLICT (handover_id, secret_id) DO NOTHING",
      handover_id, secret_id);
}

absl::Status HandoverStore::AddOwnersTask(std::int64_t handover_id, std::int64_t account_id) {
  return connection_.Exec(
      "INSERT INTO handover_task (handover_id, number, settled_as, settled_version, evidence, account_id)"
      " SELECT ?1, 1 + coalesce(max(number), 0), 0, 0, '', ?2 FROM handover_task WHERE handover_id = ?1"
      " ON CONFLICT (handover_id, account_id) DO NOTHING",
      handover_id, account_id);
}

absl::Status HandoverStore::Settle(const HandoverTask& task) {
  return connection_.ExecOne(
      "UPDATE handover_task SET settled_as = ?3, settled_version = ?4, settled_by = ?5, settled_at = ?6,"
      " evidence = ?7 WHERE handover_id = ?1 AND secret_id = ?2",
      task.handover_id, task.secret_id, task.settled_as, task.settled_version, task.settled_by,
      task.settled_at, task.evidence);
}

absl::StatusOr<std::vector<HandoverTask>> HandoverStore::Tasks(std::int64_t handover_id) {
  return ReadAll(
      connection_.Query("SELECT * FROM handover_task WHERE handover_id = ?1 ORDER BY number", handover_id),
      &ReadTask);
}

absl::StatusOr<bool> HandoverStore::AccountIsMoving(std::int64_t account_id) {
  HF_ASSIGN_OR_RETURN(
      const std::int64_t count,
      ReadInt(connection_.Query("SELECT COUNT(*) FROM handover_account a JOIN handover h ON h.id = a.handover_id"
                                " WHERE a.account_id = ?1 AND h.state < ?2",
                                account_id, HandoverState::kClosed)));
  return count > 0;
}

absl::StatusOr<bool> HandoverStore::HolderIsLeaving(std::int64_t holder_id) {
  HF_ASSIGN_OR_RETURN(const std::int64_t count,
                      ReadInt(connection_.Query("SELECT COUNT(*) FROM handover WHERE leaver_id = ?1 AND state < ?2",
                                                holder_id, HandoverState::kClosed)));
  return count > 0;
}

}  // namespace holdfast::storage
