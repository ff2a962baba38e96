// Why a decision is what it is, and what would have to be otherwise.
#pragma once

#include <string>
#include <vector>

#include "vault/policy/bundle.h"

namespace holdfast::policy {

// A permit of the action that does not match, and what about the facts keeps it from it.
struct NearMiss {
  const Rule* rule;
  std::vector<std::string> fails;  // "needs relation owner, backup or grantee; is none"
};

// Points into the bundle.
struct Explanation {
  Decision decision;
  std::vector<const Rule*> matching;  // forbids first, then by id
  std::vector<NearMiss> near_misses;  // those that fail the fewest conditions first, then by id
};

Explanation Explain(const Bundle& bundle, const Facts& facts);

// For people, one a line:
//   deny by default.deny: no rule permits this
//   forbid floor.inactive matches: the holder is suspended, leaving or gone
//   permit reveal.tier-2 does not match: needs tier 2; is 1
std::vector<std::string> LinesOf(const Explanation& explanation);
// The first of them: "pending by reveal.tier-2: lacks reason".
std::string InWords(const Decision& decision);

}  // namespace holdfast::policy
