// Links of accounts as the API writes them.
#pragma once

#include "holdfast/v1/account_service.pb.h"
#include "vault/custody/links.h"

namespace holdfast::rpc {

// Kind and what it leads to; the rest is not read. Errors name "link" or its fields.
absl::StatusOr<custody::NewLink> ParseLink(const v1::AccountLink& link);

// Fills in `links`, `linked_from` and `more_linked_from`. An account at the other end of a link that the
// actor may not see is left out with the link.
absl::Status RenderLinks(custody::Tx& tx, const custody::Actor& actor, const storage::Account& account,
                         v1::Account& out);

}  // namespace holdfast::rpc
