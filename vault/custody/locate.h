// The rows of one version of one secret, found on behalf of somebody who may do what they ask.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "vault/custody/authorize.h"

namespace holdfast::custody {

struct SecretRow {
  storage::Account account;
  storage::Secret secret;
  storage::SecretVersion version;
};

struct Located {
  SecretRow row;
  Permit decision;
};

// Authorized for `action`. `number` 0: the newest version. Decided before the secret is looked for: whoever
// may not act does not learn which secrets there are. A secret that was removed is found only to be attested
// dead, or for somebody's knowledge of it.
absl::StatusOr<Located> Locate(WriteTx& tx, const Actor& actor, policy::Action action,
                               std::string_view account, std::string_view secret, std::int64_t number,
                               std::map<std::string, std::string> texts,
                               const storage::Holder* subject = nullptr);

absl::StatusOr<storage::SecretVersion> FindVersion(Tx& tx, const storage::Secret& secret,
                                                   std::int64_t number);

// Borrows the rows.
Target TargetOf(const SecretRow& row, std::map<std::string, std::string> texts);

}  // namespace holdfast::custody
