// Lists by account, holder or both. Thread safe.
#pragma once

#include <optional>
#include <string_view>

#include "vault/custody/authorize.h"

namespace holdfast::rpc {

struct AccessFilter {
  std::optional<std::int64_t> account_id;
  std::optional<std::int64_t> holder_id;
};

// Finds what is named ("": not asked for), and authorizes the caller for a list of that.
absl::StatusOr<AccessFilter> AuthorizedFilter(custody::Tx& tx, const custody::Actor& actor,
                                              policy::Action action, std::string_view account,
                                              std::string_view holder);

}  // namespace holdfast::rpc
