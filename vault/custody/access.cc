#include "vault/custody/access.h"

#include <fmt/format.h>

#include <utility>

#include "vault/base/ids.h"
#include "vault/custody/access_end.h"
#include "vault/custody/accounts.h"
#include "vault/custody/holders.h"
#include "vault/custody/limits.h"
#include "vault/policy/duration.h"

namespace holdfast::custody {
namespace {

using policy::Action;

absl::StatusOr<storage::Grant> LiveGrant(Tx& tx, const storage::Account& account,
                                         const storage::Holder& holder) {
  HF_ASSIGN_OR_RETURN(const auto grant, storage::GrantStore(tx.db()).Live(account.id, holder.id, tx.now()));
  if (grant.has_value()) return *grant;
  return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND",
                   fmt::format("holder {} has no access to account {}", holder.name, account.name));
}

std::map<std::string, std::string> GrantTexts(const NewGrant& wanted, const Request& request) {
  std::map<std::string, std::string> texts{{"reason", request.reason}};
  if (wanted.ttl.has_value()) texts["for"] = policy::FormatDuration(*wanted.ttl);
  if (wanted.expires_at.has_value()) texts["until"] = FormatTime(*wanted.expires_at);
  return texts;
}

absl::Status CheckNewGrant(Tx& tx, const storage::Account& account, const storage::Holder& holder,
                           std::optional<Micros> expires_at) {
  HF_RETURN_IF_ERROR(FindAccessHolder(tx, holder.name, "grant.holder").status());
  HF_RETURN_IF_ERROR(CheckNotArchived(account));
  if (expires_at.has_value() && *expires_at <= tx.now())
    return InvalidField("grant.expire_time", "must be in the future");
  HF_RETURN_IF_ERROR(CheckGrantEnd(tx, account, expires_at));
  HF_ASSIGN_OR_RETURN(const auto existing,
                      storage::GrantStore(tx.db()).Live(account.id, holder.id, tx.now()));
  if (!existing.has_value()) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
      existing->relation == Relation::kGrantee
          ? fmt::format("holder {} has access to account {} already; to change it, revoke it first", holder.name,
                        account.name)
          : fmt::format("holder {} is {} of account {}: there is nothing to grant", holder.name,
                        existing->relation == Relation::kOwner ? "the owner" : "a backup owner", account.name));
}

std::string ResultName(const storage::Grant& grant) { return std::to_string(grant.id); }

absl::StatusOr<storage::Grant> ById(Tx& tx, const std::string& result) {
  HF_ASSIGN_OR_RETURN(auto grant, storage::GrantStore(tx.db()).ById(std::stoll(result)));
  if (grant.has_value()) return *std::move(grant);
  return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND", "the grant of this request is gone");
}

absl::Status CheckIsNotOwner(const storage::Grant& grant, const storage::Account& account,
                             const storage::Holder& holder) {
  if (grant.relation != Relation::kOwner) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "IS_OWNER",
      fmt::format("holder {} owns account {}: an account always has an owner; give it another one "
                  "with 'account update --owner'",
                  holder.name, account.name));
}

// Whoever takes a backup owner away changes who the owners are; it takes as many as naming others does.
absl::Status AuthorizeEnd(WriteTx& tx, const Actor& actor, const Target& target, const storage::Grant& grant,
                          std::vector<audit::Event>& events) {
  const bool own = target.subject->person == actor.holder.person;
  for (const Action action : {Action::kGrantRevoke, Action::kAccountSetOwners}) {
    if (action == Action::kAccountSetOwners && (own || grant.relation != Relation::kBackup)) continue;
    HF_ASSIGN_OR_RETURN(const auto decision, Authorize(tx, actor, action, target));
    events.push_back(EventFor(actor, action, target, decision));
  }
  return absl::OkStatus();
}

absl::Status EndGrant(WriteTx& tx, const Actor& actor, const storage::Account& account,
                      const storage::Grant& grant, const OwnersLack& lacked) {
  HF_RETURN_IF_ERROR(storage::GrantStore(tx.db()).End(grant.id, tx.now(), actor.holder.id));
  return CheckOwners(tx, account, lacked);
}

}  // namespace

std::string_view RelationName(Relation relation) {
  switch (relation) {
    case Relation::kOwner:
      return "owner";
    case Relation::kBackup:
      return "backup owner";
    case Relation::kGrantee:
      return "grantee";
  }
  return "";
}

bool MayHaveAccess(const storage::Holder& holder) {
  return holder.status == HolderStatus::kActive && !HasRole(holder.roles, Role::kAuditor) &&
         !HasRole(holder.roles, Role::kOffboarding);
}

absl::StatusOr<storage::Holder> FindAccessHolder(Tx& tx, std::string_view name, std::string_view field) {
  HF_ASSIGN_OR_RETURN(auto holder, storage::HolderStore(tx.db()).ByName(name));
  if (!holder.has_value()) return InvalidField(field, fmt::format("there is no holder {}", name));
  if (const absl::Status leaving = CheckNotLeaving(tx, *holder); !leaving.ok())
    return InvalidField(field, MessageOf(leaving));
  if (holder->status != HolderStatus::kActive)
    return InvalidField(field, fmt::format("holder {} {}", holder->name, StatusWords(holder->status)));
  if (!MayHaveAccess(*holder)) {
    return InvalidField(field,
                        fmt::format("holder {} is an auditor or offboarding identity, which never has access "
                                    "to accounts",
                                    holder->name));
  }
  return *std::move(holder);
}

absl::Status RecordAccessEnd(WriteTx& tx, const storage::Grant& grant, std::string_view why,
                             std::optional<std::int64_t> by, const storage::Handover* handover) {
  HF_ASSIGN_OR_RETURN(const storage::Account account, LoadAccount(tx, grant.account_id));
  HF_ASSIGN_OR_RETURN(const storage::Holder holder, LoadHolder(tx, grant.holder_id));
  audit::Event event;
  event.type = "access.end";
  if (by.has_value()) {
    HF_ASSIGN_OR_RETURN(const storage::Holder actor, LoadHolder(tx, *by));
    event.actor = RefTo(actor);
  }
  event.account = RefTo(account);
  event.subject = RefTo(holder);
  if (handover != nullptr) event.handover = RefTo(*handover);
  event.rule = handover != nullptr ? "handover.cut" : "access.replaced";
  event.texts = {{"relation", std::string(RelationName(grant.relation))}, {"why", std::string(why)}};
  tx.Record(std::move(event));
  return absl::OkStatus();
}

absl::Status SetRelation(WriteTx& tx, std::int64_t account_id, std::int64_t holder_id, Relation relation,
                         std::string_view reason, std::optional<std::int64_t> by,
                         const storage::Handover* handover) {
  storage::GrantStore grants(tx.db());
  HF_RETURN_IF_ERROR(EndLapsedAccess(tx));
  HF_ASSIGN_OR_RETURN(const auto live, grants.LiveByAccount(account_id, tx.now()));
  for (const storage::Grant& grant : live) {
    const bool replaced = grant.holder_id == holder_id;
    const bool former_owner = relation == Relation::kOwner && grant.relation == Relation::kOwner;
    if (!replaced && !former_owner) continue;
    HF_RETURN_IF_ERROR(grants.End(grant.id, tx.now(), by));
    if (!replaced) HF_RETURN_IF_ERROR(RecordAccessEnd(tx, grant, "another owner was named", by, handover));
  }
  storage::Grant grant{.account_id = account_id,
                       .holder_id = holder_id,
                       .relation = relation,
                       .reason = std::string(reason),
                       .granted_by = by,
                       .created_at = tx.now()};
  return grants.Insert(grant);
}

absl::StatusOr<storage::Grant> CreateGrant(WriteTx& tx, const Actor& actor, const Request& request,
                                           const NewGrant& wanted) {
  HF_ASSIGN_OR_RETURN(const storage::Account account,
                      FindAccount(tx, actor, wanted.account, Action::kGrantCreate));
  HF_ASSIGN_OR_RETURN(const storage::Holder holder,
                      FindHolder(tx, actor, wanted.holder, Action::kGrantCreate));
  const Target target{.account = &account, .subject = &holder, .texts = GrantTexts(wanted, request)};
  HF_RETURN_IF_ERROR(AuthorizeToWait(tx, actor, Action::kGrantCreate, target).status());
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  const std::optional<Micros> expires_at =
      wanted.ttl.has_value() ? tx.now() + *wanted.ttl : wanted.expires_at;
  // Nobody is asked to approve what cannot be done.
  if (!repeat.has_value()) HF_RETURN_IF_ERROR(CheckNewGrant(tx, account, holder, expires_at));
  HF_ASSIGN_OR_RETURN(const auto decision, Authorize(tx, actor, Action::kGrantCreate, target));
  if (repeat.has_value()) {
    HF_RETURN_IF_ERROR(AuthorizeShownAgain(tx, actor, Action::kGrantRead, target));
    return ById(tx, *repeat);
  }
  storage::GrantStore grants(tx.db());
  HF_RETURN_IF_ERROR(EndLapsedAccess(tx));
  storage::Grant grant{.account_id = account.id,
                       .holder_id = holder.id,
                       .relation = Relation::kGrantee,
                       .reason = request.reason,
                       .granted_by = actor.holder.id,
                       .created_at = tx.now(),
                       .expires_at = expires_at};
  HF_RETURN_IF_ERROR(grants.Insert(grant));
  tx.Record(EventFor(actor, Action::kGrantCreate, target, decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, ResultName(grant)));
  return grant;
}

absl::StatusOr<storage::Grant> RevokeGrant(WriteTx& tx, const Actor& actor, const Request& request,
                                           std::string_view account_name, std::string_view holder_name) {
  HF_ASSIGN_OR_RETURN(const storage::Account account,
                      FindAccount(tx, actor, account_name, Action::kGrantRevoke));
  HF_ASSIGN_OR_RETURN(const storage::Holder holder,
                      FindHolder(tx, actor, holder_name, Action::kGrantRevoke));
  const Target target{.account = &account, .subject = &holder, .texts = {{"reason", request.reason}}};
  HF_RETURN_IF_ERROR(AuthorizeToWait(tx, actor, Action::kGrantRevoke, target).status());
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  std::vector<audit::Event> events;
  if (repeat.has_value()) {
    HF_ASSIGN_OR_RETURN(const storage::Grant ended, ById(tx, *repeat));
    HF_RETURN_IF_ERROR(AuthorizeEnd(tx, actor, target, ended, events));
    HF_RETURN_IF_ERROR(AuthorizeShownAgain(tx, actor, Action::kGrantRead, target));
    return ended;
  }
  HF_ASSIGN_OR_RETURN(const storage::Grant grant, LiveGrant(tx, account, holder));
  HF_RETURN_IF_ERROR(CheckIsNotOwner(grant, account, holder));
  HF_ASSIGN_OR_RETURN(const OwnersLack lacked, OwnersLacking(tx, account));
  // Nobody is asked to approve what cannot be done.
  HF_RETURN_IF_ERROR(tx.db().Savepoint());
  const absl::Status rehearsed = EndGrant(tx, actor, account, grant, lacked);
  HF_RETURN_IF_ERROR(tx.db().RollbackSavepoint());
  HF_RETURN_IF_ERROR(rehearsed);
  HF_RETURN_IF_ERROR(AuthorizeEnd(tx, actor, target, grant, events));
  HF_RETURN_IF_ERROR(EndGrant(tx, actor, account, grant, lacked));
  for (audit::Event& event : events) tx.Record(std::move(event));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, ResultName(grant)));
  return ById(tx, ResultName(grant));
}

}  // namespace holdfast::custody
