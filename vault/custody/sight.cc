#include "vault/custody/sight.h"

#include <fmt/format.h>

#include <string>

#include "vault/custody/denial.h"
#include "vault/storage/grant_store.h"

namespace holdfast::custody {
namespace {

using policy::Action;

// What a kind of thing is called, and what shows it.
struct Kind {
  Action read;
  bool own;  // asked for by somebody, who sees it for that
  std::string_view words;
  std::string_view resource;
};

Kind KindOf(Thing thing) {
  switch (thing) {
    case Thing::kAccount:
      return {Action::kAccountRead, false, "account ", "accounts/"};
    case Thing::kHandover:
      return {Action::kHandoverRead, false, "handover ", "handovers/"};
    case Thing::kApproval:
      return {Action::kApprovalRead, true, "approval ", "approvals/"};
    case Thing::kBreakGlass:
      return {Action::kBreakGlassRead, false, "break-glass/", "break-glass/"};
  }
  return {Action::kAccountRead, false, "", ""};
}

Thing ThingOf(Action action) {
  if (action == Action::kBreakGlassRequest) return Thing::kAccount;
  const std::string_view name = policy::ActionName(action);
  if (name.starts_with("handover.")) return Thing::kHandover;
  if (name.starts_with("approval.")) return Thing::kApproval;
  return name.starts_with("break-glass.") ? Thing::kBreakGlass : Thing::kAccount;
}

}  // namespace

absl::Status NotThere(Tx& tx, const Actor& actor, Action action, Thing thing, std::string_view name,
                      const Target& target) {
  const Kind kind = KindOf(thing);
  // Of the actor and the kind alone, never of the thing.
  HF_ASSIGN_OR_RETURN(const policy::Decision any,
                      Consider(tx, actor, kind.read, {}, {.requested_by_self = kind.own}));
  Target about = target;
  about.texts["asked-for"] = fmt::format("{}{}", kind.resource, name);
  RecordRefusal(tx, actor, action, about, any.allowed() ? kUnseenRule : std::string_view(any.rule));
  if (thing == Thing::kAccount) return NoSuchAccount(tx, actor, name);
  if (any.allowed())
    return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND", fmt::format("there is no {}{}", kind.words, name));
  HF_ASSIGN_OR_RETURN(const policy::Decision act, Consider(tx, actor, action, {}));
  const bool denied = act.effect == policy::Effect::kDeny;
  return DenialOf(tx, actor, denied ? action : kind.read, {}, denied ? act : any);
}

absl::Status NoSuchAccount(Tx& tx, const Actor& actor, std::string_view name) {
  HF_ASSIGN_OR_RETURN(const policy::Decision any, Consider(tx, actor, Action::kAccountRead, {}));
  if (!any.allowed()) return DeniedUnseen(any);
  return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND", fmt::format("there is no account {}", name));
}

absl::StatusOr<bool> SeesOrKnows(Tx& tx, const Actor& actor, Action read, const Target& target,
                                 const policy::Context& context, bool knows) {
  HF_ASSIGN_OR_RETURN(const policy::Decision decision, Consider(tx, actor, read, target, context));
  return decision.allowed() || (knows && decision.rule == kDefaultDeny);
}

absl::StatusOr<bool> Sees(Tx& tx, const Actor& actor, const storage::Account& account) {
  return SeesOrKnows(tx, actor, Action::kAccountRead, {.account = &account}, {}, /*knows=*/false);
}

absl::StatusOr<bool> Knows(Tx& tx, const Actor& actor, const storage::Account& account) {
  HF_ASSIGN_OR_RETURN(const bool sees, Sees(tx, actor, account));
  if (sees) return true;
  HF_ASSIGN_OR_RETURN(const auto access, storage::GrantStore(tx.db()).AllOf(account.id, actor.holder.id));
  return SeesOrKnows(tx, actor, Action::kAccountRead, {.account = &account}, {}, !access.empty());
}

absl::StatusOr<bool> Sees(Tx& tx, const Actor& actor, const storage::Handover& row) {
  HF_ASSIGN_OR_RETURN(const storage::Holder leaver, LoadHolder(tx, row.leaver_id));
  return SeesOrKnows(tx, actor, Action::kHandoverRead, {.subject = &leaver, .handover = &row}, {}, /*knows=*/false);
}

absl::StatusOr<bool> IsThere(Tx& tx, const Actor& actor, Action action, const Target& target, bool refused) {
  if (target.account == nullptr || target.account->id == 0 || ThingOf(action) != Thing::kAccount) return true;
  // What may be read is seen by that.
  if (!refused && (policy::OnlyReads(action) || action == Action::kBreakGlassRequest)) return true;
  return Knows(tx, actor, *target.account);
}

absl::StatusOr<bool> Sight::Sees(std::optional<std::int64_t> account_id,
                                 std::optional<std::int64_t> holder_id) {
  const auto pair = std::pair(account_id.value_or(0), holder_id.value_or(0));
  if (const auto known = known_.find(pair); known != known_.end()) return known->second;
  Target target;
  storage::Account account;
  storage::Holder holder;
  if (account_id.has_value()) {
    HF_ASSIGN_OR_RETURN(account, LoadAccount(tx_, *account_id));
    target.account = &account;
  }
  if (holder_id.has_value()) {
    HF_ASSIGN_OR_RETURN(holder, LoadHolder(tx_, *holder_id));
    target.subject = &holder;
  }
  HF_ASSIGN_OR_RETURN(const auto decision, Consider(tx_, actor_, read_, target));
  return known_[pair] = decision.allowed();
}

}  // namespace holdfast::custody
