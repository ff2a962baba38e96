#include "vault/custody/case_findings.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "vault/custody/cut_approval.h"
#include "vault/custody/limits.h"
#include "vault/storage/knowledge_store.h"

namespace holdfast::custody {
namespace {

using storage::HandoverState;

absl::Status AddWaitingCut(Tx& tx, const storage::Handover& one, const storage::Holder& leaver,
                           std::vector<Finding>& findings) {
  HF_ASSIGN_OR_RETURN(const auto approval, OpenCutApproval(tx, one.id));
  std::string message = fmt::format("{} is frozen and the cut is still to be done: holdfast handover cut {}",
                                    leaver.name, one.name);
  if (approval.has_value() && !approval->approved_at.has_value()) {
    HF_ASSIGN_OR_RETURN(const std::string approvers, NameCutApprovers(tx, one, *approval));
    message = fmt::format("the cut of {}'s handover waits for a yes by {}: holdfast approval approve {}",
                          leaver.name, approvers, approval->id);
  }
  findings.push_back({.id = FindingId(Severity::kCritical, FindingKind::kCutWaits, one.id),
                      .severity = Severity::kCritical,
                      .rule = "handover.cut-waits",
                      .holder_id = leaver.id,
                      .handover_id = one.id,
                      .since = approval.has_value() ? approval->created_at : one.started_at,
                      .message = std::move(message)});
  return absl::OkStatus();
}

using States = std::map<std::int64_t, storage::TaskState>;

absl::StatusOr<bool> IsDone(Tx& tx, const storage::HandoverTask& task, const States& states) {
  if (task.secret_id != 0) {
    const auto state = states.find(task.secret_id);
    return state == states.end() || state->second.done();
  }
  HF_ASSIGN_OR_RETURN(const storage::Account account, LoadAccount(tx, task.account_id));
  HF_ASSIGN_OR_RETURN(const OwnersLack lack, OwnersLacking(tx, account));
  return lack.active == 0 && lack.standing == 0;
}

absl::Status AddOverdueTasks(Tx& tx, const storage::Handover& one, const storage::Holder& leaver, Micros due,
                             std::vector<Finding>& findings) {
  HF_ASSIGN_OR_RETURN(const auto tasks, storage::HandoverStore(tx.db()).Tasks(one.id));
  HF_ASSIGN_OR_RETURN(const States states, storage::KnowledgeStore(tx.db()).StatesOf(leaver.person));
  for (const storage::HandoverTask& task : tasks) {
    HF_ASSIGN_OR_RETURN(const bool done, IsDone(tx, task, states));
    if (done) continue;
    Finding finding{.id = FindingId(Severity::kWarning, FindingKind::kTaskOverdue, task.id),
                    .severity = Severity::kWarning,
                    .rule = "handover.task-overdue",
                    .account_id = task.account_id,
                    .since = due,
                    .message = fmt::format("task {}/{} of {}'s handover was due at {}: holdfast handover tasks --mine, "
                                           "or holdfast handover tasks {} --open",
                                           one.name, task.number, leaver.name, FormatTime(due), one.name)};
    if (task.secret_id != 0) {
      HF_ASSIGN_OR_RETURN(const auto secret, storage::SecretStore(tx.db()).ById(task.secret_id));
      if (!secret.has_value()) continue;
      finding.account_id = secret->account_id;
      finding.secret_id = secret->id;
    }
    findings.push_back(std::move(finding));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddCaseFindings(Tx& tx, std::vector<Finding>& findings) {
  HF_ASSIGN_OR_RETURN(const auto open, storage::HandoverStore(tx.db()).Open());
  const Micros within = tx.policy().bundle.document().handover.tasks_due;
  for (const storage::Handover& one : open) {
    HF_ASSIGN_OR_RETURN(const storage::Holder leaver, LoadHolder(tx, one.leaver_id));
    if (one.state == HandoverState::kFrozen) HF_RETURN_IF_ERROR(AddWaitingCut(tx, one, leaver, findings));
    if (!one.cut_at.has_value() || *one.cut_at + within > tx.now()) continue;
    HF_RETURN_IF_ERROR(AddOverdueTasks(tx, one, leaver, *one.cut_at + within, findings));
  }
  return absl::OkStatus();
}

}  // namespace holdfast::custody
