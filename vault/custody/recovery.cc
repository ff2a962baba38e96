#include "vault/custody/recovery.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "vault/custody/request.h"

namespace holdfast::custody {
namespace {

constexpr auto kSecurity = static_cast<std::int64_t>(Role::kSecurity);

bool IsPersonIn(const std::vector<storage::Holder>& holders, const std::string& person) {
  return std::ranges::find(holders, person, &storage::Holder::person) != holders.end();
}

absl::StatusOr<std::vector<storage::Holder>> Waiting(Tx& tx, const std::vector<storage::Holder>& confirmed) {
  HF_ASSIGN_OR_RETURN(const auto keys,
                      storage::KeyStore(tx.db()).ConfirmedOfOthers(kSecurity, /*person=*/"", tx.now()));
  std::vector<storage::Holder> waiting;
  for (const storage::DeviceKey& key : keys) {
    HF_ASSIGN_OR_RETURN(storage::Holder holder, LoadHolder(tx, key.holder_id));
    if (HasRole(holder.roles, Role::kSecurity) && !IsPersonIn(confirmed, holder.person))
      waiting.push_back(std::move(holder));
  }
  return waiting;
}

}  // namespace

absl::StatusOr<std::optional<PendingRestore>> FindPendingRestore(Tx& tx) {
  storage::RecoveryStore store(tx.db());
  HF_ASSIGN_OR_RETURN(auto restores, store.Restores());
  // The last one: whoever looks over the vault now looks over all that earlier ones lost, too.
  if (restores.empty() || restores.back().confirmed_at.has_value()) return std::optional<PendingRestore>();
  PendingRestore pending{.restore = std::move(restores.back()), .confirmed = {}, .waiting = {}};
  HF_ASSIGN_OR_RETURN(const auto confirmations, store.Confirmations(pending.restore.id));
  for (const storage::RestoreConfirmation& confirmation : confirmations) {
    HF_ASSIGN_OR_RETURN(storage::Holder holder, LoadHolder(tx, confirmation.holder_id));
    pending.confirmed.push_back(std::move(holder));
  }
  HF_ASSIGN_OR_RETURN(pending.waiting, Waiting(tx, pending.confirmed));
  return std::optional(std::move(pending));
}

std::string RestoreAdvice(const PendingRestore& pending) {
  std::vector<std::string> names;
  for (const storage::Holder& holder : pending.waiting) names.push_back(holder.name);
  return fmt::format(
      "the vault was restored from a backup, and what happened after it is undone; {} must look it over and run: "
      "holdfast vault confirm-restore ({} of {} did)",
      names.empty() ? "a holder with the role security and a confirmed device"
                    : fmt::format("{}", fmt::join(names, " or ")),
      pending.confirmed.size(), pending.restore.needed);
}

absl::StatusOr<std::optional<policy::Decision>> HeldByRestore(Tx& tx, policy::Action action) {
  using policy::Action;
  if (action != Action::kSecretReveal && action != Action::kSecretCode && action != Action::kBreakGlassReveal)
    return std::optional<policy::Decision>();
  HF_ASSIGN_OR_RETURN(const auto pending, FindPendingRestore(tx));
  if (!pending.has_value()) return std::optional<policy::Decision>();
  policy::Decision decision;
  decision.effect = policy::Effect::kDeny;
  decision.rule = "floor.restore-unconfirmed";
  decision.why = RestoreAdvice(*pending);
  return std::optional(std::move(decision));
}

absl::Status ConfirmRestore(WriteTx& tx, const Actor& actor, const Request& request) {
  HF_RETURN_IF_ERROR(CheckRequest(request));
  HF_ASSIGN_OR_RETURN(const auto pending, FindPendingRestore(tx));
  const Target target{.texts = {{"reason", request.reason}}};
  HF_ASSIGN_OR_RETURN(const auto permit, Authorize(tx, actor, policy::Action::kVaultConfirmRestore, target));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return absl::OkStatus();
  if (!pending.has_value())
    return MakeError(absl::StatusCode::kFailedPrecondition, "NOTHING_TO_CONFIRM",
                     "no restore of this vault waits to be confirmed");
  if (IsPersonIn(pending->confirmed, actor.holder.person))
    return MakeError(absl::StatusCode::kFailedPrecondition, "CONFIRMED_ALREADY",
                     "you confirmed this restore already; " + RestoreAdvice(*pending));
  storage::RecoveryStore store(tx.db());
  HF_RETURN_IF_ERROR(store.AddConfirmation(pending->restore.id, actor.holder.id, tx.now()));
  if (static_cast<std::int64_t>(pending->confirmed.size()) + 1 >= pending->restore.needed)
    HF_RETURN_IF_ERROR(store.MarkConfirmed(pending->restore.id, tx.now()));
  tx.Record(EventFor(actor, policy::Action::kVaultConfirmRestore, target, permit));
  return Remember(tx, actor, request, std::to_string(pending->restore.id));
}

}  // namespace holdfast::custody
