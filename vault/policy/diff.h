// Which decisions change from one policy to another: found by going through the decision space of both, and
// summarised so that people can read it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "vault/base/status.h"
#include "vault/policy/document.h"

namespace holdfast::policy {

// Points of one action whose decision changes in the same way.
struct Change {
  Action action{};
  std::string where;   // "role member, tier 1 or 2"; empty: everywhere
  std::string before;  // "deny", "allow", "allow with reason, shown 10m"
  std::string after;
  std::string rule_before;  // that decided; "default.deny" when none did
  std::string rule_after;
  std::uint64_t points = 0;
};

// What is not told for brevity.
struct Omitted {
  Action action{};
  std::size_t changes = 0;  // lines
  std::uint64_t points = 0;
};

struct Difference {
  std::vector<Change> changes;  // by action, the largest first
  std::vector<Omitted> omitted;
  std::vector<std::string> limits;  // "tiers.1.min_owners: 2 -> 1"
  std::uint64_t changed = 0;        // points
  std::uint64_t points = 0;         // looked at

  bool none() const { return changed == 0 && limits.empty(); }
};

// REQUIRES: both were parsed without problems. At most `lines` changes an action. Errors are those of
// Space::Of(), for both policies together.
absl::StatusOr<Difference> Diff(const Document& before, const Document& after, std::size_t lines);

}  // namespace holdfast::policy
