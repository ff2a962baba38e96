// Sets of points as few boxes: for each dimension a set of classes, all combinations of which are meant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vault/policy/enumerate.h"

namespace holdfast::policy {

struct Cube {
  std::vector<Bits> sides;  // [dimension]: classes
  std::uint64_t points = 0;
};

Cube CubeOf(const Cell& cell);

// Joins boxes that differ in one dimension alone until there are no more, then widens what is left over
// points that cannot be. REQUIRES: `cubes` are of one action and share no points.
std::vector<Cube> Joined(const ActionSpace& space, std::vector<Cube> cubes);

// "role member, tier 1 or 2": only dimensions in which not everything is meant; empty: everything.
std::string InWords(const ActionSpace& space, const Domains& domains, const Cube& cube);

}  // namespace holdfast::policy
