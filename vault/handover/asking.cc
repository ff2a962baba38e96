#include "vault/handover/asking.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "vault/base/ids.h"
#include "vault/crypto/mac.h"
#include "vault/custody/approvals.h"
#include "vault/handover/cut.h"
#include "vault/handover/step.h"

namespace holdfast::handover {
namespace {

using custody::Actor;
using custody::Tx;
using custody::WriteTx;
using policy::Action;
using storage::Approval;
using storage::HandoverLine;

constexpr std::int64_t kCustodianOffice = 0;  // in place of an account

std::vector<HandoverLine> LinesOf(const storage::Handover& row, const Plan& plan, const Choice& choice) {
  std::vector<HandoverLine> lines;
  for (const PlannedAccount& planned : plan.accounts) {
    if (!planned.successor.has_value()) continue;
    lines.push_back({.handover_id = row.id,
                     .account_id = planned.account.id,
                     .successor_id = planned.successor->id,
                     .tier = planned.account.tier,
                     .vetted = planned.vetted});
  }
  if (plan.moves_custodian && choice.named.has_value())
    lines.push_back(
        {.handover_id = row.id, .account_id = kCustodianOffice, .successor_id = choice.named->id, .tier = 1});
  std::ranges::sort(lines, {}, &HandoverLine::account_id);
  return lines;
}

Bytes HashOf(const Tx& tx, const storage::Handover& row, const std::vector<HandoverLine>& lines) {
  std::string text;
  for (const HandoverLine& line : lines)
    text += fmt::format("{}:{}:{}:{};", line.account_id, line.successor_id, line.tier, line.vetted ? 1 : 0);
  return ToBytes(crypto::Mac(tx.keys().request_mac, {AsBytes("holdfast-plan-v1"), row.pseudonym, AsBytes(text)}));
}

// "2 of tier 1, 38 of tier 2".
std::string CountsOf(const Plan& plan) {
  std::map<int, int> by_tier;
  for (const PlannedAccount& planned : plan.accounts)
    if (planned.successor.has_value()) ++by_tier[planned.account.tier];
  std::string text;
  for (const auto& [tier, count] : by_tier)
    text += fmt::format("{}{} of tier {}", text.empty() ? "" : ", ", count, tier);
  return text.empty() ? "none" : text;
}

// "sam 39, alice 1".
std::string SuccessorsOf(const Plan& plan, const Choice& choice) {
  std::map<std::string, int> by_name;
  for (const PlannedAccount& planned : plan.accounts)
    if (planned.successor.has_value()) ++by_name[planned.successor->name];
  std::string text;
  for (const auto& [name, count] : by_name) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count);
  if (plan.moves_custodian && choice.named.has_value())
    text += fmt::format("{}{} becomes the custodian", text.empty() ? "" : ", ", choice.named->name);
  return text.empty() ? "nobody" : text;
}

std::string DetailsOf(const storage::Holder& leaver, const Plan& plan, const Choice& choice) {
  return fmt::format("leaver: {}; accounts that move: {}; to: {}; cannot be undone: {}'s access and devices end",
                     leaver.name, CountsOf(plan), SuccessorsOf(plan, choice), leaver.name);
}

bool Covers(const std::vector<HandoverLine>& asked, const HandoverLine& line) {
  return std::ranges::any_of(asked, [&](const HandoverLine& one) {
    return one.account_id == line.account_id && one.successor_id == line.successor_id && one.tier <= line.tier &&
           (line.vetted || !one.vetted);
  });
}

// What the policy in force says of the cut, asked by the case.
absl::StatusOr<policy::Decision> Decide(Tx& tx, const storage::Handover& row, const storage::Holder& leaver,
                                        const Plan& plan, const Choice& choice, std::vector<policy::Vote> votes) {
  HF_ASSIGN_OR_RETURN(const Actor asker, custody::AskerOf(tx, row));
  policy::Context facts = SuccessorFacts(asker, choice, plan);
  facts.votes = std::move(votes);
  return custody::Consider(tx, asker, Action::kHandoverCut, {.subject = &leaver, .handover = &row},
                           std::move(facts));
}

absl::Status Denied(const policy::Decision& decision) {
  absl::Status status = MakeError(absl::StatusCode::kPermissionDenied, "DENIED",
                                  fmt::format("denied: {} (rule {})", decision.why, decision.rule));
  AddDetail(status, "rule", decision.rule);
  return status;
}

absl::Status Carry(WriteTx& tx, const Actor& actor, storage::Handover& row, const storage::Holder& leaver,
                   const Plan& plan, const policy::Decision& decision) {
  custody::Permit permit{decision, std::nullopt};
  HF_ASSIGN_OR_RETURN(auto approval, custody::OpenCutApproval(tx, row.id));
  if (approval.has_value()) {
    permit.approval = approval->event_idx;
    approval->used = approval->uses;
    HF_RETURN_IF_ERROR(storage::ApprovalStore(tx.db()).Update(*approval));
    HF_ASSIGN_OR_RETURN(const auto votes, storage::ApprovalStore(tx.db()).Votes(approval->id));
    if (!votes.empty()) {
      row.approved_by = votes.back().holder_id;
      row.approved_at = votes.back().voted_at;
    }
  }
  HF_RETURN_IF_ERROR(Cut(tx, actor, leaver, plan, row));
  tx.Record(custody::EventFor(actor, Action::kHandoverCut, {.subject = &leaver, .handover = &row}, permit));
  return absl::OkStatus();
}

// What asks again when what was asked for does not hold any more; to be run in the place of the call that found out.
custody::Work Replacing(const Actor& actor, std::int64_t handover_id) {
  return [actor, handover_id](WriteTx& tx) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto row, storage::HandoverStore(tx.db()).ById(handover_id));
    if (!row.has_value() || row->state != storage::HandoverState::kFrozen) return absl::OkStatus();
    HF_ASSIGN_OR_RETURN(const storage::Holder leaver, HolderById(tx, row->leaver_id));
    HF_ASSIGN_OR_RETURN(const Choice choice, ChoiceOf(tx, *row));
    HF_ASSIGN_OR_RETURN(const Plan plan, MakePlan(tx, leaver, choice));
    HF_ASSIGN_OR_RETURN(const policy::Decision decision, Decide(tx, *row, leaver, plan, choice, {}));
    return Ask(tx, actor, *row, leaver, plan, decision).status();
  };
}

absl::Status Waits(const storage::Handover& row, std::string_view approval, std::string_view approvers) {
  absl::Status status =
      MakeError(absl::StatusCode::kFailedPrecondition, "CUT_WAITS",
                fmt::format("the cut of handover {} waits for a yes by {}: holdfast approval approve {}", row.name,
                            approvers, approval.substr(approval.rfind('/') + 1)));
  AddDetail(status, "approval", approval);
  AddDetail(status, "approvers", approvers);
  return status;
}

// Leaves the new request behind instead of this call, and names it.
absl::Status AskAgain(WriteTx& tx, const Actor& actor, const storage::Handover& row, std::string_view reason,
                      std::string_view why) {
  HF_ASSIGN_OR_RETURN(const std::int64_t id, storage::ApprovalStore(tx.db()).NextId());
  // Runs next, before anybody else: the id stays free.
  tx.DoInstead(Replacing(actor, row.id));
  const std::string name = custody::ApprovalName(id);
  absl::Status status = MakeError(absl::StatusCode::kFailedPrecondition, reason,
                                  fmt::format("{}; it was asked for anew: holdfast approval show {}", why, id));
  AddDetail(status, "approval", name);
  return status;
}

}  // namespace

absl::StatusOr<Approval> Ask(WriteTx& tx, const Actor& actor, const storage::Handover& row,
                             const storage::Holder& leaver, const Plan& plan, const policy::Decision& decision) {
  HF_ASSIGN_OR_RETURN(const Choice choice, ChoiceOf(tx, row));
  const auto lines = LinesOf(row, plan, choice);
  HF_RETURN_IF_ERROR(storage::HandoverStore(tx.db()).ReplacePlan(row.id, lines));
  return custody::AskForCut(tx, actor,
                            {.row = row,
                             .leaver = leaver,
                             .decision = decision,
                             .plan_hash = HashOf(tx, row, lines),
                             .details = DetailsOf(leaver, plan, choice)});
}

absl::StatusOr<bool> IsWithinAsked(Tx& tx, const storage::Handover& row, const Plan& plan) {
  HF_ASSIGN_OR_RETURN(const Choice choice, ChoiceOf(tx, row));
  HF_ASSIGN_OR_RETURN(const auto asked, storage::HandoverStore(tx.db()).Plan(row.id));
  const auto lines = LinesOf(row, plan, choice);
  return std::ranges::all_of(lines, [&](const HandoverLine& line) { return Covers(asked, line); });
}

absl::StatusOr<std::string> AfterYes(WriteTx& tx, const Actor& actor, const Approval& approval,
                                     std::string_view plan_hash) {
  HF_ASSIGN_OR_RETURN(auto row, storage::HandoverStore(tx.db()).ById(approval.handover_id.value_or(0)));
  if (!row.has_value() || row->state != storage::HandoverState::kFrozen) return std::string();
  if (plan_hash != HexEncode(approval.operation))
    return InvalidField("plan_hash", fmt::format("is not that of approval {}: look at it again, as it shows what "
                                                 "would happen",
                                                 approval.id));
  HF_ASSIGN_OR_RETURN(const storage::Holder leaver, HolderById(tx, row->leaver_id));
  HF_ASSIGN_OR_RETURN(const Choice choice, ChoiceOf(tx, *row));
  const auto plan = MakePlan(tx, leaver, choice);
  if (absl::IsFailedPrecondition(plan.status())) return std::string(MessageOf(plan.status()));
  HF_RETURN_IF_ERROR(plan.status());
  HF_ASSIGN_OR_RETURN(const bool within, IsWithinAsked(tx, *row, *plan));
  if (!within)
    return AskAgain(tx, actor, *row, "PLAN_CHANGED",
                    fmt::format("the cut of handover {} would give more than approval {} says", row->name,
                                approval.id));
  if (approval.policy_id != tx.policy().id)
    return AskAgain(tx, actor, *row, "PLAN_CHANGED",
                    fmt::format("another policy is in force since approval {} was asked for", approval.id));
  HF_ASSIGN_OR_RETURN(auto votes, custody::CountedVotes(tx, approval, &leaver));
  HF_ASSIGN_OR_RETURN(const policy::Decision decision,
                      Decide(tx, *row, leaver, *plan, choice, std::move(votes)));
  if (decision.effect == policy::Effect::kDeny) return std::string(MessageOf(Denied(decision)));
  if (!decision.allowed()) return std::string();
  HF_RETURN_IF_ERROR(Carry(tx, actor, *row, leaver, *plan, decision));
  return std::string();
}

absl::Status CarryOut(WriteTx& tx, const Actor& actor, storage::Handover& row, const storage::Holder& leaver) {
  HF_ASSIGN_OR_RETURN(const Choice choice, ChoiceOf(tx, row));
  HF_ASSIGN_OR_RETURN(const Plan plan, MakePlan(tx, leaver, choice));
  HF_ASSIGN_OR_RETURN(auto approval, custody::OpenCutApproval(tx, row.id));
  HF_ASSIGN_OR_RETURN(const bool within, IsWithinAsked(tx, row, plan));
  const bool stands = approval.has_value() && within && approval->policy_id == tx.policy().id;
  std::vector<policy::Vote> votes;
  if (stands) {
    HF_ASSIGN_OR_RETURN(votes, custody::CountedVotes(tx, *approval, &leaver));
  }
  HF_ASSIGN_OR_RETURN(const policy::Decision decision, Decide(tx, row, leaver, plan, choice, std::move(votes)));
  if (decision.effect == policy::Effect::kDeny) return Denied(decision);
  if (decision.allowed()) return Carry(tx, actor, row, leaver, plan, decision);
  if (!stands)
    return AskAgain(tx, actor, row, "CUT_WAITS", fmt::format("the cut of handover {} needs a yes", row.name));
  HF_ASSIGN_OR_RETURN(const std::string approvers, custody::NameCutApprovers(tx, row, *approval));
  return Waits(row, custody::ApprovalName(approval->id), approvers);
}

}  // namespace holdfast::handover
