// Accounts that are looked over, taken out of use and back.
#include <fmt/format.h>

#include "vault/base/ids.h"
#include "vault/custody/accounts.h"
#include "vault/custody/holders.h"

namespace holdfast::custody {
namespace {

using policy::Action;

// Into use, or out of it. Archived, an account keeps all it has: so nobody archives anything for good.
absl::StatusOr<storage::Account> SetState(WriteTx& tx, const Actor& actor, const Request& request,
                                          Action action, std::string_view name, std::string_view etag,
                                          AccountState to) {
  HF_ASSIGN_OR_RETURN(storage::Account account, FindAccount(tx, actor, name, action));
  const Target target{.account = &account, .texts = {{"reason", request.reason}}};
  HF_RETURN_IF_ERROR(AuthorizeToWait(tx, actor, action, target).status());
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return account;
  HF_RETURN_IF_ERROR(CheckEtag(etag, account.revision, AccountName(account.name)));
  if (account.state == to) {
    return MakeError(absl::StatusCode::kFailedPrecondition,
                     to == AccountState::kArchived ? "ACCOUNT_ARCHIVED" : "ACCOUNT_ACTIVE",
                     fmt::format("account {} is {}", account.name,
                                 to == AccountState::kArchived ? "archived" : "in use: it is not archived"));
  }
  HF_ASSIGN_OR_RETURN(const auto decision, Authorize(tx, actor, action, target));
  account.state = to;
  account.updated_at = tx.now();
  ++account.revision;
  HF_RETURN_IF_ERROR(storage::AccountStore(tx.db()).Update(account));
  tx.Record(EventFor(actor, action, target, decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, account.name));
  return account;
}

}  // namespace

absl::Status CheckNotArchived(const storage::Account& account) {
  if (account.state == AccountState::kActive) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "ACCOUNT_ARCHIVED",
                   fmt::format("account {} is archived; to take it back: holdfast account unarchive {}",
                               account.name, account.name));
}

absl::StatusOr<storage::Account> ReviewAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                               std::string_view name, std::string_view etag) {
  HF_ASSIGN_OR_RETURN(storage::Account account, FindAccount(tx, actor, name, Action::kAccountReview));
  const Target target{.account = &account, .texts = {{"reason", request.reason}}};
  HF_ASSIGN_OR_RETURN(const auto decision, Authorize(tx, actor, Action::kAccountReview, target));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return account;
  HF_RETURN_IF_ERROR(CheckEtag(etag, account.revision, AccountName(account.name)));
  HF_RETURN_IF_ERROR(CheckNotArchived(account));
  account.reviewed_at = tx.now();  // no new revision: what was looked at is as it was
  account.reviewed_by = actor.holder.id;
  HF_RETURN_IF_ERROR(storage::AccountStore(tx.db()).Update(account));
  tx.Record(EventFor(actor, Action::kAccountReview, target, decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, account.name));
  return account;
}

absl::StatusOr<storage::Account> ArchiveAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                                std::string_view name, std::string_view etag) {
  return SetState(tx, actor, request, Action::kAccountArchive, name, etag, AccountState::kArchived);
}

absl::StatusOr<storage::Account> UnarchiveAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                                  std::string_view name, std::string_view etag) {
  return SetState(tx, actor, request, Action::kAccountUnarchive, name, etag, AccountState::kActive);
}

}  // namespace holdfast::custody
