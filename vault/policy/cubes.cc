#include "vault/policy/cubes.h"

#include <algorithm>
#include <unordered_map>

namespace holdfast::policy {
namespace {

Bits All(std::size_t count) {
  Bits bits(count);
  for (std::size_t i = 0; i < count; ++i) bits.set(i);
  return bits;
}

struct HashOfSides {
  std::size_t operator()(const std::vector<Bits>& sides) const {
    std::size_t hash = 0;
    for (const Bits& side : sides) hash = hash * 1'000'003 + Bits::Hash()(side);
    return hash;
  }
};

// Joins those that are alike in all other dimensions.
std::vector<Cube> JoinedAlong(std::size_t dimension, std::size_t classes, std::vector<Cube> cubes) {
  std::unordered_map<std::vector<Bits>, std::size_t, HashOfSides> found;
  std::vector<Cube> joined;
  for (Cube& cube : cubes) {
    const Bits side = cube.sides[dimension];
    cube.sides[dimension] = Bits(classes);
    const auto [place, added] = found.emplace(cube.sides, joined.size());
    if (added) {
      cube.sides[dimension] = side;
      joined.push_back(std::move(cube));
    } else {
      joined[place->second].sides[dimension].Add(side);
      joined[place->second].points += cube.points;
    }
  }
  return joined;
}

std::vector<Cube> JoinedAlongAll(const ActionSpace& space, std::vector<Cube> cubes) {
  for (std::size_t before = 0; before != cubes.size();) {
    before = cubes.size();
    for (std::size_t d = space.dimensions.size(); d-- > 0;)
      cubes = JoinedAlong(d, space.dimensions[d].classes.size(), std::move(cubes));
  }
  return cubes;
}

bool Within(const Bits& side, const std::vector<bool>& marked) {
  for (std::size_t i = 0; i < marked.size(); ++i) {
    if (side.test(i) && !marked[i]) return false;
  }
  return true;
}

// Whether no point of the box can be.
bool Empty(const ActionSpace& space, const std::vector<Bits>& sides) {
  return std::ranges::any_of(space.exclusions, [&](const Exclusion& each) {
    return Within(sides[each.earlier], each.of_earlier) && Within(sides[each.later], each.of_later);
  });
}

// To all classes of a dimension, where those that are missing cannot be.
void Widen(const ActionSpace& space, Cube& cube) {
  for (std::size_t d = 0; d < space.tied; ++d) {
    const std::size_t classes = space.dimensions[d].classes.size();
    Bits missing(classes);
    for (std::size_t i = 0; i < classes; ++i) {
      if (!cube.sides[d].test(i)) missing.set(i);
    }
    if (!missing.any()) continue;
    std::vector<Bits> rest = cube.sides;
    rest[d] = missing;
    if (Empty(space, rest)) cube.sides[d] = All(classes);
  }
}

}  // namespace

Cube CubeOf(const Cell& cell) {
  Cube cube{.sides = {}, .points = cell.points};
  for (std::size_t d = 0; d < cell.space.dimensions.size(); ++d) {
    const std::size_t classes = cell.space.dimensions[d].classes.size();
    Bits& side = cube.sides.emplace_back(classes);
    if (d < cell.classes.size()) {
      side.set(cell.classes[d]);
    } else {
      side = All(classes);
    }
  }
  return cube;
}

std::vector<Cube> Joined(const ActionSpace& space, std::vector<Cube> cubes) {
  cubes = JoinedAlongAll(space, std::move(cubes));
  for (Cube& cube : cubes) Widen(space, cube);
  return JoinedAlongAll(space, std::move(cubes));
}

std::string InWords(const ActionSpace& space, const Domains& domains, const Cube& cube) {
  std::vector<std::pair<Attribute, std::string>> parts;
  for (std::size_t d = 0; d < space.dimensions.size(); ++d) {
    const Dimension& dimension = space.dimensions[d];
    std::vector<const ValueClass*> classes;
    for (std::size_t i = 0; i < dimension.classes.size(); ++i) {
      if (cube.sides[d].test(i)) classes.push_back(&dimension.classes[i]);
    }
    if (classes.size() == dimension.classes.size()) continue;
    parts.emplace_back(dimension.attribute, InWords(dimension.attribute, domains, classes));
  }
  std::ranges::sort(parts);
  std::string text;
  for (const auto& [attribute, part] : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

}  // namespace holdfast::policy
