#include "vault/handover/step.h"

#include <fmt/format.h>

#include <algorithm>

namespace holdfast::handover {
namespace {

using custody::Actor;
using custody::Tx;
using custody::WriteTx;
using storage::HandoverState;

bool IsActor(const Actor& actor, const std::optional<storage::Holder>& holder) {
  return holder.has_value() && holder->person == actor.holder.person;
}

std::string_view StateWords(HandoverState state) {
  switch (state) {
    case HandoverState::kFrozen:
      return "waits for its cut";
    case HandoverState::kCut:
      return "is cut already";
    case HandoverState::kClosed:
      return "is closed already";
    case HandoverState::kCancelled:
      return "was cancelled";
  }
  return "";
}

}  // namespace

absl::Status WrongState(const storage::Handover& row, std::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "HANDOVER_STATE",
                   fmt::format("handover {} {}", row.name, why));
}

absl::Status CheckFrozen(const storage::Handover& row, std::string_view what) {
  if (row.state == HandoverState::kFrozen) return absl::OkStatus();
  return WrongState(row, fmt::format("{}: it {}", what, StateWords(row.state)));
}

absl::Status CheckCut(const storage::Handover& row) {
  if (row.state == HandoverState::kCut) return absl::OkStatus();
  if (row.state == HandoverState::kFrozen)
    return WrongState(row, fmt::format("waits for its cut, by whom: holdfast handover show {}", row.name));
  return WrongState(row, StateWords(row.state));
}

absl::Status TellState(WriteTx& tx, const Actor& actor, const custody::Request& request,
                       const storage::Handover& row, std::string_view what) {
  const absl::Status frozen = CheckFrozen(row, what);
  if (frozen.ok()) return frozen;
  HF_ASSIGN_OR_RETURN(const auto repeat, custody::FindRepeat(tx, actor, request));
  return repeat.has_value() ? absl::OkStatus() : frozen;
}

absl::StatusOr<storage::Holder> HolderById(Tx& tx, std::int64_t id) {
  HF_ASSIGN_OR_RETURN(auto holder, storage::HolderStore(tx.db()).ById(id));
  if (holder.has_value()) return *std::move(holder);
  return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED",
                   "a handover refers to a holder who is missing");
}

bool Gains(const Actor& actor, const Choice& choice, const Plan& plan) {
  if (plan.moves_custodian && IsActor(actor, choice.named)) return true;
  return std::ranges::any_of(plan.accounts, [&](const PlannedAccount& planned) {
    return !planned.vetted && IsActor(actor, planned.successor);
  });
}

policy::Context SuccessorFacts(const Actor& actor, const Choice& choice, const Plan& plan) {
  return {.tier_at_stake = plan.unvetted_tier,
          .successor_unvetted = plan.successor_unvetted || plan.moves_custodian || plan.unvetted_tier == 1,
          .successor_is_self = Gains(actor, choice, plan)};
}

}  // namespace holdfast::handover
