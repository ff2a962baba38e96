// The finite space of all decisions, and a walk through it: for each action, each combination of values of
// the attributes that some rule of it looks at. Values that no rule tells apart are one value. So what holds
// at every point holds for all facts there can be.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "vault/base/status.h"
#include "vault/policy/bits.h"
#include "vault/policy/classes.h"
#include "vault/policy/document.h"

namespace holdfast::policy {

inline constexpr std::uint64_t kMaxPoints = 20'000'000;

struct Dimension {
  Attribute attribute;
  std::vector<ValueClass> classes;
};

// Classes of two dimensions that never meet: those marked in the one with those marked in the other.
struct Exclusion {
  std::size_t earlier;
  std::size_t later;
  std::vector<bool> of_earlier;
  std::vector<bool> of_later;
};

// The part of one action.
struct ActionSpace {
  Action action{};
  std::vector<std::size_t> scopes;    // which of all scopes name the action: "place" p is scope scopes[p]
  std::vector<Dimension> dimensions;  // those that some exclusion ties come first
  std::size_t tied = 0;               // how many those are
  std::vector<Exclusion> exclusions;
  std::vector<std::vector<Bits>> agrees;  // [dimension][class]: places of scopes that it satisfies
  std::vector<Bits> open;                 // [dimension]: places of scopes that look at it or at a later one
  std::vector<std::uint64_t> below;       // [dimension]: combinations of it and all later ones

  Bits NoScopes() const { return Bits(scopes.size()); }
};

// Points of one action that agree in everything that matters to any scope.
struct Cell {
  const ActionSpace& space;
  std::span<const std::size_t> classes;  // of the first dimensions; in those that follow, any
  const Bits& holds;                     // places of the scopes that hold here
  std::uint64_t points;
};

class Space {
 public:
  // `scopes`: whatever is to be told apart; borrowed only for the call. `domains` are of at least the
  // documents that they stand in. INVALID_ARGUMENT, reason SPACE_TOO_LARGE, with details "action" and
  // "attribute" (the one with most values), when there would be more than kMaxPoints.
  static absl::StatusOr<Space> Of(const Domains& domains, std::span<const Scope* const> scopes);

  const std::vector<ActionSpace>& actions() const { return actions_; }

 private:
  std::vector<ActionSpace> actions_;
};

// Every point once, in cells as large as the order of dimensions makes them.
void ForEachCell(const ActionSpace& space, const std::function<void(const Cell&)>& visit);
// Every point by itself. Attributes that nothing looks at have no value.
void ForEachPoint(const Space& space, const std::function<void(Action, const Values&)>& visit);

// A point of the cell, as facts bind.
Values SampleOf(const Cell& cell);

}  // namespace holdfast::policy
