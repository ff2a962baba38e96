#include "vault/rpc/account_links.h"

#include <utility>

#include "vault/custody/sight.h"
#include "vault/reach/explain.h"
#include "vault/rpc/enums.h"
#include "vault/rpc/names.h"
#include "vault/storage/link_store.h"

namespace holdfast::rpc {
namespace {

using storage::AccountLink;

std::string_view IdIn(std::string_view name) { return name.substr(name.find('/') + 1); }

absl::Status Render(Names& names, const AccountLink& row, v1::AccountLink& out) {
  out.set_kind(ToProto(row.kind));
  HF_ASSIGN_OR_RETURN(*out.mutable_source(), names.Account(row.account_id));
  HF_ASSIGN_OR_RETURN(*out.mutable_linker(), names.Holder(row.linked_by));
  SetTime(row.linked_at, out.mutable_link_time());
  std::string through = row.outside;
  if (row.to_account.has_value()) {
    HF_ASSIGN_OR_RETURN(*out.mutable_account(), names.Account(*row.to_account));
    through = IdIn(out.account());
  } else if (row.to_holder.has_value()) {
    HF_ASSIGN_OR_RETURN(*out.mutable_holder(), names.Holder(row.to_holder));
    through = IdIn(out.holder());
  } else {
    out.set_outside(row.outside);
  }
  out.set_text(reach::Phrase(row.kind, IdIn(out.source()), through, row.to_holder.has_value()));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<custody::NewLink> ParseLink(const v1::AccountLink& link) {
  custody::NewLink parsed;
  HF_ASSIGN_OR_RETURN(parsed.kind, FromProto(link.kind(), "link.kind"));
  switch (link.to_case()) {
    case v1::AccountLink::kAccount: {
      HF_ASSIGN_OR_RETURN(parsed.account, ParseName("accounts", link.account(), "link.account"));
      break;
    }
    case v1::AccountLink::kHolder: {
      HF_ASSIGN_OR_RETURN(parsed.holder, ParseName("holders", link.holder(), "link.holder"));
      break;
    }
    case v1::AccountLink::kOutside:
      parsed.outside = link.outside();
      break;
    case v1::AccountLink::TO_NOT_SET:
      return InvalidField("link", "must lead to an account, a holder or something outside the vault");
  }
  HF_RETURN_IF_ERROR(custody::CheckLink(parsed));
  return parsed;
}

absl::Status RenderLinks(custody::Tx& tx, const custody::Actor& actor, const storage::Account& account,
                         v1::Account& out) {
  storage::LinkStore links(tx.db());
  custody::Sight sight(tx, actor, policy::Action::kAccountRead);
  Names names(tx);
  HF_ASSIGN_OR_RETURN(const auto own, links.Of(account.id));
  for (const AccountLink& link : own) {
    HF_ASSIGN_OR_RETURN(const bool sees, sight.Sees(link.to_account.value_or(account.id), std::nullopt));
    if (sees) HF_RETURN_IF_ERROR(Render(names, link, *out.add_links()));
  }
  HF_ASSIGN_OR_RETURN(const auto from, links.ToAccount(account.id));
  for (const AccountLink& link : from) {
    HF_ASSIGN_OR_RETURN(const bool sees, sight.Sees(link.account_id, std::nullopt));
    if (!sees) continue;
    if (static_cast<std::size_t>(out.linked_from_size()) == kMaxLinkedFrom) {
      out.set_more_linked_from(true);
      break;
    }
    HF_RETURN_IF_ERROR(Render(names, link, *out.add_linked_from()));
  }
  return absl::OkStatus();
}

}  // namespace holdfast::rpc
