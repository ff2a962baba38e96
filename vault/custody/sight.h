// Decides which rows about accounts and holders somebody may see: each pair by itself, asked once. For one
// transaction; not thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "vault/custody/authorize.h"

namespace holdfast::custody {

class Sight {
 public:
  // `read` is the action that shows the rows. `tx` and `actor` are borrowed.
  Sight(Tx& tx, const Actor& actor, policy::Action read) : tx_(tx), actor_(actor), read_(read) {}

  // A row about this account, this holder, both or neither. Records nothing.
  absl::StatusOr<bool> Sees(std::optional<std::int64_t> account_id, std::optional<std::int64_t> holder_id);

 private:
  Tx& tx_;
  const Actor& actor_;
  const policy::Action read_;
  std::map<std::pair<std::int64_t, std::int64_t>, bool> known_;
};

}  // namespace holdfast::custody
