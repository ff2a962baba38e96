#include "vault/policy/assertions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "vault/policy/enumerate.h"
#include "vault/policy/floor.h"
#include "vault/policy/parse.h"
#include "vault/policy/words.h"

namespace holdfast::policy {
namespace {

constexpr std::string_view kText = R"toml(
format = 1
name = "assertions"

[[never]]
id = "never.auditor-reveals"
actions = ["secret.reveal", "secret.code", "break-glass.reveal"]
when = { role = ["auditor"] }
why = "whoever checks must not be able to have done it"

[[never]]
id = "never.leaver-approves"
actions = ["approval.approve", "key.confirm"]
when = { status = ["suspended", "leaving", "left"] }
why = "whoever goes leaves no decisions behind"

[[never]]
id = "never.requester-is-own-approver"
actions = ["approval.approve"]
when = { requested_by_self = true }
why = "four eyes are those of two persons"

[[never]]
id = "never.unconfirmed-key-reveals-tier-1"
actions = ["secret.reveal", "secret.code", "break-glass.reveal"]
when = { key = ["unconfirmed"], tier = [1] }
why = "an enrollment string can be used by whoever handed it out"
)toml";

// All scopes that a survey tells apart, with where each kind begins: the floor's rules, the document's rules,
// the document's assertions, the floor's.
struct Subjects {
  explicit Subjects(const Bundle& bundle) {
    for (const Rule& rule : Floor().rules) rules.push_back(&rule);
    first_own = rules.size();
    for (const Rule& rule : bundle.document().rules) rules.push_back(&rule);
    for (const Never& never : bundle.document().nevers) nevers.push_back(&never);
    for (const Never& never : FloorAssertions()) nevers.push_back(&never);
    for (const Rule* rule : rules) scopes.push_back(&rule->scope);
    for (const Never* never : nevers) scopes.push_back(&never->scope);
  }

  std::vector<const Rule*> rules;
  std::vector<const Never*> nevers;
  std::vector<const Scope*> scopes;  // rules, then nevers
  std::size_t first_own = 0;         // among rules
};

class Surveyor {
 public:
  Surveyor(const Bundle& bundle, const Subjects& subjects, Survey& survey)
      : bundle_(bundle), subjects_(subjects), survey_(survey) {
    survey_.rules.resize(bundle.document().rules.size());
    for (const Never* never : subjects.nevers) survey_.proofs.push_back({.never = never});
  }

  void Take(const ActionSpace& space) {
    space_ = &space;
    permits_ = forbids_ = nevers_ = own_ = waits_ = space.NoScopes();
    for (std::size_t place = 0; place < space.scopes.size(); ++place) Sort(place);
    ForEachCell(space, [this](const Cell& cell) { Visit(cell); });
  }

 private:
  void Sort(std::size_t place) {
    const std::size_t scope = space_->scopes[place];
    if (scope >= subjects_.rules.size()) return nevers_.set(place);
    const Rule& rule = *subjects_.rules[scope];
    if (rule.kind == RuleKind::kPermit) permits_.set(place);
    if (rule.kind == RuleKind::kForbid) forbids_.set(place);
    if (scope < subjects_.first_own) return;
    own_.set(place);
    if (rule.require.wait.has_value()) waits_.set(place);
  }
  const Rule* RuleAt(std::size_t place) const { return subjects_.rules[space_->scopes[place]]; }
  RuleUse& UseOf(std::size_t place) { return survey_.rules[space_->scopes[place] - subjects_.first_own]; }

  void Visit(const Cell& cell) {
    survey_.points += cell.points;
    const bool forbidden = cell.holds.Intersects(forbids_);
    const bool permitted = !forbidden && cell.holds.Intersects(permits_);
    cell.holds.ForEachIn(own_, [&](std::size_t place) { Count(cell, place, forbidden, permitted); });
    cell.holds.ForEachIn(nevers_, [&](std::size_t place) {
      Proof& proof = survey_.proofs[space_->scopes[place] - subjects_.rules.size()];
      proof.points += cell.points;
      if (permitted && proof.proved()) proof.counterexample = Counterexample(cell, proof.never->scope);
    });
    if (permitted && space_->action == Action::kBreakGlassRequest && !cell.holds.Intersects(waits_))
      NoteNoWait(cell);
  }

  void Count(const Cell& cell, std::size_t place, bool forbidden, bool permitted) {
    RuleUse& use = UseOf(place);
    const RuleKind kind = RuleAt(place)->kind;
    use.counts = use.counts || kind == RuleKind::kForbid || permitted;
    if (forbidden) {
      // Of several, one that beats it wherever it matches, where there is such a rule.
      const Rule* first = nullptr;
      bool again = false;
      cell.holds.ForEachIn(forbids_, [&](std::size_t other) {
        if (first == nullptr) first = RuleAt(other);
        again = again || RuleAt(other) == use.loses_to;
      });
      if (!again) use.loses_to = first;
    }
    use.points += cell.points;
  }

  void NoteNoWait(const Cell& cell) {
    cell.holds.ForEachIn(permits_, [&](std::size_t place) {
      if (std::ranges::find(survey_.without_wait, RuleAt(place)) == survey_.without_wait.end())
        survey_.without_wait.push_back(RuleAt(place));
    });
  }

  // Says of the point only what matters by itself: not attributes that could be anything else.
  std::string Counterexample(const Cell& cell, const Scope& scope) const {
    const CompiledScope never = Compile(scope, bundle_.domains());
    const Values sample = SampleOf(cell);
    std::map<Attribute, std::string> parts;
    for (const Dimension& dimension : space_->dimensions) {
      const auto place = static_cast<std::size_t>(dimension.attribute);
      const auto also = [&](const ValueClass& other) {
        Values values = sample;
        values[place] = other.sample();
        return never.Holds(values) && bundle_.Judge(space_->action, values).permitted;
      };
      if (std::ranges::all_of(dimension.classes, also)) continue;
      const ValueClass point{{sample[place]}};
      parts[dimension.attribute] = InWords(dimension.attribute, bundle_.domains(), {&point});
    }
    std::string text;
    for (const auto& [attribute, part] : parts) text += (text.empty() ? " with " : ", ") + part;
    const Verdict verdict = bundle_.Judge(space_->action, sample);
    return fmt::format("{}{}: {} by rule {}", ActionName(space_->action), text, InWords(verdict),
                       RuleName(verdict));
  }

  const Bundle& bundle_;
  const Subjects& subjects_;
  Survey& survey_;
  const ActionSpace* space_ = nullptr;
  Bits permits_, forbids_, nevers_;  // by place
  Bits own_;                                    // rules of the document
  Bits waits_;                                  // those of them that set one
};

}  // namespace

const std::vector<Never>& FloorAssertions() {
  static const Document* const assertions = [] {
    Parsed parsed = Parse(kText);
    if (!parsed.problems.empty()) std::abort();
    return new Document(std::move(parsed.document));
  }();
  return assertions->nevers;
}

absl::StatusOr<Survey> SurveyOf(const Bundle& bundle) {
  const Subjects subjects(bundle);
  HF_ASSIGN_OR_RETURN(const Space space, Space::Of(bundle.domains(), subjects.scopes));
  Survey survey;
  Surveyor surveyor(bundle, subjects, survey);
  for (const ActionSpace& each : space.actions()) surveyor.Take(each);
  return survey;
}

absl::StatusOr<Proofs> Prove(const Bundle& bundle) {
  HF_ASSIGN_OR_RETURN(Survey survey, SurveyOf(bundle));
  return Proofs{survey.points, std::move(survey.proofs)};
}

}  // namespace holdfast::policy
