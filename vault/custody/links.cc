#include "vault/custody/links.h"

#include <fmt/format.h>

#include <algorithm>

#include "vault/base/ids.h"
#include "vault/base/text.h"
#include "vault/custody/accounts.h"
#include "vault/custody/holders.h"
#include "vault/reach/explain.h"
#include "vault/storage/link_store.h"

namespace holdfast::custody {
namespace {

using policy::Action;
using storage::AccountLink;
using storage::LinkStore;

// "recovers-through": as the command line has it, for the record.
std::string_view WordOf(LinkKind kind) {
  switch (kind) {
    case LinkKind::kRecoversThrough:
      return "recovers-through";
    case LinkKind::kSignsInWith:
      return "signs-in-with";
    case LinkKind::kAdministeredBy:
      return "administered-by";
    case LinkKind::kConnectedApp:
      return "connected-app";
    case LinkKind::kRecoveryPhone:
      return "recovery-phone";
  }
  return "";
}

std::string EndOf(const NewLink& link) {
  if (!link.account.empty()) return AccountName(link.account);
  return link.holder.empty() ? link.outside : HolderName(link.holder);
}

std::string PhraseOf(const storage::Account& account, const NewLink& link) {
  const std::string_view through = !link.account.empty()  ? link.account
                                   : !link.holder.empty() ? link.holder
                                                          : link.outside;
  return reach::Phrase(link.kind, account.name, through, /*through_holder=*/!link.holder.empty());
}

// In the same words, and on record in the same way, for an account that is not there as for one that the
// actor may not see.
absl::StatusOr<storage::Account> FindEnd(WriteTx& tx, const Actor& actor, Action action, const Target& target,
                                         const Permit& permit, std::string_view name) {
  storage::AccountStore accounts(tx.db());
  HF_ASSIGN_OR_RETURN(auto found, accounts.ByName(name));
  const bool is_former = !found.has_value();
  if (is_former) {
    HF_ASSIGN_OR_RETURN(found, accounts.ByFormerName(name));
  }
  bool sees = false;
  if (found.has_value()) {
    HF_ASSIGN_OR_RETURN(sees, Sees(tx, actor, *found));
  }
  if (sees && !is_former) return *std::move(found);
  if (sees)
    return InvalidField("link.account", fmt::format("account {} is called {} now", name, found->name));
  RecordRefusal(tx, actor, action, target, permit.rule);
  return InvalidField("link.account", fmt::format("there is no account {} that you may see", name));
}

absl::Status CheckEnd(const storage::Account& account, const storage::Account& end, Action action) {
  if (end.id == account.id) return InvalidField("link.account", "is the account itself");
  if (action == Action::kAccountUnlink) return absl::OkStatus();
  const absl::Status archived = CheckNotArchived(end);
  return archived.ok() ? archived : InvalidField("link.account", MessageOf(archived));
}

absl::Status CheckPerson(const storage::Holder& holder) {
  if (holder.kind == HolderKind::kPerson) return absl::OkStatus();
  return InvalidField("link.holder",
                      fmt::format("{} is a workflow: name the person who answers for it", holder.name));
}

// The row that the link is or would be, without an id.
absl::StatusOr<AccountLink> RowOf(WriteTx& tx, const Actor& actor, Action action, const Target& target,
                                  const Permit& permit, const NewLink& link) {
  AccountLink row{.account_id = target.account->id,
                  .kind = link.kind,
                  .outside = link.outside,
                  .linked_by = actor.holder.id,
                  .linked_at = tx.now()};
  if (!link.account.empty()) {
    HF_ASSIGN_OR_RETURN(const storage::Account end, FindEnd(tx, actor, action, target, permit, link.account));
    HF_RETURN_IF_ERROR(CheckEnd(*target.account, end, action));
    row.to_account = end.id;
  }
  if (!link.holder.empty()) {
    HF_ASSIGN_OR_RETURN(const storage::Holder holder,
                        FindHolderIn(tx, actor, "link.holder", link.holder, action));
    HF_RETURN_IF_ERROR(CheckPerson(holder));
    row.to_holder = holder.id;
  }
  return row;
}

// Adds the row, or takes away the one that is the same.
absl::Status Apply(WriteTx& tx, Action action, const storage::Account& account, AccountLink row,
                   const NewLink& link) {
  LinkStore links(tx.db());
  HF_ASSIGN_OR_RETURN(const auto present, links.Of(account.id));
  const auto same = std::ranges::find_if(
      present, [&](const AccountLink& one) { return one.kind == row.kind && one.SameEnd(row); });
  if (action == Action::kAccountUnlink) {
    if (same != present.end()) return links.Erase(same->id);
    return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND",
                     fmt::format("there is no link that says: {}; those there are: holdfast account show {}",
                                 PhraseOf(account, link), account.name));
  }
  if (same != present.end())
    return MakeError(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                     fmt::format("link: it is on record already that {}", PhraseOf(account, link)));
  if (present.size() >= kMaxLinks)
    return MakeError(absl::StatusCode::kFailedPrecondition, "TOO_MANY_LINKS",
                     fmt::format("account {} has {} links, the most it may have", account.name, kMaxLinks));
  return links.Insert(row);
}

// Nobody is asked to approve what cannot be done.
absl::Status Rehearse(WriteTx& tx, Action action, const storage::Account& account, const AccountLink& row,
                      const NewLink& link) {
  HF_RETURN_IF_ERROR(tx.db().Savepoint());
  const absl::Status result = Apply(tx, action, account, row, link);
  HF_RETURN_IF_ERROR(tx.db().RollbackSavepoint());
  return result;
}

absl::StatusOr<storage::Account> ChangeLinks(WriteTx& tx, const Actor& actor, const Request& request,
                                             Action action, std::string_view name, const NewLink& link,
                                             std::string_view etag) {
  HF_ASSIGN_OR_RETURN(storage::Account account, FindAccount(tx, actor, name, action));
  // Whom it leads to is part of the decision: found before it, told of only after it.
  absl::StatusOr<storage::Holder> holder = absl::NotFoundError("");
  if (!link.holder.empty()) holder = FindHolder(tx, link.holder);
  const Target target{
      .account = &account,
      .subject = holder.ok() ? &*holder : nullptr,
      .texts = {{"reason", request.reason}, {"link", std::string(WordOf(link.kind))}, {"to", EndOf(link)}}};
  HF_ASSIGN_OR_RETURN(const Permit first, AuthorizeToWait(tx, actor, action, target));
  HF_ASSIGN_OR_RETURN(const AccountLink row, RowOf(tx, actor, action, target, first, link));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (!repeat.has_value()) {
    HF_RETURN_IF_ERROR(CheckEtag(etag, account.revision, AccountName(account.name)));
    HF_RETURN_IF_ERROR(CheckNotArchived(account));
    HF_RETURN_IF_ERROR(Rehearse(tx, action, account, row, link));
  }
  HF_ASSIGN_OR_RETURN(const Permit permit, Authorize(tx, actor, action, target));
  if (repeat.has_value()) return account;
  HF_RETURN_IF_ERROR(Apply(tx, action, account, row, link));
  account.updated_at = tx.now();
  ++account.revision;
  HF_RETURN_IF_ERROR(storage::AccountStore(tx.db()).Update(account));
  tx.Record(EventFor(actor, action, target, permit));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, account.name));
  return account;
}

}  // namespace

absl::Status CheckLink(const NewLink& link) {
  if (!link.account.empty() && link.kind == LinkKind::kRecoveryPhone)
    return InvalidField("link.account",
                        "a recovery phone is a person's, or outside the vault: no account is one");
  if (!link.account.empty() || !link.holder.empty()) return absl::OkStatus();
  return CheckLine("link.outside", link.outside, kMaxOutside, /*required=*/true);
}

absl::StatusOr<storage::Account> LinkAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                             std::string_view account, const NewLink& link,
                                             std::string_view etag) {
  return ChangeLinks(tx, actor, request, Action::kAccountLink, account, link, etag);
}

absl::StatusOr<storage::Account> UnlinkAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                               std::string_view account, const NewLink& link,
                                               std::string_view etag) {
  return ChangeLinks(tx, actor, request, Action::kAccountUnlink, account, link, etag);
}

}  // namespace holdfast::custody
