// The closure as one would write it down: go through all links until nothing changes. Slow and obvious; it
// shares nothing with the graph but its types.
#pragma once

#include <map>
#include <vector>

#include "vault/reach/graph.h"

namespace holdfast::reach {

// How many links each node is away from the nearest opened one; unreached nodes are left out.
inline std::map<Node, std::size_t> NaiveClosure(const std::vector<Link>& links,
                                                const std::vector<Node>& opened) {
  std::map<Node, std::size_t> steps;
  for (const Node& node : opened) steps[node] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (const Link& link : links) {
      const auto through = steps.find(link.through);
      if (through == steps.end()) continue;
      const auto account = steps.find(link.account);
      if (account != steps.end() && account->second <= through->second + 1) continue;
      steps[link.account] = through->second + 1;
      changed = true;
    }
  }
  return steps;
}

}  // namespace holdfast::reach
