#include "vault/playbook/order.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace holdfast::playbook {
namespace {

bool Meet(const std::vector<std::string>& wanted, const std::vector<std::string>& given) {
  return std::ranges::any_of(
      wanted, [&](const std::string& each) { return std::ranges::find(given, each) != given.end(); });
}

// Everything that `step` waits for, directly or through others.
std::set<const Step*> Before(const Playbook& playbook, const Step& step) {
  std::set<const Step*> found;
  std::vector<const Step*> open = {&step};
  while (!open.empty()) {
    const Step* const next = open.back();
    open.pop_back();
    for (const Ref& ref : next->after) {
      const Step* const earlier = playbook.FindStep(ref.id);
      if (earlier != nullptr && found.insert(earlier).second) open.push_back(earlier);
    }
  }
  return found;
}

}  // namespace

bool Applies(const Condition& condition, const Person& person) {
  return condition.always() || Meet(condition.secret_kinds, person.secret_kinds) ||
         Meet(condition.relations, person.relations);
}

std::vector<const Step*> InOrder(const Playbook& playbook) {
  std::vector<const Step*> ordered;
  std::set<std::string_view> done;
  const auto ready = [&](const Step& step) {
    return !done.contains(step.id) && std::ranges::all_of(step.after, [&](const Ref& ref) {
      return done.contains(ref.id) || playbook.FindStep(ref.id) == nullptr;
    });
  };
  for (;;) {
    const auto next = std::ranges::find_if(playbook.steps, ready);
    if (next == playbook.steps.end()) return ordered;
    done.insert(next->id);
    ordered.push_back(&*next);
  }
}

std::vector<DueStep> StepsFor(const Playbook& playbook, const Person& person) {
  std::vector<DueStep> due;
  std::map<std::string_view, std::set<const Step*>> stands_for;  // what whoever waits for it waits for
  for (const Step* const step : InOrder(playbook)) {
    std::set<const Step*> waits;
    for (const Ref& ref : step->after) waits.merge(std::set(stands_for[ref.id]));
    if (!Applies(step->only_if, person)) {
      stands_for[step->id] = std::move(waits);
      continue;
    }
    stands_for[step->id] = {step};
    DueStep& added = due.emplace_back(DueStep{step, {waits.begin(), waits.end()}});
    std::ranges::sort(added.after);  // pointers into one vector: as in the file
  }
  return due;
}

bool ComesBefore(const Playbook& playbook, const Step& earlier, const Step& later) {
  return Before(playbook, later).contains(&earlier);
}

std::string Circle(const Playbook& playbook) {
  const auto circling = std::ranges::find_if(
      playbook.steps, [&](const Step& step) { return ComesBefore(playbook, step, step); });
  if (circling == playbook.steps.end()) return "";
  std::vector<std::string_view> path = {circling->id};
  for (const Step* at = &*circling;;) {
    // Some step that `at` comes after leads back to where the circle began.
    const auto next = std::ranges::find_if(at->after, [&](const Ref& ref) {
      const Step* const step = playbook.FindStep(ref.id);
      return step != nullptr && (step == &*circling || ComesBefore(playbook, *circling, *step)) &&
             (step == &*circling || std::ranges::find(path, step->id) == path.end());
    });
    if (next == at->after.end()) break;
    path.push_back(next->id);
    at = playbook.FindStep(next->id);
    if (at == &*circling) break;
  }
  return fmt::format("{}", fmt::join(path, " -> "));
}

}  // namespace holdfast::playbook
