#include "vault/custody/cut_approval.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "vault/custody/approvals.h"
#include "vault/custody/approvers.h"

namespace holdfast::custody {
namespace {

using storage::Approval;
using storage::ApprovalStore;

constexpr Micros kAsLongAsTheCase = 100 * 365 * kDay;

// Who is left out, by name, so that whoever reads it knows whom to add.
absl::StatusOr<std::string> LeftOut(Tx& tx, const CutAsked& asked) {
  HF_ASSIGN_OR_RETURN(const storage::Holder asker, LoadHolder(tx, asked.row.asked_by));
  std::string text = fmt::format("{}, who asks, and {}, who leaves", asker.name, asked.leaver.name);
  HF_ASSIGN_OR_RETURN(const auto gainers, GainersOf(tx, asked.row.id));
  if (!gainers.empty()) text += fmt::format(", and who would gain by it: {}", fmt::join(gainers, ", "));
  return text;
}

absl::Status CheckSomebodyCan(Tx& tx, const CutAsked& asked) {
  HF_ASSIGN_OR_RETURN(const Actor asker, AskerOf(tx, asked.row));
  HF_ASSIGN_OR_RETURN(const auto found,
                      FindApprovers(tx, asker.holder, {.subject = &asked.leaver, .handover = &asked.row},
                                    asked.decision.obligations.approvals, std::nullopt));
  const auto lacking = std::ranges::find_if(found, [](const Approvers& one) {
    return std::ssize(one.names) < one.need.count;
  });
  if (lacking == found.end()) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const std::string left_out, LeftOut(tx, asked));
  absl::Status status = MakeError(
      absl::StatusCode::kFailedPrecondition, "NO_APPROVER",
      fmt::format("nobody could approve this cut: it needs {} with a confirmed device (rule {}), other than {}; "
                  "name another successor, or let somebody else become an officer first",
                  policy::Describe(lacking->need), asked.decision.rule, left_out));
  AddDetail(status, "needs", policy::Describe(lacking->need));
  AddDetail(status, "rule", asked.decision.rule);
  return status;
}

Approval RowFor(const Tx& tx, const CutAsked& asked) {
  return {.requester_id = asked.row.asked_by,
          .action = std::string(policy::ActionName(policy::Action::kHandoverCut)),
          .operation = asked.plan_hash,
          .policy_id = tx.policy().id,
          .subject_id = asked.leaver.id,
          .rule = asked.decision.rule,
          .needs = EncodeNeeds(asked.decision.obligations.approvals),
          .reason = asked.row.reason,
          .details = asked.details,
          .created_at = tx.now(),
          .decide_until = tx.now() + kAsLongAsTheCase,
          .valid = kAsLongAsTheCase,
          .handover_id = asked.row.id};
}

}  // namespace

absl::StatusOr<std::set<std::string>> GainersOf(Tx& tx, std::int64_t handover_id) {
  std::set<std::string> persons;
  HF_ASSIGN_OR_RETURN(const auto lines, storage::HandoverStore(tx.db()).Plan(handover_id));
  for (const storage::HandoverLine& line : lines) {
    if (line.vetted) continue;
    HF_ASSIGN_OR_RETURN(const storage::Holder successor, LoadHolder(tx, line.successor_id));
    persons.insert(successor.person);
  }
  return persons;
}

absl::StatusOr<Actor> AskerOf(Tx& tx, const storage::Handover& row) {
  Actor asker;
  HF_ASSIGN_OR_RETURN(asker.holder, LoadHolder(tx, row.asked_by));
  asker.holder.person = row.asker_person;
  asker.holder.roles = row.asker_roles;
  asker.holder.status = HolderStatus::kActive;
  asker.key.state = KeyState::kConfirmed;
  asker.request.reason = row.reason;
  HF_ASSIGN_OR_RETURN(const auto keys, storage::KeyStore(tx.db()).ByHolder(row.asked_by));
  for (const storage::DeviceKey& key : keys) {
    if (key.confirmed_at.has_value() && !asker.key.confirmed_at.has_value())
      asker.key.confirmed_at = key.confirmed_at;
  }
  return asker;
}

absl::StatusOr<std::optional<Approval>> OpenCutApproval(Tx& tx, std::int64_t handover_id) {
  HF_ASSIGN_OR_RETURN(auto row, ApprovalStore(tx.db()).OfCut(handover_id));
  if (!row.has_value()) return row;
  const ApprovalState state = StateOf(tx, *row);
  if (state != ApprovalState::kPending && state != ApprovalState::kApproved) row.reset();
  return row;
}

absl::StatusOr<Approval> AskForCut(WriteTx& tx, const Actor& actor, const CutAsked& asked) {
  HF_RETURN_IF_ERROR(CheckSomebodyCan(tx, asked));
  HF_RETURN_IF_ERROR(CloseCutApproval(tx, actor, asked.row.id, "another plan was asked for in its place"));
  Approval row = RowFor(tx, asked);
  HF_ASSIGN_OR_RETURN(row.id, ApprovalStore(tx.db()).NextId());
  HF_RETURN_IF_ERROR(ApprovalStore(tx.db()).Insert(row));
  audit::Event event = EventFor(actor, policy::Action::kHandoverCut,
                                {.subject = &asked.leaver, .handover = &asked.row}, Permit{asked.decision, std::nullopt});
  event.type = "approval.request";
  event.texts["approval"] = ApprovalName(row.id);
  event.texts["action"] = row.action;
  event.texts["needs"] = DescribeNeeds(asked.decision.obligations.approvals);
  event.texts["reason"] = row.reason;
  event.texts["details"] = row.details;
  tx.Record(std::move(event));
  return row;
}

absl::Status CloseCutApproval(WriteTx& tx, const Actor& actor, std::int64_t handover_id, std::string_view why) {
  HF_ASSIGN_OR_RETURN(auto open, OpenCutApproval(tx, handover_id));
  if (!open.has_value()) return absl::OkStatus();
  open->closed_as = storage::ApprovalClosed::kWithdrawn;
  open->closed_by = actor.holder.id;
  open->closed_at = tx.now();
  open->close_reason = why;
  return ApprovalStore(tx.db()).Update(*open);
}

absl::StatusOr<std::string> NameCutApprovers(Tx& tx, const storage::Handover& row, const Approval& approval) {
  HF_ASSIGN_OR_RETURN(const Actor asker, AskerOf(tx, row));
  HF_ASSIGN_OR_RETURN(const storage::Holder leaver, LoadHolder(tx, row.leaver_id));
  return NameApprovers(tx, asker, asker.holder, {.subject = &leaver, .handover = &row}, NeedsOf(approval), approval);
}

}  // namespace holdfast::custody
