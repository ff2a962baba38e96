#include "vault/policy/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "vault/policy/assertions.h"
#include "vault/policy/known.h"
#include "vault/policy/words.h"

namespace holdfast::policy {
namespace {

std::string TextOf(const std::vector<Condition>& conditions) {
  std::set<std::string> texts;
  for (Condition condition : conditions) {
    std::ranges::sort(condition.values);
    std::ranges::sort(condition.hours, {},
                      [](const Hours& hours) { return std::pair(hours.from, hours.to); });
    texts.insert(InWords(condition));
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

// The same for scopes that say the same in another order.
std::string TextOf(const Scope& scope) {
  std::set<std::string_view> actions;
  for (const Action action : scope.actions) actions.insert(ActionName(action));
  return fmt::format("{} when {} unless {}", fmt::join(actions, " "), TextOf(scope.when),
                     TextOf(scope.unless));
}

class Linter {
 public:
  explicit Linter(const Document& document) : bundle_(document) {}

  LintReport Run() {
    FindTwins();
    for (const Rule& rule : bundle_.document().rules) {
      CheckKnown(rule.scope);
      CheckGivable(rule);
    }
    for (const Never& never : bundle_.document().nevers) CheckKnown(never.scope);
    const auto survey = SurveyOf(bundle_);
    if (survey.ok()) {
      CheckUses(*survey);
      CheckProofs(*survey);
      for (const Rule* rule : survey->without_wait)
        Add(rule->at,
            fmt::format("rule {} lets glass be broken without any `wait`: nobody would have time to "
                        "object",
                        rule->id));
      report_.points = survey->points;
      report_.assertions = survey->proofs.size();
    } else {
      Add(PlaceOf(survey.status()), std::string(MessageOf(survey.status())));
    }
    std::ranges::stable_sort(report_.problems, {}, [](const Problem& problem) {
      return std::pair(problem.at.line, problem.at.column);
    });
    return std::move(report_);
  }

 private:
  // A condition on a fact that the vault never has there would be proved, and never be met.
  void CheckKnown(const Scope& scope) {
    for (const auto* conditions : {&scope.when, &scope.unless}) {
      for (const Condition& condition : *conditions) {
        const auto unknown = std::ranges::find_if(
            scope.actions, [&](Action action) { return !IsKnown(action, condition.attribute); });
        if (unknown == scope.actions.end()) continue;
        Add(condition.at, fmt::format("\"{}\" is not known of {}: name the actions that it is known of",
                                      InfoOf(condition.attribute).key, ActionName(*unknown)));
      }
    }
  }

  // What a call has no field for could never be given.
  void CheckGivable(const Rule& rule) {
    const auto check = [&](bool asked, bool (*takes)(Action), std::string_view what) {
      const auto without = std::ranges::find_if_not(rule.scope.actions, takes);
      if (asked && without != rule.scope.actions.end())
        Add(rule.at, fmt::format("rule {} asks for a {}, which {} has no place for", rule.id, what,
                                 ActionName(*without)));
    };
    check(rule.require.reason, TakesReason, "reason");
    check(rule.require.ticket, TakesTicket, "ticket");
  }

  void Add(Position at, std::string message) { report_.problems.push_back({at, std::move(message)}); }

  // Rules of one scope.
  void FindTwins() {
    std::map<std::string, std::vector<const Rule*>> known;
    for (const Rule& rule : bundle_.document().rules) {
      auto& twins = known[TextOf(rule.scope)];
      for (const Rule* twin : twins) {
        if (twin->kind == rule.kind && twin->require == rule.require) {
          Add(rule.at,
              fmt::format("rule {} says the same as rule {} in line {}", rule.id, twin->id, twin->at.line));
          break;
        }
        const bool opposite = (twin->kind == RuleKind::kPermit && rule.kind == RuleKind::kForbid) ||
                              (twin->kind == RuleKind::kForbid && rule.kind == RuleKind::kPermit);
        if (!opposite) continue;
        const bool permits = rule.kind == RuleKind::kPermit;
        Add(rule.at, fmt::format("rule {} {} exactly what rule {} in line {} {}", rule.id,
                                 permits ? "permits" : "forbids", twin->id, twin->at.line,
                                 permits ? "forbids" : "permits"));
        contradicted_.insert(permits ? &rule : twin);
        break;
      }
      twins.push_back(&rule);
    }
  }

  void CheckUses(const Survey& survey) {
    const auto& rules = bundle_.document().rules;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const RuleUse& use = survey.rules[i];
      const Rule& rule = rules[i];
      if (use.points == 0) {
        Add(rule.at, fmt::format("rule {} can never match: no facts meet all its conditions", rule.id));
      } else if (!use.counts && !contradicted_.contains(&rule)) {
        Add(rule.at,
            fmt::format("rule {} is unreachable: wherever it matches, {}", rule.id, WhyUseless(rule, use)));
      }
    }
  }

  static std::string WhyUseless(const Rule& rule, const RuleUse& use) {
    const std::string forbidden =
        use.loses_to == nullptr ? "" : fmt::format("a rule forbids (as {} does)", use.loses_to->id);
    if (rule.kind == RuleKind::kPermit) return forbidden;
    return forbidden.empty() ? "no rule permits" : forbidden + " or none permits";
  }

  void CheckProofs(const Survey& survey) {
    const std::size_t own = bundle_.document().nevers.size();
    for (std::size_t i = 0; i < survey.proofs.size(); ++i) {
      const Proof& proof = survey.proofs[i];
      const Position at = i < own ? proof.never->at : Position{1, 1};
      if (!proof.proved()) {
        Add(at, fmt::format("assertion {} is broken: {}", proof.never->id, proof.counterexample));
      } else if (proof.points == 0) {
        Add(at, fmt::format("assertion {} can never be broken: no facts meet all its conditions",
                            proof.never->id));
      }
    }
  }

  // Where the attribute is first looked at whose values are too many.
  Position PlaceOf(const absl::Status& too_large) const {
    const auto details = DetailsOf(too_large);
    const auto attribute = details.find("attribute");
    Position first{1, 1};
    bool found = false;
    const auto look = [&](const std::vector<Condition>& conditions) {
      for (const Condition& condition : conditions) {
        if (found || attribute == details.end()) return;
        if (InfoOf(condition.attribute).key != attribute->second) continue;
        first = condition.at;
        found = true;
      }
    };
    for (const Rule& rule : bundle_.document().rules) {
      look(rule.scope.when);
      look(rule.scope.unless);
    }
    return first;
  }

  const Bundle bundle_;
  LintReport report_;
  std::set<const Rule*> contradicted_;  // permits that a forbid of the same scope makes useless
};

}  // namespace

LintReport Lint(const Document& document) { return Linter(document).Run(); }

}  // namespace holdfast::policy
