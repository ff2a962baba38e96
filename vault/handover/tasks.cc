// Tasks as they are now: whose, until when, and whether they are done follows from rows about other things.
#include <algorithm>
#include <utility>

#include "vault/custody/limits.h"
#include "vault/handover/plan.h"
#include "vault/handover/step.h"
#include "vault/handover/view.h"

namespace holdfast::handover {
namespace {

using custody::Actor;
using custody::Tx;
using storage::HandoverState;

constexpr std::int64_t kMostTasks = 1'000'000;  // of one case, in a page's position

absl::StatusOr<TaskView> ViewSecret(Tx& tx, std::int64_t secret_id, storage::TaskState state) {
  HF_ASSIGN_OR_RETURN(const auto secret, storage::SecretStore(tx.db()).ById(secret_id));
  if (!secret.has_value())
    return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED", "a task is about a secret that is gone");
  HF_ASSIGN_OR_RETURN(storage::Account account, custody::LoadAccount(tx, secret->account_id));
  return TaskView{.secret_id = secret_id,
                  .account = std::move(account.name),
                  .secret = secret->name,
                  .state = std::move(state)};
}

absl::StatusOr<TaskView> ViewOwners(Tx& tx, const storage::Handover& row, std::int64_t account_id) {
  HF_ASSIGN_OR_RETURN(storage::Account account, custody::LoadAccount(tx, account_id));
  TaskView view{.account = account.name};
  if (row.state >= HandoverState::kClosed) return view;
  HF_ASSIGN_OR_RETURN(const custody::OwnersLack lack, custody::OwnersLacking(tx, account));
  // Before the cut it is foreseen: the account has its owners still.
  view.owners_lacking = row.state == HandoverState::kFrozen ? 1 : std::max(lack.active, lack.standing);
  return view;
}

absl::Status AddAssignee(Tx& tx, TaskView& view) {
  HF_ASSIGN_OR_RETURN(const auto account, storage::AccountStore(tx.db()).ByName(view.account));
  if (!account.has_value()) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const auto grants, storage::GrantStore(tx.db()).LiveByAccount(account->id, tx.now()));
  for (const storage::Grant& grant : grants) {
    if (grant.relation != Relation::kOwner) continue;
    HF_ASSIGN_OR_RETURN(const storage::Holder owner, HolderById(tx, grant.holder_id));
    if (owner.status != HolderStatus::kActive) continue;
    view.assignee = owner.name;
    view.person = owner.person;
  }
  return absl::OkStatus();
}

// What the case's rows say, and what has no row all the same, under the number that it would have.
absl::StatusOr<std::vector<TaskView>> Listed(Tx& tx, const storage::Handover& row, const storage::Holder& leaver) {
  HF_ASSIGN_OR_RETURN(const auto tasks, storage::HandoverStore(tx.db()).Tasks(row.id));
  HF_ASSIGN_OR_RETURN(auto states, KnowledgeOf(tx).StatesOf(leaver.person));
  std::vector<TaskView> views;
  for (const storage::HandoverTask& task : tasks) {
    auto state = states.extract(task.secret_id);
    absl::StatusOr<TaskView> view = task.secret_id == 0 ? ViewOwners(tx, row, task.account_id)
                                    : state.empty()     ? ViewTask(tx, task.secret_id, leaver.person)
                                                        : ViewSecret(tx, task.secret_id, std::move(state.mapped()));
    HF_RETURN_IF_ERROR(view.status());
    view->id = task.number;
    views.push_back(*std::move(view));
  }
  if (row.state >= HandoverState::kClosed) return views;
  // Each is written with the knowledge that makes it (custody/new_tasks.h): this is for what blocks the close whatever
  // the rows say.
  for (auto& [secret_id, state] : states) {
    if (state.done()) continue;
    HF_ASSIGN_OR_RETURN(TaskView view, ViewSecret(tx, secret_id, std::move(state)));
    view.id = views.empty() ? 1 : views.back().id + 1;
    views.push_back(std::move(view));
  }
  return views;
}

bool IsOf(const Actor& actor, const TaskView& task) {
  return task.assignee.empty() ? actor.Is(Role::kSecurity) : task.person == actor.holder.person;
}

absl::StatusOr<bool> SeesTask(Tx& tx, const Actor& actor, const TaskView& task) {
  HF_ASSIGN_OR_RETURN(const auto account, storage::AccountStore(tx.db()).ByName(task.account));
  if (!account.has_value()) return false;
  const policy::Action read = task.secret.empty() ? policy::Action::kAccountRead : policy::Action::kSecretRead;
  HF_ASSIGN_OR_RETURN(const auto may, custody::Consider(tx, actor, read, {.account = &*account}));
  return may.allowed();
}

}  // namespace

absl::StatusOr<TaskView> ViewTask(Tx& tx, std::int64_t secret_id, std::string_view person) {
  HF_ASSIGN_OR_RETURN(auto state, KnowledgeOf(tx).TaskStateOf(secret_id, person));
  return ViewSecret(tx, secret_id, std::move(state));
}

absl::StatusOr<std::vector<TaskView>> TasksOf(Tx& tx, const storage::Handover& row) {
  if (row.state == HandoverState::kCancelled) return std::vector<TaskView>();
  HF_ASSIGN_OR_RETURN(const storage::Holder leaver, HolderById(tx, row.leaver_id));
  HF_ASSIGN_OR_RETURN(auto views, Listed(tx, row, leaver));
  for (TaskView& view : views) {
    HF_RETURN_IF_ERROR(AddAssignee(tx, view));
    if (row.cut_at.has_value()) view.due = *row.cut_at + tx.policy().bundle.document().handover.tasks_due;
  }
  return views;
}

absl::StatusOr<std::vector<OwnTask>> TasksOfActor(Tx& tx, const Actor& actor) {
  // Decided of each by itself; where there is none, the policy was asked all the same.
  HF_RETURN_IF_ERROR(custody::Consider(tx, actor, policy::Action::kHandoverRead, {}).status());
  HF_ASSIGN_OR_RETURN(const auto open, storage::HandoverStore(tx.db()).Open());
  std::vector<OwnTask> own;
  for (const storage::Handover& row : open) {
    if (row.state != HandoverState::kCut) continue;
    HF_ASSIGN_OR_RETURN(auto tasks, TasksOf(tx, row));
    for (TaskView& task : tasks) {
      if (!IsOf(actor, task)) continue;
      HF_ASSIGN_OR_RETURN(const bool sees, SeesTask(tx, actor, task));
      if (sees) own.push_back({.id = row.id * kMostTasks + task.id, .row = row, .task = std::move(task)});
    }
  }
  return own;
}

}  // namespace holdfast::handover
