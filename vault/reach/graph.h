// The graph of what opens what: accounts, and the accounts and persons that they recover through, sign in
// with or are administered by. An identity that is nobody's here (a phone number, a mail address) opens
// nothing, so it has no node. Pure. A graph never changes, so threads may share it. Answers depend on the set
// of links alone, not on their order.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "vault/base/links.h"

namespace holdfast::reach {

enum class NodeKind : int { kAccount = 1, kHolder = 2 };

struct Node {
  NodeKind kind = NodeKind::kAccount;
  std::int64_t id = 0;

  auto operator<=>(const Node&) const = default;
};

// Whoever opens `through` can take `account`.
struct Link {
  Node account;
  LinkKind kind = LinkKind::kRecoversThrough;
  Node through;

  auto operator<=>(const Link&) const = default;
};

// What leads to a node: the node at this index of the closure, by a link of this kind.
struct Step {
  LinkKind kind = LinkKind::kRecoversThrough;
  std::size_t before = 0;
};

struct Reached {
  Node node;
  std::size_t steps = 0;     // how many links away from what is opened
  std::optional<Step> last;  // none: opened, not reached over a link
};

class Graph {
 public:
  explicit Graph(std::vector<Link> links);

  // All that whoever opens these nodes can take, the nodes themselves included, each by a shortest path.
  // Fewest steps first, then by node. Linear in what is reached and its links, but for sorting.
  std::vector<Reached> Closure(std::vector<Node> opened) const;

 private:
  struct Edge {
    std::size_t account;  // index into nodes_
    LinkKind kind;
  };

  std::optional<std::size_t> IndexOf(const Node& node) const;
  std::span<const Edge> EdgesFrom(std::size_t node) const;

  std::vector<Node> nodes_;         // ascending
  std::vector<std::size_t> first_;  // the edges from node n are those at first_[n] to first_[n + 1]
  std::vector<Edge> edges_;         // by the node that they lead from, then account and kind
};

// Indices into the closure, from an opened node to the one at `index`.
std::vector<std::size_t> PathTo(const std::vector<Reached>& closure, std::size_t index);

}  // namespace holdfast::reach
