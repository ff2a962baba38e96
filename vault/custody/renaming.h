// Another id for an account, whose history, access and secrets stay. The former id stays taken for good:
// whoever finds it in an old ticket must not meet another account.
#pragma once

#include <string_view>

#include "vault/custody/authorize.h"
#include "vault/custody/request.h"

namespace holdfast::custody {

// ALREADY_EXISTS, as FreeId() of accounts.h says, for an id that any account has or had.
absl::StatusOr<storage::Account> RenameAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                               std::string_view account, std::string_view new_name,
                                               std::string_view etag);

}  // namespace holdfast::custody
