#include "vault/handover/settle.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vault/base/ids.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"
#include "vault/custody/sight.h"
#include "vault/handover/step.h"

namespace holdfast::handover {

std::string_view SettledName(storage::SettledAs as) {
  switch (as) {
    case storage::SettledAs::kNot:
      return "";
    case storage::SettledAs::kClosed:
      return "closed";
    case storage::SettledAs::kNoSecret:
      return "no-secret";
  }
  return "";
}

namespace {

using custody::Actor;
using custody::Target;
using custody::WriteTx;
using policy::Action;

absl::Status Failed(std::string_view reason, const std::string& message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message);
}

// What the decision is about.
struct Found {
  storage::Handover row;
  storage::Holder leaver;
  std::optional<storage::Secret> secret;  // none: the task is about owners
  storage::Account account;
  TaskView task;

  // Borrows the rows.
  Target AsTarget(const SettleRequest& wanted) const {
    return {.account = &account,
            .secret = secret.has_value() ? &*secret : nullptr,
            .subject = &leaver,
            .handover = &row,
            .version = secret.has_value() ? std::optional(secret->current_version) : std::nullopt,
            .texts = {{"evidence", wanted.evidence}, {"outcome", std::string(SettledName(wanted.as))}}};
  }
};

std::string TaskOf(const SettleRequest& wanted) { return fmt::format("{}/tasks/{}", wanted.name, wanted.task); }

absl::StatusOr<std::optional<Found>> Find(WriteTx& tx, const SettleRequest& wanted) {
  HF_ASSIGN_OR_RETURN(const auto row, storage::HandoverStore(tx.db()).ByName(wanted.name));
  if (!row.has_value() || wanted.task == 0) return std::optional<Found>();
  Found found{.row = *row};
  HF_ASSIGN_OR_RETURN(found.leaver, custody::LoadHolder(tx, found.row.leaver_id));
  HF_ASSIGN_OR_RETURN(auto tasks, TasksOf(tx, found.row));
  const auto task = std::ranges::find(tasks, wanted.task, &TaskView::id);
  if (task == tasks.end()) return std::optional<Found>();
  if (task->secret_id != 0) {
    HF_ASSIGN_OR_RETURN(found.secret, storage::SecretStore(tx.db()).ById(task->secret_id));
  }
  HF_ASSIGN_OR_RETURN(const auto account, storage::AccountStore(tx.db()).ByName(task->account));
  if (!account.has_value())
    return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED", "a task is about an account that is gone");
  found.account = *account;
  found.task = std::move(*task);
  return std::optional(std::move(found));
}

// A task is there for whoever sees its case; and for an owner of its account, who may end it without seeing the rest.
absl::StatusOr<bool> IsThere(WriteTx& tx, const Actor& actor, const Found& found, const Target& target) {
  HF_ASSIGN_OR_RETURN(const bool sees_case, custody::Sees(tx, actor, found.row));
  if (sees_case) return true;
  HF_ASSIGN_OR_RETURN(const auto may, custody::Consider(tx, actor, Action::kHandoverDone, target));
  if (may.effect == policy::Effect::kDeny) return false;
  return custody::Knows(tx, actor, found.account);
}

// The task, if it is there for the actor; else as NotThere() of sight.h.
absl::StatusOr<Found> FindSeen(WriteTx& tx, const Actor& actor, const SettleRequest& wanted) {
  HF_ASSIGN_OR_RETURN(auto found, Find(tx, wanted));
  if (!found.has_value())
    return custody::NotThere(tx, actor, Action::kHandoverDone, custody::Thing::kHandover, TaskOf(wanted));
  const Target target = found->AsTarget(wanted);
  HF_ASSIGN_OR_RETURN(const bool there, IsThere(tx, actor, *found, target));
  if (!there)
    return custody::NotThere(tx, actor, Action::kHandoverDone, custody::Thing::kHandover, TaskOf(wanted), target);
  return *std::move(found);
}

}  // namespace

absl::StatusOr<SettledTask> Settle(WriteTx& tx, const Actor& actor, const custody::Request& request,
                                   const SettleRequest& wanted) {
  HF_RETURN_IF_ERROR(CheckLine("evidence", wanted.evidence, kMaxEvidence, /*required=*/true));
  if (wanted.as == storage::SettledAs::kNot) return InvalidField("outcome", "must be CLOSED or NO_SECRET");
  HF_ASSIGN_OR_RETURN(Found found, FindSeen(tx, actor, wanted));
  const Target target = found.AsTarget(wanted);
  HF_ASSIGN_OR_RETURN(const auto decision, custody::Authorize(tx, actor, Action::kHandoverDone, target));
  HF_ASSIGN_OR_RETURN(const auto repeat, custody::FindRepeat(tx, actor, request));
  if (repeat.has_value()) return SettledTask{.row = found.row, .task = std::move(found.task)};
  HF_RETURN_IF_ERROR(CheckCut(found.row));
  if (found.task.done())
    return Failed("TASK_DONE", fmt::format("task {}/{} is done already", wanted.name, wanted.task));
  if (!found.secret.has_value())
    return Failed("TASK_OWNERS", fmt::format("task {}/{} ends when account {} has its owners: holdfast account update "
                                             "{} --backup HOLDER",
                                             wanted.name, wanted.task, found.account.name, found.account.name));
  const storage::Secret& secret = *found.secret;
  HF_RETURN_IF_ERROR(storage::HandoverStore(tx.db()).AddTask(found.row.id, secret.id));
  HF_RETURN_IF_ERROR(storage::HandoverStore(tx.db()).Settle({.handover_id = found.row.id,
                                                             .secret_id = secret.id,
                                                             .settled_as = wanted.as,
                                                             .settled_version = secret.current_version,
                                                             .settled_by = actor.holder.id,
                                                             .settled_at = tx.now(),
                                                             .evidence = wanted.evidence}));
  tx.Record(custody::EventFor(actor, Action::kHandoverDone, target, decision));
  HF_RETURN_IF_ERROR(custody::Remember(tx, actor, request, std::to_string(wanted.task)));
  HF_ASSIGN_OR_RETURN(found.task, ViewTask(tx, secret.id, found.leaver.person));
  found.task.id = wanted.task;
  return SettledTask{.row = found.row, .task = std::move(found.task)};
}

}  // namespace holdfast::handover
