#include "vault/storage/break_glass_store.h"

#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

BreakGlass ReadBreakGlass(const Statement& row) {
  BreakGlass request;
  request.id = row.Int(0);
  request.requester_id = row.Int(1);
  request.account_id = row.Int(2);
  request.secret_id = row.Int(3);
  request.reason = row.Text(4);
  request.ticket = row.Text(5);
  request.requested_at = row.Int(6);
  request.ready_at_elapsed = row.Int(7);
  request.show = row.Int(8);
  request.vetoed_by = row.OptInt(9);
  request.vetoed_at = row.OptInt(10);
  request.veto_reason = row.Text(11);
  request.revealed_version = row.OptInt(12);
  request.revealed_at = row.OptInt(13);
  request.reviewed_by = row.OptInt(14);
  request.reviewed_at = row.OptInt(15);
  request.review = row.Text(16);
  request.policy_id = row.Int(17);
  request.wait = row.Int(18);
  request.approval_event = row.OptInt(19);
  return request;
}

Micros ReadTime(const Statement& row) { return row.Int(0); }

}  // namespace

absl::Status BreakGlassStore::Insert(BreakGlass& row) {
  HF_RETURN_IF_ERROR(connection_.Exec(
      "INSERT INTO break_glass (requester_id, account_id, secret_id, reason, ticket, requested_at,"
      " ready_at_elapsed, show, veto_reason, review, policy_id, wait, approval_event)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '', '', ?9, ?10, ?11)",
      row.requester_id, row.account_id, row.secret_id, row.reason, row.ticket, row.requested_at,
      row.ready_at_elapsed, row.show, row.policy_id, row.wait, row.approval_event));
  row.id = connection_.LastRowId();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<BreakGlass>> BreakGlassStore::ById(std::int64_t id) {
  return ReadOne(connection_.Query("SELECT * FROM break_glass WHERE id = ?1", id), &ReadBreakGlass);
}

absl::Status BreakGlassStore::Update(const BreakGlass& row) {
  return connection_.ExecOne(
      "UPDATE break_glass SET vetoed_by = ?2, vetoed_at = ?3, veto_reason = ?4, revealed_version = ?5,"
      " revealed_at = ?6, reviewed_by = ?7, reviewed_at = ?8, review = ?9 WHERE id = ?1",
      row.id, row.vetoed_by, row.vetoed_at, row.veto_reason, row.revealed_version, row.revealed_at,
      row.reviewed_by, row.reviewed_at, row.review);
}

absl::StatusOr<std::vector<BreakGlass>> BreakGlassStore::List(std::int64_t after_id, int limit) {
  return ReadAll(
      connection_.Query("SELECT * FROM break_glass WHERE id > ?1 ORDER BY id LIMIT ?2", after_id, limit),
      &ReadBreakGlass);
}

absl::StatusOr<std::vector<BreakGlass>> BreakGlassStore::Open(Micros elapsed, std::int64_t policy_id) {
  return ReadAll(connection_.Query("SELECT * FROM break_glass WHERE vetoed_at IS NULL AND revealed_at IS NULL"
                                   " AND ready_at_elapsed > ?1 AND policy_id = ?2 ORDER BY id",
                                   elapsed - kBreakGlassUsableFor, policy_id),
                 &ReadBreakGlass);
}

absl::StatusOr<std::vector<Micros>> BreakGlassStore::AskedAfter(std::int64_t requester_id, Micros time) {
  return ReadAll(connection_.Query("SELECT requested_at FROM break_glass WHERE requester_id = ?1"
                                   " AND requested_at > ?2 ORDER BY requested_at",
                                   requester_id, time),
                 &ReadTime);
}

absl::StatusOr<std::vector<BreakGlass>> BreakGlassStore::Unreviewed() {
  return ReadAll(connection_.Query("SELECT * FROM break_glass WHERE revealed_at IS NOT NULL"
                                   " AND reviewed_at IS NULL ORDER BY id"),
                 &ReadBreakGlass);
}

absl::Status BreakGlassStore::EndOpenOf(std::int64_t requester_id, Micros now, std::string_view reason) {
  return connection_.Exec(
      "UPDATE break_glass SET vetoed_at = ?2, veto_reason = ?3"
      " WHERE requester_id = ?1 AND vetoed_at IS NULL AND revealed_at IS NULL",
      requester_id, now, reason);
}

}  // namespace holdfast::storage
