#include "vault/policy/enumerate.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace holdfast::policy {
namespace {

// Facts that the vault never binds together, and why. `none_of` at its value number 0 goes with no other
// value of `of` than its own number 0.
struct Dependence {
  Attribute none_of;
  Attribute of;
};
constexpr Dependence kDependences[] = {
    // Every account has a tier: without one there is no account to stand in a relation to ...
    {Attribute::kTier, Attribute::kRelation},
    // ... to be active or archived ...
    {Attribute::kTier, Attribute::kAccountState},
    // ... or to have a secret.
    {Attribute::kTier, Attribute::kSecretKind},
    // A version is one of a secret, and every secret has a kind.
    {Attribute::kSecretKind, Attribute::kVersion},
};

constexpr std::size_t kMaxClasses = 4096;  // of one attribute; more only sets of qualifications could have

using Tests = std::array<std::vector<Mask>, kAttributeCount>;  // by attribute, each once

std::size_t Index(Attribute attribute) { return static_cast<std::size_t>(attribute); }

const Mask kZero = Mask().set(0);

Tests TestsOf(const std::vector<const Scope*>& scopes, const Domains& domains) {
  std::array<std::unordered_set<Mask>, kAttributeCount> seen;
  Tests tests;
  const auto add = [&](const std::vector<Condition>& conditions) {
    for (const Condition& condition : conditions) {
      const Mask mask = domains.MaskOf(condition);
      const std::size_t attribute = Index(condition.attribute);
      if (seen[attribute].insert(mask).second) tests[attribute].push_back(mask);
    }
  };
  for (const Scope* scope : scopes) {
    add(scope->when);
    add(scope->unless);
  }
  // So that no class mixes what a dependence tells apart.
  std::array<bool, kAttributeCount> split{};
  for (const auto& [none_of, of] : kDependences) {
    if (tests[Index(none_of)].empty() || tests[Index(of)].empty()) continue;
    split[Index(none_of)] = split[Index(of)] = true;
  }
  for (std::size_t i = 0; i < kAttributeCount; ++i) {
    if (split[i]) tests[i].push_back(kZero);
  }
  return tests;
}

// Whether some dependence ties the attribute to another that is looked at too.
bool IsTied(Attribute attribute, const Tests& tests) {
  return std::ranges::any_of(kDependences, [&](const Dependence& each) {
    return (each.none_of == attribute && !tests[Index(each.of)].empty()) ||
           (each.of == attribute && !tests[Index(each.none_of)].empty());
  });
}

absl::Status TooLarge(Action action, std::vector<std::pair<std::size_t, Attribute>> sizes) {
  std::ranges::sort(sizes, std::greater<>());
  std::string factors;
  for (const auto& [size, attribute] : sizes)
    factors += fmt::format("{}{} {}", factors.empty() ? "" : " x ", InfoOf(attribute).key,
                           size > kMaxPoints ? "too many" : fmt::format("{}", size));
  absl::Status status = MakeError(
      absl::StatusCode::kInvalidArgument, "SPACE_TOO_LARGE",
      fmt::format(
          "too many decisions to look at them all: {} has {} values, and all actions together may have "
          "no more than {} points; name fewer names, ages or hours",
          ActionName(action), factors, kMaxPoints));
  AddDetail(status, "action", ActionName(action));
  AddDetail(status, "attribute", InfoOf(sizes.front().second).key);
  return status;
}

// In the order of attributes, the tied ones first. `points`, of all actions so far, grows by this one's.
absl::Status AddDimensions(const Domains& domains, const Tests& tests, std::uint64_t& points,
                           ActionSpace& space) {
  std::vector<std::pair<std::size_t, Attribute>> sizes;
  std::uint64_t product = 1;
  for (const bool tied : {true, false}) {
    for (const AttributeInfo& info : AllAttributes()) {
      const auto& of_this = tests[Index(info.attribute)];
      if (of_this.empty() || IsTied(info.attribute, tests) != tied) continue;
      auto classes = ClassesOf(info.attribute, domains, of_this, kMaxClasses);
      sizes.emplace_back(classes.has_value() ? classes->size() : kMaxPoints + 1, info.attribute);
      product = std::min(product * sizes.back().first, kMaxPoints + 1);
      if (classes.has_value()) space.dimensions.push_back({info.attribute, *std::move(classes)});
    }
    if (tied) space.tied = space.dimensions.size();
  }
  points += product;
  return points > kMaxPoints ? TooLarge(space.action, std::move(sizes)) : absl::OkStatus();
}

std::vector<bool> Zero(const Dimension& dimension, bool zero) {
  std::vector<bool> marked;
  for (const ValueClass& each : dimension.classes) marked.push_back((each.sample() == kZero) == zero);
  return marked;
}

void AddExclusions(ActionSpace& space) {
  const auto place = [&space](Attribute attribute) {
    const auto found = std::ranges::find(space.dimensions, attribute, &Dimension::attribute);
    return static_cast<std::size_t>(found - space.dimensions.begin());
  };
  for (const auto& [none_of, of] : kDependences) {
    const std::size_t a = place(none_of);
    const std::size_t b = place(of);
    if (std::max(a, b) >= space.dimensions.size()) continue;
    auto none = Zero(space.dimensions[a], /*zero=*/true);
    auto some = Zero(space.dimensions[b], /*zero=*/false);
    if (a < b) {
      space.exclusions.push_back({a, b, std::move(none), std::move(some)});
    } else {
      space.exclusions.push_back({b, a, std::move(some), std::move(none)});
    }
  }
}

// What a scope asks of one dimension.
struct Asked {
  std::size_t place;
  Mask mask;
  bool wanted;  // of `when`, not of `unless`
};

void AddAgreement(const Domains& domains, const std::vector<const Scope*>& scopes, ActionSpace& space) {
  std::array<std::vector<Asked>, kAttributeCount> asked;
  for (std::size_t place = 0; place < scopes.size(); ++place) {
    for (const Condition& condition : scopes[place]->when)
      asked[Index(condition.attribute)].push_back({place, domains.MaskOf(condition), /*wanted=*/true});
    for (const Condition& condition : scopes[place]->unless)
      asked[Index(condition.attribute)].push_back({place, domains.MaskOf(condition), /*wanted=*/false});
  }
  space.open.assign(space.dimensions.size() + 1, space.NoScopes());
  space.below.assign(space.dimensions.size() + 1, 1);
  space.agrees.resize(space.dimensions.size());
  for (std::size_t d = space.dimensions.size(); d-- > 0;) {
    const auto& tests = asked[Index(space.dimensions[d].attribute)];
    space.open[d] = space.open[d + 1];
    for (const Asked& test : tests) space.open[d].set(test.place);
    space.below[d] = space.below[d + 1] * space.dimensions[d].classes.size();
    for (const ValueClass& each : space.dimensions[d].classes) {
      Bits against = space.NoScopes();
      for (const Asked& test : tests) {
        if ((test.mask & each.sample()).any() != test.wanted) against.set(test.place);
      }
      Bits& agrees = space.agrees[d].emplace_back(space.NoScopes());
      for (std::size_t place = 0; place < scopes.size(); ++place) {
        if (!against.test(place)) agrees.set(place);
      }
    }
  }
}

class Walk {
 public:
  Walk(const ActionSpace& space, const std::function<void(const Cell&)>& visit)
      : space_(space),
        visit_(visit),
        classes_(space.dimensions.size()),
        holds_(classes_.size() + 1, space.NoScopes()) {
    for (std::size_t place = 0; place < space.scopes.size(); ++place) holds_[0].set(place);
  }

  void From(std::size_t dimension) {
    const Bits& holds = holds_[dimension];
    if (dimension >= space_.tied && !holds.Intersects(space_.open[dimension])) {
      visit_({space_, std::span(classes_).first(dimension), holds, space_.below[dimension]});
      return;
    }
    for (std::size_t i = 0; i < space_.dimensions[dimension].classes.size(); ++i) {
      classes_[dimension] = i;
      if (!Possible(dimension)) continue;
      holds_[dimension + 1].BecomeBoth(holds, space_.agrees[dimension][i]);
      From(dimension + 1);
    }
  }

 private:
  bool Possible(std::size_t dimension) const {
    return std::ranges::none_of(space_.exclusions, [&](const Exclusion& each) {
      return each.later == dimension && each.of_later[classes_[dimension]] &&
             each.of_earlier[classes_[each.earlier]];
    });
  }

  const ActionSpace& space_;
  const std::function<void(const Cell&)>& visit_;
  std::vector<std::size_t> classes_;
  std::vector<Bits> holds_;
};

// Of one cell, with values of the dimensions from the first that is open on still to be chosen.
void Expand(const ActionSpace& space, std::size_t dimension, Values& values,
            const std::function<void(Action, const Values&)>& visit) {
  if (dimension == space.dimensions.size()) return visit(space.action, values);
  for (const ValueClass& each : space.dimensions[dimension].classes) {
    values[Index(space.dimensions[dimension].attribute)] = each.sample();
    Expand(space, dimension + 1, values, visit);
  }
}

}  // namespace

absl::StatusOr<Space> Space::Of(const Domains& domains, std::span<const Scope* const> scopes) {
  Space whole;
  std::uint64_t points = 0;
  for (const Action action : AllActions()) {
    ActionSpace space{.action = action};
    std::vector<const Scope*> of_this;
    for (std::size_t i = 0; i < scopes.size(); ++i) {
      if (std::ranges::find(scopes[i]->actions, action) == scopes[i]->actions.end()) continue;
      space.scopes.push_back(i);
      of_this.push_back(scopes[i]);
    }
    HF_RETURN_IF_ERROR(AddDimensions(domains, TestsOf(of_this, domains), points, space));
    AddExclusions(space);
    AddAgreement(domains, of_this, space);
    whole.actions_.push_back(std::move(space));
  }
  return whole;
}

void ForEachCell(const ActionSpace& space, const std::function<void(const Cell&)>& visit) {
  Walk(space, visit).From(0);
}

Values SampleOf(const Cell& cell) {
  Values values;
  for (std::size_t d = 0; d < cell.space.dimensions.size(); ++d) {
    const Dimension& dimension = cell.space.dimensions[d];
    const std::size_t chosen = d < cell.classes.size() ? cell.classes[d] : 0;
    values[Index(dimension.attribute)] = dimension.classes[chosen].sample();
  }
  return values;
}

void ForEachPoint(const Space& space, const std::function<void(Action, const Values&)>& visit) {
  for (const ActionSpace& each : space.actions()) {
    ForEachCell(each, [&](const Cell& cell) {
      Values values = SampleOf(cell);
      Expand(each, cell.classes.size(), values, visit);
    });
  }
}

}  // namespace holdfast::policy
