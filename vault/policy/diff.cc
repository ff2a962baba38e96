#include "vault/policy/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "vault/policy/bundle.h"
#include "vault/policy/cubes.h"
#include "vault/policy/duration.h"
#include "vault/policy/enumerate.h"
#include "vault/policy/floor.h"
#include "vault/policy/words.h"

namespace holdfast::policy {
namespace {

// Boxes of one kind of change that are kept to be joined; what is beyond is counted only.
constexpr std::size_t kMaxCubes = 50'000;

// How a decision changes: before, after, and the rules of both.
using Kind = std::tuple<std::string, std::string, std::string, std::string>;

struct Found {
  std::vector<Cube> cubes;
  std::size_t beyond_cubes = 0;
  std::uint64_t beyond = 0;  // points
};

class Differ {
 public:
  Differ(const Bundle& before, const Bundle& after, std::size_t lines, Difference& difference)
      : before_(before), after_(after), lines_(lines), difference_(difference) {}

  void Compare(const ActionSpace& space) {
    std::unordered_map<Bits, const Kind*, Bits::Hash> known;  // nullptr: nothing changes
    std::map<Kind, Found> found;
    ForEachCell(space, [&](const Cell& cell) {
      difference_.points += cell.points;
      // What is decided follows from which rules hold.
      const auto [place, added] = known.try_emplace(cell.holds, nullptr);
      if (added) place->second = KindOf(cell, found);
      if (place->second == nullptr) return;
      difference_.changed += cell.points;
      Found& of_kind = found.at(*place->second);
      if (of_kind.cubes.size() < kMaxCubes) return of_kind.cubes.push_back(CubeOf(cell));
      ++of_kind.beyond_cubes;
      of_kind.beyond += cell.points;
    });
    Tell(space, std::move(found));
  }

 private:
  const Kind* KindOf(const Cell& cell, std::map<Kind, Found>& found) const {
    const Values values = SampleOf(cell);
    const Verdict before = before_.Judge(cell.space.action, values);
    const Verdict after = after_.Judge(cell.space.action, values);
    if (before.permitted == after.permitted && before.obligations == after.obligations) return nullptr;
    return &found.try_emplace({InWords(before), InWords(after), RuleName(before), RuleName(after)})
                .first->first;
  }

  void Tell(const ActionSpace& space, std::map<Kind, Found> found) {
    std::vector<Change> changes;
    Omitted omitted{.action = space.action};
    for (auto& [kind, of_kind] : found) {
      omitted.changes += of_kind.beyond_cubes;
      omitted.points += of_kind.beyond;
      const auto& [before, after, rule_before, rule_after] = kind;
      for (const Cube& cube : Joined(space, std::move(of_kind.cubes)))
        changes.push_back({space.action, InWords(space, before_.domains(), cube), before, after, rule_before,
                           rule_after, cube.points});
    }
    std::ranges::stable_sort(changes, std::greater<>(), &Change::points);
    for (std::size_t i = lines_; i < changes.size(); ++i) {
      ++omitted.changes;
      omitted.points += changes[i].points;
    }
    if (changes.size() > lines_) changes.resize(lines_);
    std::ranges::move(changes, std::back_inserter(difference_.changes));
    if (omitted.changes > 0) difference_.omitted.push_back(omitted);
  }

  const Bundle& before_;
  const Bundle& after_;
  const std::size_t lines_;
  Difference& difference_;
};

std::string TextOf(const std::optional<Micros>& limit) {
  return limit.has_value() ? FormatDuration(*limit) : "no limit";
}

void CompareLimits(const Document& before, const Document& after, std::vector<std::string>& told) {
  const auto compare = [&told](const std::string& name, const std::string& a, const std::string& b) {
    if (a != b) told.push_back(fmt::format("{}: {} -> {}", name, a, b));
  };
  for (std::size_t i = 0; i < before.tiers.size(); ++i) {
    const TierLimits& a = before.tiers[i];
    const TierLimits& b = after.tiers[i];
    const std::string tier = fmt::format("tiers.{}.", i + 1);
    compare(tier + "min_owners", fmt::format("{}", a.min_owners), fmt::format("{}", b.min_owners));
    compare(tier + "max_secret_age", TextOf(a.max_secret_age), TextOf(b.max_secret_age));
    compare(tier + "review_every", TextOf(a.review_every), TextOf(b.review_every));
    compare(tier + "max_grant", TextOf(a.max_grant), TextOf(b.max_grant));
  }
  compare("idle.holder", TextOf(before.idle.holder), TextOf(after.idle.holder));
  compare("idle.grant", TextOf(before.idle.grant), TextOf(after.idle.grant));
  compare("handover.freezes_a_day", fmt::format("{}", before.handover.freezes_a_day),
          fmt::format("{}", after.handover.freezes_a_day));
  compare("idle.unconfirmed", TextOf(before.idle.unconfirmed), TextOf(after.idle.unconfirmed));
}

}  // namespace

absl::StatusOr<Difference> Diff(const Document& before, const Document& after, std::size_t lines) {
  const Domains domains({&Floor(), &before, &after});
  const Bundle old_bundle(before, domains);
  const Bundle new_bundle(after, domains);
  std::vector<const Scope*> scopes;
  for (const Document* document : {&Floor(), &before, &after}) {
    for (const Rule& rule : document->rules) scopes.push_back(&rule.scope);
  }
  HF_ASSIGN_OR_RETURN(const Space space, Space::Of(domains, scopes));
  Difference difference;
  Differ differ(old_bundle, new_bundle, lines, difference);
  for (const ActionSpace& each : space.actions()) differ.Compare(each);
  CompareLimits(before, after, difference.limits);
  return difference;
}

}  // namespace holdfast::policy
