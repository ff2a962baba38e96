#include "vault/playbook/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "vault/playbook/facts.h"
#include "vault/playbook/order.h"
#include "vault/policy/names.h"

namespace holdfast::playbook {
namespace {

constexpr Micros kReviewEvery = 365 * kDay;
constexpr std::string_view kFactWords[] = {"identity", "owners", "password"};

class Linter {
 public:
  Linter(const Playbook& playbook, Micros now) : playbook_(playbook), now_(now) {}

  LintReport Run() && {
    CheckReferences();
    CheckSources();
    CheckCircle();
    CheckHoldsEnd();
    CheckClaims();
    CheckQuestions();
    for (const Step& step : playbook_.steps) {
      if (ReplacesPassword(step)) CheckRecoveryFirst(step);
      if (step.kind == StepKind::kRevoke && EndsOneOf(step, {HoldKind::kOwnerRole, HoldKind::kAdminRole}))
        CheckSuccessorFirst(step);
    }
    CheckOwnersMove();
    CheckReview();
    std::ranges::stable_sort(report_.problems, {}, [](const Problem& problem) {
      return std::tuple(problem.at.line, problem.at.column);
    });
    return std::move(report_);
  }

 private:
  void Add(Position at, std::string message) { report_.problems.push_back({at, std::move(message)}); }

  void CheckRefs(const std::vector<Ref>& refs, std::string_view what, const auto& exists) {
    for (const Ref& ref : refs) {
      if (!exists(ref.id)) Add(ref.at, fmt::format("there is no {} {}", what, policy::Quoted(ref.id)));
    }
  }

  void CheckReferences() {
    const auto is_step = [&](std::string_view id) { return playbook_.FindStep(id) != nullptr; };
    const auto is_hold = [&](std::string_view id) { return playbook_.FindHold(id) != nullptr; };
    const auto is_fact = [&](std::string_view id) {
      return is_hold(id) || playbook_.FindWait(id) != nullptr ||
             std::ranges::find(kFactWords, id) != std::end(kFactWords);
    };
    for (const Step& step : playbook_.steps) {
      CheckRefs(step.after, "step", is_step);
      CheckRefs(step.ends, "hold", is_hold);
      CheckRefs(step.facts, "hold or wait, and no fact,", is_fact);
    }
    for (const Wait& wait : playbook_.waits) CheckRefs({wait.step}, "step", is_step);
  }

  void CheckSources() {
    std::set<std::string_view> used;
    const auto check = [&](const std::vector<Ref>& refs) {
      for (const Ref& ref : refs) used.insert(ref.id);
      CheckRefs(refs, "source", [&](std::string_view id) { return playbook_.FindSource(id) != nullptr; });
    };
    check(playbook_.identity.sources);
    check(playbook_.owners.sources);
    if (playbook_.password.has_value()) check(playbook_.password->sources);
    for (const Hold& hold : playbook_.holds) check(hold.sources);
    for (const Step& step : playbook_.steps) check(step.sources);
    for (const Wait& wait : playbook_.waits) check(wait.sources);
    for (const Source& source : playbook_.sources) {
      if (!used.contains(source.id))
        Add(source.at, fmt::format("source {} is cited by nothing", policy::Quoted(source.id)));
    }
  }

  void CheckCircle() {
    const std::string circle = Circle(playbook_);
    if (circle.empty()) return;
    const Step& step = *playbook_.FindStep(circle.substr(0, circle.find(' ')));
    Add(step.at, fmt::format("no step of this circle can ever begin, each comes after the next: {}", circle));
  }

  bool Ends(const Step& step, const Hold& hold) const {
    return std::ranges::find(step.ends, hold.id, &Ref::id) != step.ends.end();
  }
  bool EndsOneOf(const Step& step, std::initializer_list<HoldKind> kinds) const {
    return std::ranges::any_of(playbook_.holds, [&](const Hold& hold) {
      return std::ranges::find(kinds, hold.kind) != kinds.end() && Ends(step, hold);
    });
  }

  void CheckHoldsEnd() {
    for (const Hold& hold : playbook_.holds) {
      if (std::ranges::none_of(playbook_.steps, [&](const Step& step) { return Ends(step, hold); }))
        Add(hold.at,
            fmt::format("no step ends hold {}: it would outlive the handover", policy::Quoted(hold.id)));
    }
  }

  void CheckClaims() {
    for (const Claim& claim : ClaimsOf(playbook_)) {
      if (claim.is_open && claim.asked_by == nullptr)
        Add(claim.at, fmt::format("{} has no source, and no step checks it: name a source, or write a step "
                                  "of kind check with facts = [\"{}\"]",
                                  policy::Quoted(claim.id), claim.id));
    }
  }

  // A question that is settled is none: it would send a person to look up what is known.
  void CheckQuestions() {
    std::set<std::string> settled;
    for (const Claim& claim : ClaimsOf(playbook_)) {
      if (!claim.is_open) settled.insert(claim.id);
    }
    for (const Step& step : playbook_.steps) {
      const bool asks = step.kind == StepKind::kCheck || !step.facts.empty();
      if (asks && step.action.find("heck whether") == step.action.npos)
        Add(step.at, fmt::format("step {} is to check something, but does not say \"check whether\"",
                                 policy::Quoted(step.id)));
      for (const Ref& ref : step.facts) {
        if (settled.contains(ref.id))
          Add(ref.at, fmt::format("{} has a source: it is no open question", policy::Quoted(ref.id)));
      }
    }
  }

  // A reset mail or code to the old address or phone would undo the new password.
  void CheckRecoveryFirst(const Step& rotation) {
    bool has_mail = false;
    for (const Step& step : playbook_.steps) {
      if (!EndsOneOf(step, {HoldKind::kRecoveryEmail, HoldKind::kRecoveryPhone})) continue;
      has_mail = has_mail || EndsOneOf(step, {HoldKind::kRecoveryEmail});
      if (&step != &rotation && !ComesBefore(playbook_, step, rotation))
        Add(rotation.at, fmt::format("step {} does not come after {}: the old address or phone could undo it",
                                     policy::Quoted(rotation.id), policy::Quoted(step.id)));
    }
    if (!has_mail)
      Add(rotation.at,
          fmt::format("step {} replaces the password, but no step ends a hold of kind "
                      "recovery-email before it: whoever reads that mailbox takes the account back",
                      policy::Quoted(rotation.id)));
  }

  void CheckSuccessorFirst(const Step& removal) {
    const auto moves = [&](const Step& step) {
      return step.kind == StepKind::kMove && ComesBefore(playbook_, step, removal);
    };
    if (std::ranges::none_of(playbook_.steps, moves))
      Add(removal.at, fmt::format("step {} takes a role away, but comes after no step of kind move: the "
                                  "account could end up with nobody",
                                  policy::Quoted(removal.id)));
  }

  void CheckOwnersMove() {
    for (const Hold& hold : playbook_.holds) {
      if (hold.kind != HoldKind::kOwnerRole) continue;
      if (std::ranges::none_of(playbook_.steps, [&](const Step& step) {
            return step.kind == StepKind::kMove && Ends(step, hold);
          }))
        Add(hold.at, fmt::format("owner-role {} is ended by no step of kind move: somebody must get it",
                                 policy::Quoted(hold.id)));
    }
  }

  void CheckReview() {
    if (playbook_.reviewed > now_ + kDay) {
      Add({1, 1}, "\"reviewed\" is a day that has not come yet");
    } else if (now_ - playbook_.reviewed > kReviewEvery) {
      report_.warnings.push_back(
          {{1, 1},
           "the facts were last reviewed more than a year ago: look them up again, then set \"reviewed\""});
    }
  }

  const Playbook& playbook_;
  Micros now_;
  LintReport report_;
};

}  // namespace

LintReport Lint(const Playbook& playbook, Micros now) { return Linter(playbook, now).Run(); }

std::vector<Clash> Clashes(std::span<const Playbook> playbooks) {
  std::vector<Clash> clashes;
  std::map<std::string_view, std::string_view> ids;
  std::map<std::string_view, std::string_view> hosts;
  for (const Playbook& playbook : playbooks) {
    if (!ids.emplace(playbook.id, playbook.name).second)
      clashes.push_back({&playbook, {{1, 1}, fmt::format("another playbook is named {} too", playbook.id)}});
    for (const Ref& host : playbook.hosts) {
      const auto [first, fresh] = hosts.emplace(host.id, playbook.id);
      if (!fresh)
        clashes.push_back(
            {&playbook,
             {host.at, fmt::format("host {} is that of playbook {} already", host.id, first->second)}});
    }
  }
  return clashes;
}

}  // namespace holdfast::playbook
