// What somebody may see. One rule for all that has a name: what its caller may not see is to them not there. They do
// nothing to it, and whatever they ask of it is answered, and recorded, as if there were none such; so no answer tells
// the two apart. Nothing here is thread safe; all is for one transaction.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "vault/custody/authorize.h"

namespace holdfast::custody {

enum class Thing : int { kAccount, kHandover, kApproval, kBreakGlass };

// The answer about a thing that is not there or not to be seen, and its record: NOT_FOUND where the actor may see
// some such things, else PERMISSION_DENIED. `name`: what the call named ("news", "7"). `target`: what is there.
absl::Status NotThere(Tx& tx, const Actor& actor, policy::Action action, Thing thing, std::string_view name,
                      const Target& target = {});

// Whether `read`, the action that shows a thing, is permitted to the actor; or that nothing speaks of it and the
// actor knows of the thing anyway (`knows`), as whoever asked for it does. Records nothing.
absl::StatusOr<bool> SeesOrKnows(Tx& tx, const Actor& actor, policy::Action read, const Target& target,
                                 const policy::Context& context, bool knows);

// The rule on record of a refusal of what is not there, or not to be seen, where the actor sees others.
inline constexpr std::string_view kUnseenRule = "floor.unseen";

// Whether the actor sees the account, or knows of it: by access to it, now or once.
absl::StatusOr<bool> Knows(Tx& tx, const Actor& actor, const storage::Account& account);
absl::StatusOr<bool> Sees(Tx& tx, const Actor& actor, const storage::Handover& row);

// Whether the target of `action` is there for the actor, as far as that is a matter of its account; other things are
// looked at by whoever finds them. In an emergency anybody may ask for what they do not see: what is asked rightly,
// loudly, of break-glass.request is there. `refused`: the policy says no, or asks for more than the call brings.
absl::StatusOr<bool> IsThere(Tx& tx, const Actor& actor, policy::Action action, const Target& target, bool refused);

// What somebody may see of rows about accounts and holders: decided of each pair by itself, asked once.
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
