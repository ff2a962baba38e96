// A handover that should not have been started.
#include <fmt/format.h>

#include "vault/custody/cut_approval.h"
#include "vault/custody/holders.h"
#include "vault/handover/case.h"
#include "vault/handover/cut.h"
#include "vault/handover/step.h"

namespace holdfast::handover {
namespace {

using custody::Actor;
using custody::WriteTx;
using policy::Action;

constexpr std::string_view kNotCancelled = "cannot be cancelled";

absl::StatusOr<policy::Context> FactsFor(WriteTx& tx, const Actor& actor, const storage::Handover& row,
                                         const storage::Holder& leaver) {
  HF_ASSIGN_OR_RETURN(const Choice choice, ChoiceOf(tx, row));
  const auto plan = MakePlan(tx, leaver, choice);
  // Without a plan nobody knows what is at stake: the most.
  if (absl::IsFailedPrecondition(plan.status()))
    return policy::Context{.tier_at_stake = 1, .successor_unvetted = true};
  HF_RETURN_IF_ERROR(plan.status());
  return SuccessorFacts(actor, choice, *plan);
}

}  // namespace

absl::StatusOr<CaseView> Cancel(WriteTx& tx, const Actor& actor, const custody::Request& request,
                                std::string_view name, std::string_view etag) {
  HF_ASSIGN_OR_RETURN(storage::Handover row, FindSeenCase(tx, actor, Action::kHandoverCancel, name));
  HF_RETURN_IF_ERROR(TellState(tx, actor, request, row, kNotCancelled));
  HF_ASSIGN_OR_RETURN(const storage::Holder leaver, HolderById(tx, row.leaver_id));
  const custody::Target target{
      .subject = &leaver,
      .handover = &row,
      .texts = {{"reason", request.reason}, {"case", "handovers/" + row.name}}};
  HF_ASSIGN_OR_RETURN(const policy::Context facts, FactsFor(tx, actor, row, leaver));
  HF_RETURN_IF_ERROR(
      custody::AuthorizeToWait(tx, actor, Action::kHandoverCancel, target, facts).status());
  HF_ASSIGN_OR_RETURN(const auto repeat, custody::FindRepeat(tx, actor, request));
  if (repeat.has_value()) return Describe(tx, row);
  // Nobody is asked to approve what cannot be done.
  HF_RETURN_IF_ERROR(CheckFrozen(row, kNotCancelled));
  HF_RETURN_IF_ERROR(custody::CheckEtag(etag, row.revision, "handover " + row.name));
  HF_ASSIGN_OR_RETURN(const auto decision,
                      custody::Authorize(tx, actor, Action::kHandoverCancel, target, facts));
  HF_RETURN_IF_ERROR(Unfreeze(tx, row));
  HF_RETURN_IF_ERROR(custody::CloseCutApproval(tx, actor, row.id, "the handover was cancelled"));
  row.state = storage::HandoverState::kCancelled;
  row.closed_by = actor.holder.id;
  row.closed_at = tx.now();
  ++row.revision;
  HF_RETURN_IF_ERROR(storage::HandoverStore(tx.db()).Update(row));
  tx.Record(custody::EventFor(actor, Action::kHandoverCancel, target, decision));
  HF_RETURN_IF_ERROR(custody::Remember(tx, actor, request, row.name));
  return Describe(tx, row);
}

}  // namespace holdfast::handover
