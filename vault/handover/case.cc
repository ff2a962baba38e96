#include "vault/handover/case.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vault/base/ids.h"
#include "vault/custody/holders.h"
#include "vault/custody/limits.h"
#include "vault/handover/cut.h"
#include "vault/handover/freeze_limit.h"
#include "vault/handover/plan.h"

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

absl::StatusOr<storage::Holder> HolderById(WriteTx& tx, std::int64_t id) {
  HF_ASSIGN_OR_RETURN(auto holder, storage::HolderStore(tx.db()).ById(id));
  if (holder.has_value()) return *std::move(holder);
  return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED", "a handover has no leaver");
}

absl::Status CheckLeaver(WriteTx& tx, const storage::Holder& leaver) {
  if (leaver.status != HolderStatus::kActive && leaver.status != HolderStatus::kSuspended) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "HOLDER_STATUS",
                     fmt::format("holder {} {} already", leaver.name, custody::StatusWords(leaver.status)));
  }
  HF_RETURN_IF_ERROR(custody::CheckNotLeaving(tx, leaver.person));
  HF_ASSIGN_OR_RETURN(const auto identities, IdentitiesOf(tx, leaver.person));
  for (const storage::Holder& identity : identities)
    HF_RETURN_IF_ERROR(custody::CheckSecurityRemains(tx, identity));
  return absl::OkStatus();
}

absl::Status WrongState(const storage::Handover& row, std::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "HANDOVER_STATE",
                   fmt::format("handover {} {}", row.name, why));
}

bool IsActor(const Actor& actor, const std::optional<storage::Holder>& holder) {
  return holder.has_value() && holder->person == actor.holder.person;
}

// What the policy is to know of who would take over, as seen by `actor`: nobody's say-so, but the plan's.
policy::Context SuccessorFacts(const Actor& actor, const std::optional<storage::Holder>& named,
                               const Plan& plan) {
  const bool gains = std::ranges::any_of(plan.accounts, [&](const PlannedAccount& planned) {
    return planned.account.tier == 1 && planned.chosen_by == storage::ChosenBy::kCustodian &&
           IsActor(actor, planned.successor);
  });
  return {.tier_at_stake = plan.unvetted_tier,
          .successor_unvetted = plan.successor_unvetted || plan.moves_custodian || plan.unvetted_tier == 1,
          .successor_is_self = IsActor(actor, named) || gains};
}

absl::StatusOr<storage::Handover> InsertCase(WriteTx& tx, const Actor& actor, const Request& request,
                                             const storage::Holder& leaver,
                                             const std::optional<storage::Holder>& named,
                                             bool needs_approval) {
  storage::Handover row{.pseudonym = crypto::RandomBytes(kPseudonymSize),
                        .leaver_id = leaver.id,
                        .named_successor = named.has_value() ? std::optional(named->id) : std::nullopt,
                        .reason = request.reason,
                        .needs_approval = needs_approval,
                        .started_by = actor.holder.id,
                        .started_at = tx.now()};
  HF_RETURN_IF_ERROR(storage::HandoverStore(tx.db()).Insert(row));
  return row;
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
    if (!task.done()) open.push_back(SecretResource(task.account, task.secret));
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

absl::Status CheckWaits(const storage::Handover& row) {
  switch (row.state) {
    case HandoverState::kFrozen:
      return absl::OkStatus();
    case HandoverState::kCut:
      return WrongState(row, "does not wait for approval: it is cut already");
    case HandoverState::kClosed:
      return WrongState(row, "does not wait for approval: it is closed");
  }
  return absl::OkStatus();
}

// Whoever sees the case is told its state before whether they may: a second approval, by whomever, is no attempt at
// anything.
absl::Status TellState(WriteTx& tx, const Actor& actor, const Request& request,
                       const storage::Handover& row) {
  const absl::Status waits = CheckWaits(row);
  if (waits.ok()) return waits;
  HF_ASSIGN_OR_RETURN(const auto repeat, custody::FindRepeat(tx, actor, request));
  return repeat.has_value() ? absl::OkStatus() : waits;
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
  HF_ASSIGN_OR_RETURN(const auto named, FindSuccessor(tx, leaver, start.successor));
  HF_ASSIGN_OR_RETURN(const Plan plan, MakePlan(tx, leaver, named));
  HF_ASSIGN_OR_RETURN(const auto cut, custody::AuthorizeToWait(tx, actor, Action::kHandoverCut, target,
                                                               SuccessorFacts(actor, named, plan)));
  HF_ASSIGN_OR_RETURN(storage::Handover row, InsertCase(tx, actor, request, leaver, named, !cut.allowed()));
  HF_RETURN_IF_ERROR(Freeze(tx, actor, leaver, row));
  Target opened{.subject = &leaver, .handover = &row, .texts = target.texts};
  opened.texts["case"] = "handovers/" + row.name;
  if (named.has_value()) opened.texts["successor"] = HolderName(named->name);
  tx.Record(custody::EventFor(actor, Action::kHandoverStart, opened, decision));
  if (cut.allowed()) {
    HF_RETURN_IF_ERROR(Cut(tx, actor, leaver, plan, row));
    RecordCut(tx, actor, row, leaver, cut);
  }
  HF_RETURN_IF_ERROR(custody::Remember(tx, actor, request, row.name));
  HF_ASSIGN_OR_RETURN(CaseView view, Describe(tx, row));
  return tx.dry_run() ? AsPlan(std::move(view)) : std::move(view);
}

absl::StatusOr<CaseView> Approve(WriteTx& tx, const Actor& actor, const Request& request,
                                 std::string_view name) {
  HF_ASSIGN_OR_RETURN(storage::Handover row, FindSeenCase(tx, actor, Action::kHandoverApprove, name));
  HF_RETURN_IF_ERROR(TellState(tx, actor, request, row));
  HF_ASSIGN_OR_RETURN(const storage::Holder leaver, HolderById(tx, row.leaver_id));
  HF_ASSIGN_OR_RETURN(const storage::Holder starter, HolderById(tx, row.started_by));
  std::optional<storage::Holder> named;
  if (row.named_successor.has_value()) {
    HF_ASSIGN_OR_RETURN(named, HolderById(tx, *row.named_successor));
  }
  const Target target{.subject = &leaver, .handover = &row, .texts = {{"reason", request.reason}}};
  // Planned anew: what the leaver had, and who would take over, may have changed since the start.
  const auto plan = MakePlan(tx, leaver, named);
  policy::Context context = plan.ok() ? SuccessorFacts(actor, named, *plan) : policy::Context();
  context.requested_by_self = starter.person == actor.holder.person;
  HF_ASSIGN_OR_RETURN(const auto decision,
                      custody::Authorize(tx, actor, Action::kHandoverApprove, target, context));
  HF_ASSIGN_OR_RETURN(const auto repeat, custody::FindRepeat(tx, actor, request));
  if (repeat.has_value()) return Describe(tx, row);
  HF_RETURN_IF_ERROR(CheckWaits(row));
  HF_RETURN_IF_ERROR(FindSuccessor(tx, leaver, named.has_value() ? named->name : "").status());
  HF_RETURN_IF_ERROR(plan.status());
  row.approved_by = actor.holder.id;
  row.approved_at = tx.now();
  tx.Record(custody::EventFor(actor, Action::kHandoverApprove, target, decision));
  HF_RETURN_IF_ERROR(Cut(tx, actor, leaver, *plan, row));
  RecordCut(tx, actor, row, leaver, decision);
  HF_RETURN_IF_ERROR(custody::Remember(tx, actor, request, row.name));
  return Describe(tx, row);
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
  if (row.state == HandoverState::kFrozen) return WrongState(row, "waits for approval");
  if (row.state == HandoverState::kClosed) return WrongState(row, "is closed already");
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
