#include "vault/handover/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "vault/custody/approvals.h"
#include "vault/custody/cut_approval.h"
#include "vault/custody/reach.h"
#include "vault/custody/sight.h"
#include "vault/handover/plan.h"

namespace holdfast::handover {
namespace {

using custody::Tx;

absl::Status Damaged() {
  return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED",
                   "a handover refers to a row that is missing");
}

absl::StatusOr<storage::Holder> HolderById(Tx& tx, std::int64_t id) {
  HF_ASSIGN_OR_RETURN(auto holder, storage::HolderStore(tx.db()).ById(id));
  if (!holder.has_value()) return Damaged();
  return *std::move(holder);
}

absl::StatusOr<std::string> NameOf(Tx& tx, std::optional<std::int64_t> id) {
  if (!id.has_value()) return std::string();
  HF_ASSIGN_OR_RETURN(storage::Holder holder, HolderById(tx, *id));
  return std::move(holder.name);
}

absl::StatusOr<std::string> AccountNameOf(Tx& tx, std::int64_t id) {
  HF_ASSIGN_OR_RETURN(auto account, storage::AccountStore(tx.db()).ById(id));
  if (!account.has_value()) return Damaged();
  return std::move(account->name);
}

// A case that waits has moved nothing yet. Whoever approves it sees what the cut would do now.
absl::Status DescribeWaiting(Tx& tx, const storage::Holder& leaver, CaseView& view) {
  HF_ASSIGN_OR_RETURN(const auto approval, custody::OpenCutApproval(tx, view.row.id));
  if (approval.has_value() && !approval->approved_at.has_value()) {
    HF_ASSIGN_OR_RETURN(view.approvers, custody::NameCutApprovers(tx, view.row, *approval));
  }
  HF_ASSIGN_OR_RETURN(const Choice choice, ChoiceOf(tx, view.row));
  const auto plan = MakePlan(tx, leaver, choice);
  if (absl::IsFailedPrecondition(plan.status())) {
    view.warnings.emplace_back(MessageOf(plan.status()));
    return absl::OkStatus();
  }
  HF_RETURN_IF_ERROR(plan.status());
  for (const PlannedAccount& planned : plan->accounts) {
    view.accounts.push_back({.account = planned.account.name,
                             .relation = planned.grant.relation,
                             .successor = planned.successor.has_value() ? planned.successor->name : "",
                             .chosen_by = planned.chosen_by});
  }
  return absl::OkStatus();
}

// Until the cut a task is that of whoever is to take over.
void AssignAsPlanned(CaseView& view) {
  for (TaskView& task : view.tasks) {
    const auto planned = std::ranges::find(view.accounts, task.account, &AccountView::account);
    if (planned != view.accounts.end() && !planned->successor.empty()) task.assignee = planned->successor;
  }
}

// A successor without one gets accounts that they cannot open.
absl::Status WarnOfUnconfirmed(Tx& tx, CaseView& view) {
  std::set<std::string> successors{view.named_successor};
  for (const AccountView& account : view.accounts) successors.insert(account.successor);
  for (const std::string& name : successors) {
    if (name.empty()) continue;
    HF_ASSIGN_OR_RETURN(const storage::Holder holder, custody::FindHolder(tx, name));
    HF_ASSIGN_OR_RETURN(const auto keys, storage::KeyStore(tx.db()).ByHolder(holder.id));
    const bool confirmed = std::ranges::any_of(keys, [&](const storage::DeviceKey& key) {
      return key.state == KeyState::kConfirmed && key.not_after > tx.now();
    });
    if (!confirmed)
      view.warnings.push_back(
          fmt::format("{} takes over but has no confirmed device: somebody must confirm one first", name));
  }
  return absl::OkStatus();
}

// What a reader should look into beyond this case.
absl::StatusOr<std::vector<std::string>> WarningsFor(Tx& tx, const storage::Holder& leaver) {
  HF_ASSIGN_OR_RETURN(std::vector<std::string> warnings, custody::ReachWarnings(tx, leaver));
  HF_ASSIGN_OR_RETURN(const auto others, storage::HolderStore(tx.db()).ByPerson(leaver.person));
  for (const storage::Holder& other : others) {
    if (other.id == leaver.id || other.status == HolderStatus::kLeft) continue;
    if (other.kind == HolderKind::kPerson)
      warnings.push_back(
          fmt::format("{} is another identity of the same person, and goes with this case", other.name));
    else
      warnings.push_back(fmt::format(
          "{} answers for the workflow {}, which is suspended: somebody else must answer for it", leaver.name,
          other.name));
  }
  return warnings;
}

}  // namespace

absl::StatusOr<storage::Handover> FindCase(Tx& tx, std::string_view name) {
  HF_ASSIGN_OR_RETURN(auto row, storage::HandoverStore(tx.db()).ByName(name));
  if (row.has_value()) return *std::move(row);
  return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND", fmt::format("there is no handover {}", name));
}

absl::StatusOr<storage::Handover> FindSeenCase(Tx& tx, const custody::Actor& actor, policy::Action action,
                                               std::string_view name) {
  HF_ASSIGN_OR_RETURN(auto row, storage::HandoverStore(tx.db()).ByName(name));
  if (!row.has_value()) return custody::NotThere(tx, actor, action, custody::Thing::kHandover, name);
  HF_ASSIGN_OR_RETURN(const bool sees, custody::Sees(tx, actor, *row));
  if (!sees) return custody::NotThere(tx, actor, action, custody::Thing::kHandover, name, {.handover = &*row});
  return *std::move(row);
}

absl::StatusOr<CaseView> Summarize(Tx& tx, const storage::Handover& row) {
  CaseView view{.row = row};
  HF_ASSIGN_OR_RETURN(view.leaver, NameOf(tx, row.leaver_id));
  HF_ASSIGN_OR_RETURN(view.starter, NameOf(tx, row.started_by));
  HF_ASSIGN_OR_RETURN(view.approver, NameOf(tx, row.approved_by));
  HF_ASSIGN_OR_RETURN(view.ender, NameOf(tx, row.closed_by));
  HF_ASSIGN_OR_RETURN(view.named_successor, NameOf(tx, row.named_successor));
  HF_ASSIGN_OR_RETURN(const auto approval, storage::ApprovalStore(tx.db()).OfCut(row.id));
  if (approval.has_value()) view.approval = custody::ApprovalName(approval->id);
  return view;
}

absl::StatusOr<CaseView> Describe(Tx& tx, const storage::Handover& row) {
  HF_ASSIGN_OR_RETURN(CaseView view, Summarize(tx, row));
  HF_ASSIGN_OR_RETURN(const storage::Holder leaver, HolderById(tx, row.leaver_id));
  if (row.state == storage::HandoverState::kCancelled) return view;
  HF_ASSIGN_OR_RETURN(view.warnings, WarningsFor(tx, leaver));
  if (row.state == storage::HandoverState::kFrozen) {
    HF_RETURN_IF_ERROR(DescribeWaiting(tx, leaver, view));
    HF_RETURN_IF_ERROR(WarnOfUnconfirmed(tx, view));
    HF_ASSIGN_OR_RETURN(view.tasks, TasksOf(tx, row));
    AssignAsPlanned(view);
    return view;
  }
  HF_ASSIGN_OR_RETURN(const auto accounts, storage::HandoverStore(tx.db()).Accounts(row.id));
  for (const storage::HandoverAccount& account : accounts) {
    HF_ASSIGN_OR_RETURN(std::string name, AccountNameOf(tx, account.account_id));
    HF_ASSIGN_OR_RETURN(std::string successor, NameOf(tx, account.successor_id));
    view.accounts.push_back({.account = std::move(name),
                             .relation = account.from_relation,
                             .successor = std::move(successor),
                             .chosen_by = account.chosen_by});
  }
  if (row.state == storage::HandoverState::kCut) HF_RETURN_IF_ERROR(WarnOfUnconfirmed(tx, view));
  HF_ASSIGN_OR_RETURN(view.tasks, TasksOf(tx, row));
  return view;
}

}  // namespace holdfast::handover
