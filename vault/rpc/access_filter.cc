#include "vault/rpc/access_filter.h"

namespace holdfast::rpc {

absl::StatusOr<AccessFilter> AccessFilter::Of(custody::Tx& tx, const custody::Actor& actor,
                                              policy::Action read, std::string_view account,
                                              std::string_view holder) {
  AccessFilter filter(tx, actor, read);
  storage::Account account_row;
  storage::Holder holder_row;
  custody::Target asked;
  if (!account.empty()) {
    HF_ASSIGN_OR_RETURN(account_row, custody::FindAccount(tx, actor, account, read));
    filter.account_id_ = account_row.id;
    asked.account = &account_row;
  }
  if (!holder.empty()) {
    HF_ASSIGN_OR_RETURN(holder_row, custody::FindHolder(tx, actor, holder, read));
    filter.holder_id_ = holder_row.id;
    // Everybody sees their own rows: asked of one account, that would tell that there is this account.
    if (account.empty()) asked.subject = &holder_row;
  }
  if (asked.account == nullptr && asked.subject == nullptr) {
    filter.refusal_ = custody::NothingShown(tx, actor, read);
    return filter;
  }
  filter.refusal_ = custody::Authorize(tx, actor, read, asked).status();
  return filter;
}

}  // namespace holdfast::rpc
