// Links: what else opens an account, so that a handover knows more than what the leaver was shown. An account
// recovers through a mailbox, signs in with another login, is administered by another account, obeys a
// connected app, or has a recovery phone. Each leads to an account of the vault, to a person, or to an
// identity outside.
#pragma once

#include <string>
#include <string_view>

#include "vault/base/links.h"
#include "vault/custody/authorize.h"
#include "vault/custody/request.h"

namespace holdfast::custody {

// Ids and text; one of the three is set.
struct NewLink {
  LinkKind kind = LinkKind::kRecoversThrough;
  std::string account{};
  std::string holder{};  // a person's own phone, login or app
  std::string outside{};
};
// Errors name "link", "link.account", "link.holder" or "link.outside".
absl::Status CheckLink(const NewLink& link);

// Also INVALID_ARGUMENT for what it leads to: an account that is the account itself, is not there, may not be
// seen by the actor (in the same words) or is archived; a holder who is not there or no person.
// ALREADY_EXISTS. FAILED_PRECONDITION, reason TOO_MANY_LINKS.
absl::StatusOr<storage::Account> LinkAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                             std::string_view account, const NewLink& link,
                                             std::string_view etag);
// NOT_FOUND when there is no such link.
absl::StatusOr<storage::Account> UnlinkAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                               std::string_view account, const NewLink& link,
                                               std::string_view etag);

}  // namespace holdfast::custody
