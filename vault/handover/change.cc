// What becomes of a case that waits: another plan, or its cut at last.
#include <fmt/format.h>

#include "vault/base/ids.h"
#include "vault/handover/asking.h"
#include "vault/handover/case.h"
#include "vault/handover/cut.h"
#include "vault/handover/step.h"

namespace holdfast::handover {
namespace {

using custody::Actor;
using custody::Request;
using custody::WriteTx;
using policy::Action;

absl::Status KeepChange(WriteTx& tx, const Actor& actor, storage::Handover& row, const Choice& choice) {
  storage::HandoverStore cases(tx.db());
  HF_RETURN_IF_ERROR(cases.ForgetChoices(row.id));
  HF_RETURN_IF_ERROR(KeepChoice(tx, row, choice));
  row.named_successor = choice.named.has_value() ? std::optional(choice.named->id) : std::nullopt;
  row.asked_by = actor.holder.id;
  row.asker_person = actor.holder.person;
  row.asker_roles = actor.holder.roles;
  ++row.revision;
  return cases.Update(row);
}

}  // namespace

absl::StatusOr<CaseView> RepeatCut(WriteTx& tx, const Actor& actor, const Request& request,
                                   std::string_view name) {
  constexpr std::string_view kNotCut = "does not wait for its cut";
  HF_ASSIGN_OR_RETURN(storage::Handover row, FindSeenCase(tx, actor, Action::kHandoverCut, name));
  HF_RETURN_IF_ERROR(TellState(tx, actor, request, row, kNotCut));
  HF_ASSIGN_OR_RETURN(const storage::Holder leaver, HolderById(tx, row.leaver_id));
  // Who may bring a cut about, by whomever's yes, may repeat one; whose yes counts is decided in CarryOut.
  HF_RETURN_IF_ERROR(custody::AuthorizeToWait(tx, actor, Action::kHandoverCut, {.subject = &leaver, .handover = &row})
                         .status());
  HF_ASSIGN_OR_RETURN(const auto repeat, custody::FindRepeat(tx, actor, request));
  if (repeat.has_value()) return Describe(tx, row);
  HF_RETURN_IF_ERROR(CheckFrozen(row, kNotCut));
  HF_RETURN_IF_ERROR(CarryOut(tx, actor, row, leaver));
  HF_RETURN_IF_ERROR(custody::Remember(tx, actor, request, row.name));
  return Describe(tx, row);
}

absl::StatusOr<CaseView> Change(WriteTx& tx, const Actor& actor, const Request& request, std::string_view name,
                                const Wanted& wanted) {
  constexpr std::string_view kNotChanged = "cannot be changed";
  HF_ASSIGN_OR_RETURN(storage::Handover row, FindSeenCase(tx, actor, Action::kHandoverStart, name));
  HF_RETURN_IF_ERROR(TellState(tx, actor, request, row, kNotChanged));
  HF_ASSIGN_OR_RETURN(const storage::Holder leaver, HolderById(tx, row.leaver_id));
  custody::Target target{.subject = &leaver, .handover = &row, .texts = {{"reason", request.reason}}};
  HF_ASSIGN_OR_RETURN(const auto permit, custody::Authorize(tx, actor, Action::kHandoverStart, target));
  HF_ASSIGN_OR_RETURN(const auto repeat, custody::FindRepeat(tx, actor, request));
  if (repeat.has_value()) return Describe(tx, row);
  HF_RETURN_IF_ERROR(CheckFrozen(row, kNotChanged));
  HF_ASSIGN_OR_RETURN(const Choice choice, FindChoice(tx, actor, leaver, wanted));
  HF_RETURN_IF_ERROR(KeepChange(tx, actor, row, choice));
  HF_ASSIGN_OR_RETURN(const Plan plan, MakePlan(tx, leaver, choice));
  if (choice.named.has_value()) target.texts["successor"] = HolderName(choice.named->name);
  target.texts["accounts-named"] = std::to_string(choice.by_account.size());
  audit::Event event = custody::EventFor(actor, Action::kHandoverStart, target, permit);
  event.type = "handover.change";
  tx.Record(std::move(event));
  HF_ASSIGN_OR_RETURN(const auto cut,
                      custody::AuthorizeToWait(tx, actor, Action::kHandoverCut, {.subject = &leaver, .handover = &row},
                                               SuccessorFacts(actor, choice, plan)));
  if (cut.allowed()) {
    HF_RETURN_IF_ERROR(custody::CloseCutApproval(tx, actor, row.id, "other successors need no approval"));
    HF_RETURN_IF_ERROR(Cut(tx, actor, leaver, plan, row));
    tx.Record(custody::EventFor(actor, Action::kHandoverCut, {.subject = &leaver, .handover = &row}, cut));
  } else {
    HF_RETURN_IF_ERROR(Ask(tx, actor, row, leaver, plan, cut).status());
  }
  HF_RETURN_IF_ERROR(custody::Remember(tx, actor, request, row.name));
  return Describe(tx, row);
}

}  // namespace holdfast::handover
