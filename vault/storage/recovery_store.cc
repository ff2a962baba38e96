#include "vault/storage/recovery_store.h"

#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

Restore ReadRestore(const Statement& row) {
  Restore restore;
  restore.id = row.Int(0);
  restore.statement = row.Text(1);
  restore.verifier = row.Text(2);
  restore.entries = row.Int(3);
  restore.last_known = row.OptInt(4);
  restore.restored_at = row.Int(5);
  restore.needed = row.Int(6);
  restore.confirmed_at = row.OptInt(7);
  return restore;
}

RestoreConfirmation ReadConfirmation(const Statement& row) {
  return {.holder_id = row.Int(0), .confirmed_at = row.Int(1)};
}

BackupNote ReadBackup(const Statement& row) { return {.made_at = row.Int(0), .checkpoint = row.Text(1)}; }

}  // namespace

absl::Status RecoveryStore::InsertRestore(Restore& restore) {
  HF_RETURN_IF_ERROR(connection_.Exec(
      "INSERT INTO vault_restore (statement, verifier, entries, last_known, restored_at, needed, confirmed_at)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      restore.statement, restore.verifier, restore.entries, restore.last_known, restore.restored_at,
      restore.needed, restore.confirmed_at));
  restore.id = connection_.LastRowId();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Restore>> RecoveryStore::Restores() {
  return ReadAll(connection_.Query("SELECT * FROM vault_restore ORDER BY id"), &ReadRestore);
}

absl::Status RecoveryStore::MarkConfirmed(std::int64_t restore_id, Micros now) {
  return connection_.ExecOne(
      "UPDATE vault_restore SET confirmed_at = ?2 WHERE id = ?1 AND confirmed_at IS NULL", restore_id, now);
}

absl::Status RecoveryStore::AddConfirmation(std::int64_t restore_id, std::int64_t holder_id, Micros now) {
  return connection_.Exec(
      "INSERT INTO restore_confirmation (restore_id, holder_id, confirmed_at) VALUES (?1, ?2, ?3)", restore_id,
      holder_id, now);
}

absl::StatusOr<std::vector<RestoreConfirmation>> RecoveryStore::Confirmations(std::int64_t restore_id) {
  return ReadAll(connection_.Query("SELECT holder_id, confirmed_at FROM restore_confirmation"
                                   " WHERE restore_id = ?1 ORDER BY confirmed_at, holder_id",
                                   restore_id),
                 &ReadConfirmation);
}

absl::Status RecoveryStore::SetBackup(const BackupNote& note) {
  return connection_.Exec(
      "INSERT INTO backup_note (id, made_at, checkpoint) VALUES (1, ?1, ?2)"
      " ON CONFLICT (id) DO UPDATE SET made_at = ?1, checkpoint = ?2",
      note.made_at, note.checkpoint);
}

absl::StatusOr<std::optional<BackupNote>> RecoveryStore::Backup() {
  return ReadOne(connection_.Query("SELECT made_at, checkpoint FROM backup_note"), &ReadBackup);
}

absl::Status RecoveryStore::ClearBackup() { return connection_.Exec("DELETE FROM backup_note"); }

absl::Status RecoveryStore::VoidWhatWasOpen(std::string_view reason, Micros now) {
  HF_RETURN_IF_ERROR(connection_.Exec(
      "UPDATE approval SET closed_as = 2, closed_at = ?1, close_reason = ?2 WHERE closed_as = 0 AND used < uses",
      now, reason));
  HF_RETURN_IF_ERROR(connection_.Exec(
      "UPDATE enrollment SET void_at = ?1 WHERE used_at IS NULL AND void_at IS NULL", now));
  HF_RETURN_IF_ERROR(connection_.Exec(
      "UPDATE break_glass SET vetoed_at = ?1, veto_reason = ?2 WHERE vetoed_at IS NULL AND revealed_at IS NULL",
      now, reason));
  return connection_.Exec("DELETE FROM request");
}

}  // namespace holdfast::storage
