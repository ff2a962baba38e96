#include "vault/reach/graph.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace holdfast::reach {
namespace {

template <class T>
void SortUnique(std::vector<T>& values) {
  std::ranges::sort(values);
  values.erase(std::ranges::unique(values).begin(), values.end());
}

std::vector<Node> NodesOf(const std::vector<Link>& links) {
  std::vector<Node> nodes;
  nodes.reserve(links.size() * 2);
  for (const Link& link : links) {
    nodes.push_back(link.account);
    nodes.push_back(link.through);
  }
  SortUnique(nodes);
  return nodes;
}

}  // namespace

Graph::Graph(std::vector<Link> links) : nodes_(NodesOf(links)), first_(nodes_.size() + 1) {
  std::ranges::sort(links, {},
                    [](const Link& link) { return std::tie(link.through, link.account, link.kind); });
  edges_.reserve(links.size());
  for (const Link& link : links) {
    edges_.push_back({.account = *IndexOf(link.account), .kind = link.kind});
    ++first_[*IndexOf(link.through) + 1];
  }
  for (std::size_t node = 1; node < first_.size(); ++node) first_[node] += first_[node - 1];
}

std::optional<std::size_t> Graph::IndexOf(const Node& node) const {
  const auto found = std::ranges::lower_bound(nodes_, node);
  if (found == nodes_.end() || *found != node) return std::nullopt;
  return static_cast<std::size_t>(found - nodes_.begin());
}

std::span<const Graph::Edge> Graph::EdgesFrom(std::size_t node) const {
  return std::span(edges_).subspan(first_[node], first_[node + 1] - first_[node]);
}

std::vector<Reached> Graph::Closure(std::vector<Node> opened) const {
  SortUnique(opened);
  std::vector<Reached> closure;
  std::vector<bool> seen(nodes_.size());
  for (const Node& node : opened) {
    if (const auto index = IndexOf(node); index.has_value()) seen[*index] = true;
    closure.push_back({.node = node});
  }
  // One level of equally many steps after the other: so the first link that leads to a node is on a shortest
  // path.
  for (std::size_t begin = 0, end = closure.size(); begin < end; begin = std::exchange(end, closure.size())) {
    for (std::size_t before = begin; before < end; ++before) {
      const auto from = IndexOf(closure[before].node);
      if (!from.has_value()) continue;
      for (const Edge& edge : EdgesFrom(*from)) {
        if (seen[edge.account]) continue;
        seen[edge.account] = true;
        closure.push_back({.node = nodes_[edge.account],
                           .steps = closure[before].steps + 1,
                           .last = Step{.kind = edge.kind, .before = before}});
      }
    }
    std::sort(closure.begin() + static_cast<std::ptrdiff_t>(end), closure.end(),
              [](const Reached& a, const Reached& b) { return a.node < b.node; });
  }
  return closure;
}

std::vector<std::size_t> PathTo(const std::vector<Reached>& closure, std::size_t index) {
  std::vector<std::size_t> path{index};
  while (closure[path.back()].last.has_value()) path.push_back(closure[path.back()].last->before);
  std::ranges::reverse(path);
  return path;
}

}  // namespace holdfast::reach
