#include "vault/custody/renaming.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "vault/custody/accounts.h"
#include "vault/custody/holders.h"
#include "vault/custody/sight.h"

namespace holdfast::custody {

using policy::Action;

absl::StatusOr<storage::Account> RenameAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                               std::string_view name, std::string_view new_name,
                                               std::string_view etag) {
  storage::AccountStore accounts(tx.db());
  HF_ASSIGN_OR_RETURN(auto present, accounts.ByName(name));
  // A repeat asks by the id that the first call took away.
  if (!present.has_value()) {
    HF_ASSIGN_OR_RETURN(auto former, accounts.ByFormerName(name));
    if (former.has_value() && former->name == new_name) {
      HF_ASSIGN_OR_RETURN(const bool knows, Knows(tx, actor, *former));
      if (knows) present = std::move(former);
    }
  }
  if (!present.has_value()) return FindAccount(tx, actor, name, Action::kAccountUpdate);
  storage::Account& account = *present;
  const Target target{
      .account = &account,
      .texts = {{"reason", request.reason}, {"former", AccountName(name)}, {"name", AccountName(new_name)}}};
  HF_RETURN_IF_ERROR(AuthorizeToWait(tx, actor, Action::kAccountUpdate, target).status());
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  std::string free_name;
  if (!repeat.has_value()) {
    HF_RETURN_IF_ERROR(CheckEtag(etag, account.revision, AccountName(account.name)));
    HF_RETURN_IF_ERROR(CheckNotArchived(account));
    HF_ASSIGN_OR_RETURN(free_name, FreeId(tx, actor, Action::kAccountUpdate, std::string(new_name)));
  }
  HF_ASSIGN_OR_RETURN(const Permit permit, Authorize(tx, actor, Action::kAccountUpdate, target));
  if (repeat.has_value()) return account;
  account.name = std::move(free_name);
  account.updated_at = tx.now();
  ++account.revision;
  HF_RETURN_IF_ERROR(accounts.Rename(account, name));
  account.name = new_name;
  audit::Event event = EventFor(actor, Action::kAccountUpdate, target, permit);
  event.type = "account.rename";
  tx.Record(std::move(event));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, account.name));
  return account;
}

}  // namespace holdfast::custody
