#include "vault/handover/case.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "vault/base/ids.h"
#include "vault/custody/holders.h"
#include "vault/custody/limits.h"
#include "vault/handover/asking.h"
#include "vault/handover/cut.h"
#include "vault/handover/freeze_limit.h"
#include "vault/handover/plan.h"
#include "vault/handover/step.h"

namespace holdfast::handover {
namespace {

using custody::Actor;
using custody::Request;
using custody::Target;
using custody::WriteTx;
using policy::Action;
using storage::HandoverState;

constexpr std::size_t kPseudonymSize = 16;
constexpr std::size_t kTasksNamed = 20;

absl::Status CheckNoneOpen(WriteTx& tx, const storage::Holder& leaver) {
  HF_ASSIGN_OR_RETURN(const auto open, storage::HandoverStore(tx.db()).Open());
  for (const storage::Handover& other : open) {
    HF_ASSIGN_OR_RETURN(const storage::Holder gone, HolderById(tx, other.leaver_id));
    if (gone.person != leaver.person) continue;
    absl::Status status =
        MakeError(absl::StatusCode::kFailedPrecondition, "HANDOVER_OPEN",
                  fmt::format("{}'s handover {} is open: holdfast handover show {}", gone.name, other.name, other.name));
    AddDetail(status, "handover", "handovers/" + other.name);
    return status;
  }
  return absl::OkStatus();
}

absl::Status CheckLeaver(WriteTx& tx, const storage::Holder& leaver) {
  HF_RETURN_IF_ERROR(CheckNoneOpen(tx, leaver));
  if (leaver.status != HolderStatus::kActive && leaver.status != HolderStatus::kSuspended) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "HOLDER_STATUS",
                     fmt::format("holder {} {} already", leaver.name, custody::StatusWords(leaver.status)));
  }
  HF_ASSIGN_OR_RETURN(const auto identities, IdentitiesOf(tx, leaver.person));
  for (const storage::Holder& identity : identities)
    HF_RETURN_IF_ERROR(custody::CheckSecurityRemains(tx, identity));
  return absl::OkStatus();
}

absl::StatusOr<storage::Handover> InsertCase(WriteTx& tx, const Actor& actor, const Request& request,
                                             const storage::Holder& leaver, const Choice& choice,
                                             bool needs_approval) {
  storage::Handover row{.pseudonym = crypto::RandomBytes(kPseudonymSize),
                        .leaver_id = leaver.id,
                        .named_successor = choice.named.has_value() ? std::optional(choice.named->id) : std::nullopt,
                        .reason = request.reason,
                        .needs_approval = needs_approval,
                        .started_by = actor.holder.id,
                        .started_at = tx.now(),
                        .asked_by = actor.holder.id,
                        .asker_person = actor.holder.person,
                        .asker_roles = actor.holder.roles};
  HF_RETURN_IF_ERROR(storage::HandoverStore(tx.db()).Insert(row));
  HF_RETURN_IF_ERROR(KeepChoice(tx, row, choice));
  return row;
}

// In the order in which people read lists.
absl::Status AddTasks(WriteTx& tx, const storage::Handover& row, const Plan& plan) {
  std::map<std::pair<std::string, std::string>, std::int64_t> by_name;
  for (const std::int64_t secret_id : plan.secrets) {
    HF_ASSIGN_OR_RETURN(const auto secret, storage::SecretStore(tx.db()).ById(secret_id));
    if (!secret.has_value()) continue;
    HF_ASSIGN_OR_RETURN(storage::Account account, custody::LoadAccount(tx, secret->account_id));
    by_name[{std::move(account.name), secret->name}] = secret_id;
  }
  for (const auto& [name, secret_id] : by_name)
    HF_RETURN_IF_ERROR(storage::HandoverStore(tx.db()).AddTask(row.id, secret_id));
  for (const PlannedAccount& planned : plan.accounts) {
    // The frozen count no more, and whoever takes over counts, unless they did before.
    HF_ASSIGN_OR_RETURN(const custody::OwnersLack lack, custody::OwnersLacking(tx, planned.account));
    const int gained = planned.successor.has_value() && !planned.vetted ? 1 : 0;
    if (lack.active > gained)
      HF_RETURN_IF_ERROR(storage::HandoverStore(tx.db()).AddOwnersTask(row.id, planned.account.id));
  }
  return absl::OkStatus();
}

void RecordCut(WriteTx& tx, const Actor& actor, const storage::Handover& row, const storage::Holder& leaver,
               const custody::Permit& decision) {
  tx.Record(custody::EventFor(actor, Action::kHandoverCut, {.subject = &leaver, .handover = &row}, decision));
}

// A plan looks the same as a case, but is not one.
CaseView AsPlan(CaseView view) {
  view.row.id = 0;
  view.row.name.clear();
  for (TaskView& task : view.tasks) task.id = 0;
  return view;
}

absl::Status TasksOpen(const storage::Handover& row, const std::vector<TaskView>& tasks) {
  std::vector<std::string> open;
  for (const TaskView& task : tasks) {
    if (task.done()) continue;
    open.push_back(task.secret.empty() ? AccountName(task.account) + " (owners)"
                                       : SecretResource(task.account, task.secret));
  }
  if (open.empty()) return absl::OkStatus();
  std::string listed;
  for (std::size_t i = 0; i < open.size() && i < kTasksNamed; ++i) listed += (i == 0 ? "" : ", ") + open[i];
  if (open.size() > kTasksNamed) listed += fmt::format(" and {} more", open.size() - kTasksNamed);
  absl::Status status = MakeError(absl::StatusCode::kFailedPrecondition, "TASKS_OPEN",
                                  fmt::format("handover {} has {} open task{}: {}", row.name, open.size(),
                                              open.size() == 1 ? "" : "s", listed));
  for (std::size_t i = 0; i < open.size() && i < kTasksNamed; ++i)
    AddDetail(status, fmt::format("task{}", i + 1), open[i]);
  return status;
}

// The leaver under any name stands nowhere and can do nothing.
absl::Status CheckPersonIsGone(WriteTx& tx, const storage::Handover& row, const storage::Holder& leaver) {
  HF_ASSIGN_OR_RETURN(const auto identities, storage::HolderStore(tx.db()).ByPerson(leaver.person));
  for (const storage::Holder& identity : identities) {
    const bool workflow = identity.kind == HolderKind::kWorkflow;
    if (identity.status == HolderStatus::kActive) {
      return WrongState(row, workflow ? fmt::format("cannot close: {} answers for the workflow {}, which is "
                                                    "active; suspend it, or name another person",
                                                    leaver.name, identity.name)
                                      : fmt::format("cannot close: {} is an active identity of the same person",
                                                    identity.name));
    }
    HF_ASSIGN_OR_RETURN(const auto left, storage::GrantStore(tx.db()).LiveByHolder(identity.id, tx.now()));
    if (left.empty()) continue;
    HF_ASSIGN_OR_RETURN(const storage::Account account, custody::LoadAccount(tx, left.front().account_id));
    return WrongState(
        row, fmt::format("cannot close: {}, {} the leaver, has access to {}; give it to somebody else", identity.name,
                         workflow ? "a workflow of" : "an identity of", account.name));
  }
  return absl::OkStatus();
}

// Under every name.
absl::Status MarkAsLeft(WriteTx& tx, const storage::Holder& leaver) {
  HF_ASSIGN_OR_RETURN(auto identities, IdentitiesOf(tx, leaver.person));
  for (storage::Holder& identity : identities) {
    if (identity.status == HolderStatus::kLeft) continue;
    HF_RETURN_IF_ERROR(custody::SetStatus(tx, identity, HolderStatus::kLeft));
  }
  return absl::OkStatus();
}

// What must hold at the end whatever happened since the cut.
absl::Status CheckPostconditions(WriteTx& tx, const storage::Handover& row, const storage::Holder& leaver) {
  HF_RETURN_IF_ERROR(CheckPersonIsGone(tx, row, leaver));
  HF_ASSIGN_OR_RETURN(const auto accounts, storage::HandoverStore(tx.db()).Accounts(row.id));
  for (const storage::HandoverAccount& moved : accounts) {
    HF_ASSIGN_OR_RETURN(const auto grants,
                        storage::GrantStore(tx.db()).LiveByAccount(moved.account_id, tx.now()));
    bool owned = false;
    for (const storage::Grant& grant : grants) {
      if (grant.relation != Relation::kOwner) continue;
      HF_ASSIGN_OR_RETURN(const storage::Holder owner, HolderById(tx, grant.holder_id));
      owned = owner.status == HolderStatus::kActive;
    }
    if (!owned) return WrongState(row, "cannot close: one of its accounts has no active owner");
    HF_ASSIGN_OR_RETURN(const storage::Account account, custody::LoadAccount(tx, moved.account_id));
    HF_RETURN_IF_ERROR(custody::CheckOwners(tx, account, /*before=*/{}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CaseView> Start(WriteTx& tx, const Actor& actor, const Request& request,
                               const StartRequest& start) {
  HF_ASSIGN_OR_RETURN(storage::Holder leaver,
                      custody::FindHolder(tx, actor, start.leaver, Action::kHandoverStart));
  const Target target{.subject = &leaver, .texts = {{"reason", request.reason}}};
  HF_ASSIGN_OR_RETURN(const auto decision, custody::Authorize(tx, actor, Action::kHandoverStart, target));
  HF_ASSIGN_OR_RETURN(const auto repeat, custody::FindRepeat(tx, actor, request));
  if (repeat.has_value()) {
    HF_ASSIGN_OR_RETURN(const storage::Handover row, FindCase(tx, *repeat));
    HF_RETURN_IF_ERROR(custody::AuthorizeShownAgain(tx, actor, Action::kHandoverRead,
                                                    {.subject = &leaver, .handover = &row}));
    return Describe(tx, row);
  }
  HF_RETURN_IF_ERROR(CheckLeaver(tx, leaver));
  HF_RETURN_IF_ERROR(CheckFreezeLimit(tx, actor));
  HF_ASSIGN_OR_RETURN(const Choice choice, FindChoice(tx, actor, leaver, start.wanted));
  HF_ASSIGN_OR_RETURN(const Plan plan, MakePlan(tx, leaver, choice));
  HF_ASSIGN_OR_RETURN(const auto cut, custody::AuthorizeToWait(tx, actor, Action::kHandoverCut, target,
                                                               SuccessorFacts(actor, choice, plan)));
  HF_ASSIGN_OR_RETURN(storage::Handover row, InsertCase(tx, actor, request, leaver, choice, !cut.allowed()));
  HF_RETURN_IF_ERROR(Freeze(tx, actor, leaver, row));
  HF_RETURN_IF_ERROR(AddTasks(tx, row, plan));
  Target opened{.subject = &leaver, .handover = &row, .texts = target.texts};
  opened.texts["case"] = "handovers/" + row.name;
  if (choice.named.has_value()) opened.texts["successor"] = HolderName(choice.named->name);
  tx.Record(custody::EventFor(actor, Action::kHandoverStart, opened, decision));
  if (cut.allowed()) {
    HF_RETURN_IF_ERROR(Cut(tx, actor, leaver, plan, row));
    RecordCut(tx, actor, row, leaver, cut);
  } else {
    HF_RETURN_IF_ERROR(Ask(tx, actor, row, leaver, plan, cut).status());
  }
  HF_RETURN_IF_ERROR(custody::Remember(tx, actor, request, row.name));
  HF_ASSIGN_OR_RETURN(CaseView view, Describe(tx, row));
  return tx.dry_run() ? AsPlan(std::move(view)) : std::move(view);
}

absl::StatusOr<CaseView> Close(WriteTx& tx, const Actor& actor, const Request& request, std::string_view name,
                               std::string_view etag) {
  HF_ASSIGN_OR_RETURN(storage::Handover row, FindSeenCase(tx, actor, Action::kHandoverClose, name));
  HF_ASSIGN_OR_RETURN(const storage::Holder leaver, HolderById(tx, row.leaver_id));
  const Target target{.subject = &leaver, .handover = &row};
  HF_ASSIGN_OR_RETURN(const auto decision, custody::Authorize(tx, actor, Action::kHandoverClose, target));
  HF_ASSIGN_OR_RETURN(const auto repeat, custody::FindRepeat(tx, actor, request));
  if (repeat.has_value()) return Describe(tx, row);
  HF_RETURN_IF_ERROR(custody::CheckEtag(etag, row.revision, "handover " + row.name));
  HF_RETURN_IF_ERROR(CheckCut(row));
  HF_ASSIGN_OR_RETURN(const auto tasks, TasksOf(tx, row));
  HF_RETURN_IF_ERROR(TasksOpen(row, tasks));
  HF_RETURN_IF_ERROR(CheckPostconditions(tx, row, leaver));
  row.state = HandoverState::kClosed;
  row.closed_by = actor.holder.id;
  row.closed_at = tx.now();
  ++row.revision;
  HF_RETURN_IF_ERROR(storage::HandoverStore(tx.db()).Update(row));
  HF_RETURN_IF_ERROR(MarkAsLeft(tx, leaver));
  tx.Record(custody::EventFor(actor, Action::kHandoverClose, target, decision));
  HF_RETURN_IF_ERROR(custody::Remember(tx, actor, request, row.name));
  return Describe(tx, row);
}

}  // namespace holdfast::handover
