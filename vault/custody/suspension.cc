// Suspension. One officer alone keeps no other officer away: such a suspension lapses, unless a third person
// confirms it.
#include <fmt/format.h>

#include <utility>

#include "vault/base/ids.h"
#include "vault/custody/answering.h"
#include "vault/custody/holders.h"
#include "vault/custody/lock_out.h"

namespace holdfast::custody {
namespace {

using policy::Action;

absl::StatusOr<bool> SuspendedBy(Tx& tx, const storage::Holder& holder, const Actor& actor) {
  if (!holder.suspended_by.has_value()) return false;
  HF_ASSIGN_OR_RETURN(const storage::Holder by, LoadHolder(tx, *holder.suspended_by));
  return by.person == actor.holder.person;
}

// Again and again would be for good.
absl::Status CheckNotAgain(Tx& tx, const Actor& actor, const storage::Holder& holder) {
  HF_ASSIGN_OR_RETURN(const bool by_actor, SuspendedBy(tx, holder, actor));
  if (!by_actor || tx.now() >= *holder.suspended_at + kNotAgainFor) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "SUSPENDED_ALONE",
                   fmt::format("you suspended officer {} alone on {}, and nobody confirmed it: for {} days from "
                               "then somebody else must suspend them",
                               holder.name, FormatTime(*holder.suspended_at).substr(0, 10),
                               kNotAgainFor / kDay));
}

absl::Status Suspend(WriteTx& tx, const Actor& actor, storage::Holder& holder) {
  HF_RETURN_IF_ERROR(CheckSecurityRemains(tx, holder));
  const bool alone = HasRole(holder.roles, Role::kSecurity) && holder.person != actor.holder.person;
  if (alone) HF_RETURN_IF_ERROR(CheckNotAgain(tx, actor, holder));
  HF_RETURN_IF_ERROR(SetStatus(tx, holder, HolderStatus::kSuspended));
  HF_RETURN_IF_ERROR(VoidStrings(tx, holder));
  if (!alone) return absl::OkStatus();
  holder.suspended_by = actor.holder.id;
  holder.suspended_at = tx.now();
  holder.suspension_ends = tx.now() + kLoneSuspension;
  return storage::HolderStore(tx.db()).Update(holder);
}

// A leaver comes back under no name, and no workflow without somebody who answers for it.
absl::Status CheckMayReturn(Tx& tx, const storage::Holder& holder) {
  HF_RETURN_IF_ERROR(CheckNotLeaving(tx, holder));
  return CheckAnswered(tx, holder);
}

// One of the two switches of a holder's status; `from` is what it must be now.
absl::StatusOr<storage::Holder> Switch(WriteTx& tx, const Actor& actor, const Request& request, Action action,
                                       std::string_view name, std::string_view etag, HolderStatus from,
                                       HolderStatus to) {
  HF_ASSIGN_OR_RETURN(storage::Holder holder, FindHolder(tx, actor, name, action));
  Target target{.subject = &holder, .texts = {{"reason", request.reason}}};
  HF_ASSIGN_OR_RETURN(const auto decision, Authorize(tx, actor, action, target));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return holder;
  HF_RETURN_IF_ERROR(CheckEtag(etag, holder.revision, HolderName(holder.name)));
  if (to == HolderStatus::kActive) HF_RETURN_IF_ERROR(CheckMayReturn(tx, holder));
  if (holder.status != from) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "HOLDER_STATUS",
                     fmt::format("holder {} {}{}{}", holder.name, StatusWords(holder.status),
                                 holder.status == to ? " already" : "",
                                 holder.suspension_ends.has_value()
                                     ? "; to keep it so: holdfast holder confirm-suspension " + holder.name
                                     : ""));
  }
  // A workflow that somebody else answers for now: a cancelled case does not touch it again.
  if (to == HolderStatus::kActive)
    HF_RETURN_IF_ERROR(storage::HandoverStore(tx.db()).LiftFreezes(holder.id, tx.now()));
  HF_RETURN_IF_ERROR(to == HolderStatus::kSuspended ? Suspend(tx, actor, holder) : SetStatus(tx, holder, to));
  if (holder.suspension_ends.has_value()) target.texts["lapses"] = FormatTime(*holder.suspension_ends);
  tx.Record(EventFor(actor, action, target, decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, holder.name));
  return holder;
}

}  // namespace

absl::StatusOr<storage::Holder> SuspendHolder(WriteTx& tx, const Actor& actor, const Request& request,
                                              std::string_view holder, std::string_view etag) {
  return Switch(tx, actor, request, Action::kHolderSuspend, holder, etag, HolderStatus::kActive,
                HolderStatus::kSuspended);
}

absl::StatusOr<storage::Holder> ResumeHolder(WriteTx& tx, const Actor& actor, const Request& request,
                                             std::string_view holder, std::string_view etag) {
  return Switch(tx, actor, request, Action::kHolderResume, holder, etag, HolderStatus::kSuspended,
                HolderStatus::kActive);
}

absl::StatusOr<storage::Holder> ConfirmSuspension(WriteTx& tx, const Actor& actor, const Request& request,
                                                  std::string_view name, std::string_view etag) {
  HF_ASSIGN_OR_RETURN(storage::Holder holder,
                      FindHolder(tx, actor, name, Action::kHolderConfirmSuspension));
  const Target target{.subject = &holder, .texts = {{"reason", request.reason}}};
  HF_ASSIGN_OR_RETURN(const bool own, SuspendedBy(tx, holder, actor));
  HF_ASSIGN_OR_RETURN(const auto decision, Authorize(tx, actor, Action::kHolderConfirmSuspension, target,
                                                     {.requested_by_self = own}));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return holder;
  HF_RETURN_IF_ERROR(CheckEtag(etag, holder.revision, HolderName(holder.name)));
  if (!holder.suspension_ends.has_value()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "HOLDER_STATUS",
                     fmt::format("holder {} {}; there is no suspension to confirm", holder.name,
                                 StatusWords(holder.status)));
  }
  holder.suspended_by = std::nullopt;
  holder.suspended_at = holder.suspension_ends = std::nullopt;
  holder.updated_at = tx.now();
  ++holder.revision;
  HF_RETURN_IF_ERROR(storage::HolderStore(tx.db()).Update(holder));
  tx.Record(EventFor(actor, Action::kHolderConfirmSuspension, target, decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, holder.name));
  return holder;
}

absl::StatusOr<std::vector<storage::Holder>> SuspensionsToConfirm(Tx& tx, const Actor& actor) {
  HF_ASSIGN_OR_RETURN(const auto alone,
                      storage::HolderStore(tx.db()).SuspensionEndsBy(tx.now() + kLoneSuspension));
  std::vector<storage::Holder> waiting;
  for (const storage::Holder& holder : alone) {
    if (holder.status != HolderStatus::kSuspended) continue;  // frozen: nothing lapses meanwhile
    HF_ASSIGN_OR_RETURN(const bool own, SuspendedBy(tx, holder, actor));
    HF_ASSIGN_OR_RETURN(const auto may, Consider(tx, actor, Action::kHolderConfirmSuspension,
                                                 {.subject = &holder},
                                                 {.has_reason = true, .requested_by_self = own}));
    if (may.allowed()) waiting.push_back(holder);
  }
  return waiting;
}

absl::Status LapseSuspensions(WriteTx& tx) {
  HF_ASSIGN_OR_RETURN(auto over, storage::HolderStore(tx.db()).SuspensionEndsBy(tx.now()));
  for (storage::Holder& holder : over) {
    if (!holder.suspension_ends.has_value() || *holder.suspension_ends > tx.now() ||
        holder.status != HolderStatus::kSuspended)
      continue;  // as the row says, whatever found it
    if (!CheckMayReturn(tx, holder).ok()) continue;  // nobody comes back by waiting
    HF_RETURN_IF_ERROR(SetStatus(tx, holder, HolderStatus::kActive));
    audit::Event event;
    event.type = "holder.lapse";
    event.subject = RefTo(holder);
    event.rule = "floor.lone-suspension";
    event.texts["reason"] = "nobody confirmed within a day that this officer stays suspended";
    tx.Record(std::move(event));
  }
  return absl::OkStatus();
}

}  // namespace holdfast::custody
