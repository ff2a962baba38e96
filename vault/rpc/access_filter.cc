#include "vault/rpc/access_filter.h"

namespace holdfast::rpc {

absl::StatusOr<AccessFilter> AuthorizedFilter(custody::Tx& tx, const custody::Actor& actor,
                                              policy::Action action, std::string_view account,
                                              std::string_view holder) {
  AccessFilter filter;
  custody::Target target;
  storage::Account account_row;
  storage::Holder holder_row;
  if (!account.empty()) {
    HF_ASSIGN_OR_RETURN(account_row, custody::FindAccount(tx, actor, account, action));
    filter.account_id = account_row.id;
    target.account = &account_row;
  }
  if (!holder.empty()) {
    HF_ASSIGN_OR_RETURN(holder_row, custody::FindHolder(tx, holder));
    filter.holder_id = holder_row.id;
    target.subject = &holder_row;
  }
  HF_RETURN_IF_ERROR(custody::Authorize(tx, actor, action, target).status());
  return filter;
}

}  // namespace holdfast::rpc
