// Lists by account, holder or both, decided row by row: nobody learns from an answer, be it empty or a refusal,
// what they may not see.
#pragma once

#include <optional>
#include <string_view>

#include "vault/custody/sight.h"
#include "vault/rpc/visible.h"

namespace holdfast::rpc {

class AccessFilter {
 public:
  // Finds what is named ("": not asked for). Refused and recorded, in the same words whether there is such a
  // thing or not, where the actor may see neither it nor, as of End(), any row about it.
  static absl::StatusOr<AccessFilter> Of(custody::Tx& tx, const custody::Actor& actor, policy::Action read,
                                         std::string_view account, std::string_view holder);

  std::optional<std::int64_t> account_id() const { return account_id_; }
  std::optional<std::int64_t> holder_id() const { return holder_id_; }

  absl::StatusOr<bool> Sees(std::optional<std::int64_t> account_id, std::optional<std::int64_t> holder_id) {
    return sight_.Sees(account_id, holder_id);
  }
  // Once the rows are known: the refusal when nothing of what was asked for may be seen.
  absl::Status End(const Shown& shown) const { return shown.nothing() ? refusal_ : absl::OkStatus(); }

 private:
  AccessFilter(custody::Tx& tx, const custody::Actor& actor, policy::Action read)
      : sight_(tx, actor, read) {}

  custody::Sight sight_;
  std::optional<std::int64_t> account_id_;
  std::optional<std::int64_t> holder_id_;
  absl::Status refusal_;
};

}  // namespace holdfast::rpc
