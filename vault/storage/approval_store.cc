#include "vault/storage/approval_store.h"

#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

Approval ReadApproval(const Statement& row) {
  Approval approval;
  approval.id = row.Int(0);
  approval.requester_id = row.Int(1);
  approval.action = row.Text(2);
  approval.operation = row.Blob(3);
  approval.policy_id = row.Int(4);
  approval.account_id = row.OptInt(5);
  approval.secret_id = row.OptInt(6);
  approval.version = row.OptInt(7);
  approval.subject_id = row.OptInt(8);
  approval.staged_policy_id = row.OptInt(9);
  approval.rule = row.Text(10);
  approval.needs = row.Text(11);
  approval.reason = row.Text(12);
  approval.ticket = row.Text(13);
  approval.details = row.Text(14);
  approval.created_at = row.Int(15);
  approval.decide_until = row.Int(16);
  approval.approved_at = row.OptInt(17);
  approval.use_until = row.OptInt(18);
  approval.uses = row.Int(19);
  approval.used = row.Int(20);
  approval.event_idx = row.OptInt(21);
  approval.closed_as = row.As<ApprovalClosed>(22);
  approval.closed_by = row.OptInt(23);
  approval.closed_at = row.OptInt(24);
  approval.close_reason = row.Text(25);
  approval.valid = row.Int(26);
  approval.handover_id = row.OptInt(27);
  return approval;
}

ApprovalVote ReadVote(const Statement& row) {
  return {.holder_id = row.Int(0), .reason = row.Text(1), .voted_at = row.Int(2)};
}

// ?1 is the time, ?2 the policy in force, ?3 the requester.
constexpr std::string_view kOpen =
    "SELECT * FROM approval WHERE requester_id = ?3 AND handover_id IS NULL AND policy_id = ?2 AND closed_as = 0 AND used < uses"
    " AND coalesce(use_until, decide_until) > ?1";

std::string Opened(std::string_view rest) { return std::string(kOpen).append(rest); }

}  // namespace

absl::StatusOr<std::int64_t> ApprovalStore::NextId() {
  return ReadInt(connection_.Query("SELECT coalesce(max(id), 0) + 1 FROM approval"));
}

absl::Status ApprovalStore::Insert(const Approval& a) {
  return connection_.Exec(
      "INSERT INTO approval (id, requester_id, action, operation, policy_id, account_id, secret_id, version,"
      " subject_id, staged_policy_id, rule, needs, reason, ticket, details, created_at, decide_until, "
      "approved_at,"
      " use_until, uses, used, event_idx, closed_as, closed_by, closed_at, close_reason, valid,"
      " handover_id)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, "
      "?21,"
      " ?22, ?23, ?24, ?25, ?26, ?27, ?28)",
      a.id, a.requester_id, a.action, a.operation, a.policy_id, a.account_id, a.secret_id, a.version,
      a.subject_id, a.staged_policy_id, a.rule, a.needs, a.reason, a.ticket, a.details, a.created_at,
      a.decide_until, a.approved_at, a.use_until, a.uses, a.used, a.event_idx, a.closed_as, a.closed_by,
      a.closed_at, a.close_reason, a.valid, a.handover_id);
}

absl::StatusOr<std::optional<Approval>> ApprovalStore::ById(std::int64_t id) {
  return ReadOne(connection_.Query("SELECT * FROM approval WHERE id = ?1", id), &ReadApproval);
}

absl::StatusOr<std::optional<Approval>> ApprovalStore::ByEvent(std::int64_t event_idx) {
  return ReadOne(connection_.Query("SELECT * FROM approval WHERE event_idx = ?1", event_idx), &ReadApproval);
}

absl::Status ApprovalStore::Update(const Approval& a) {
  return connection_.ExecOne(
      "UPDATE approval SET approved_at = ?2, use_until = ?3, used = ?4, event_idx = ?5, closed_as = ?6,"
      " closed_by = ?7, closed_at = ?8, close_reason = ?9 WHERE id = ?1",
      a.id, a.approved_at, a.use_until, a.used, a.event_idx, a.closed_as, a.closed_by, a.closed_at,
      a.close_reason);
}

absl::StatusOr<std::vector<Approval>> ApprovalStore::List(const ApprovalFilter& filter, std::int64_t after_id,
                                                          int limit) {
  const auto now = filter.waiting.has_value() ? std::optional(filter.waiting->now) : std::nullopt;
  const auto policy = filter.waiting.has_value() ? std::optional(filter.waiting->policy_id) : std::nullopt;
  return ReadAll(
      connection_.Query("SELECT * FROM approval WHERE id > ?1 AND (?3 IS NULL OR requester_id = ?3)"
                        " AND (?4 IS NULL OR (approved_at IS NULL AND closed_as = 0 AND decide_until > ?4"
                        " AND (policy_id = ?5 OR handover_id IS NOT NULL))) ORDER BY id LIMIT ?2",
                        after_id, limit, filter.requester_id, now, policy),
      &ReadApproval);
}

absl::StatusOr<std::optional<Approval>> ApprovalStore::Open(std::int64_t requester_id, ByteView operation,
                                                            const ApprovalMoment& moment) {
  return ReadOne(connection_.Query(Opened(" AND operation = ?4 ORDER BY id DESC LIMIT 1"), moment.now,
                                   moment.policy_id, requester_id, operation),
                 &ReadApproval);
}

absl::StatusOr<std::optional<Approval>> ApprovalStore::OfCut(std::int64_t handover_id) {
  return ReadOne(
      connection_.Query("SELECT * FROM approval WHERE handover_id = ?1 ORDER BY id DESC LIMIT 1", handover_id),
      &ReadApproval);
}

absl::StatusOr<std::vector<Approval>> ApprovalStore::OpenOf(std::int64_t requester_id,
                                                            const ApprovalMoment& moment) {
  return ReadAll(connection_.Query(Opened(" ORDER BY id"), moment.now, moment.policy_id, requester_id),
                 &ReadApproval);
}

absl::Status ApprovalStore::AddVote(std::int64_t approval_id, const ApprovalVote& vote) {
  return connection_.Exec(
      "INSERT INTO approval_vote (approval_id, holder_id, reason, voted_at) VALUES (?1, ?2, ?3, ?4)",
      approval_id, vote.holder_id, vote.reason, vote.voted_at);
}

absl::StatusOr<std::vector<ApprovalVote>> ApprovalStore::Votes(std::int64_t approval_id) {
  return ReadAll(
      connection_.Query("SELECT holder_id, reason, voted_at FROM approval_vote WHERE approval_id = ?1"
                        " ORDER BY voted_at, holder_id",
                        approval_id),
      &ReadVote);
}

absl::Status ApprovalStore::AddUse(std::int64_t approval_id, std::string_view method,
                                   std::string_view request_id, Micros now) {
  return connection_.Exec(
      "INSERT INTO approval_use (approval_id, method, request_id, used_at) VALUES (?1, ?2, ?3, ?4)"
      " ON CONFLICT DO UPDATE SET used_at = excluded.used_at",
      approval_id, method, request_id, now);
}

absl::StatusOr<std::optional<ApprovalStore::Used>> ApprovalStore::UsedBy(std::int64_t requester_id,
                                                                         ByteView operation,
                                                                         std::string_view method,
                                                                         std::string_view request_id) {
  return ReadOne(
      connection_.Query("SELECT approval.*, approval_use.used_at FROM approval JOIN approval_use"
                        " ON approval_use.approval_id = approval.id AND approval_use.method = ?3"
                        " AND approval_use.request_id = ?4"
                        " WHERE approval.requester_id = ?1 AND approval.operation = ?2"
                        " ORDER BY approval.id DESC LIMIT 1",
                        requester_id, operation, method, request_id),
      +[](const Statement& row) {
        return Used{ReadApproval(row), row.Int(28)};
      });
}

}  // namespace holdfast::storage
