#include "vault/playbook/facts.h"

#include <fmt/format.h>

#include <algorithm>

namespace holdfast::playbook {
namespace {

bool Cites(const std::vector<Ref>& refs, std::string_view id) {
  return std::ranges::find(refs, id, &Ref::id) != refs.end();
}

// A step settles what it names in "facts"; one of kind check also each hold that it ends.
const Step* AskedBy(const Playbook& playbook, std::string_view id) {
  const auto asks = [&](const Step& step) {
    return Cites(step.facts, id) || (step.kind == StepKind::kCheck && Cites(step.ends, id));
  };
  const auto found = std::ranges::find_if(playbook.steps, asks);
  return found == playbook.steps.end() ? nullptr : &*found;
}

Claim ClaimOf(const Playbook& playbook, std::string_view id, std::string text, const std::vector<Ref>& refs,
              Position at, bool is_open) {
  Claim claim{.id = std::string(id), .text = std::move(text), .sources = {}, .is_open = is_open, .at = at};
  for (const Ref& ref : refs) {
    if (const Source* const source = playbook.FindSource(ref.id); source != nullptr)
      claim.sources.push_back(source);
  }
  claim.asked_by = AskedBy(playbook, id);
  return claim;
}

std::string PasswordText(const std::optional<PasswordRules>& rules) {
  if (!rules.has_value()) return "rules for passwords, and where one is changed";
  std::string text = rules->min.has_value() ? fmt::format("at least {} characters", *rules->min)
                                            : "rules for its form not known";
  if (rules->max.has_value()) text += fmt::format(", at most {}", *rules->max);
  for (const CharacterClass each : rules->required) text += fmt::format(", a {}", NameOf(each));
  return rules->url.empty() ? text : fmt::format("{}; changed at {}", text, rules->url);
}

}  // namespace

bool ReplacesPassword(const Step& step) {
  return step.kind == StepKind::kRotate &&
         std::ranges::find(step.secrets, std::string_view("password")) != step.secrets.end();
}

std::vector<Claim> ClaimsOf(const Playbook& playbook) {
  std::vector<Claim> claims;
  claims.push_back(ClaimOf(playbook, "identity", playbook.identity.what, playbook.identity.sources,
                           playbook.identity.at, playbook.identity.sources.empty()));
  claims.push_back(ClaimOf(playbook, "owners", playbook.owners.what, playbook.owners.sources,
                           playbook.owners.at, playbook.owners.sources.empty()));
  const bool replaced = std::ranges::any_of(playbook.steps, ReplacesPassword);
  if (playbook.password.has_value()) {
    const PasswordRules& rules = *playbook.password;
    claims.push_back(ClaimOf(playbook, "password", PasswordText(rules), rules.sources, rules.at,
                             rules.sources.empty() || (replaced && !rules.min.has_value())));
  } else if (replaced) {
    claims.push_back(ClaimOf(playbook, "password", PasswordText(std::nullopt), {}, {1, 1}, /*is_open=*/true));
  }
  for (const Hold& hold : playbook.holds)
    claims.push_back(ClaimOf(playbook, hold.id, fmt::format("{}: {}", NameOf(hold.kind), hold.keeps),
                             hold.sources, hold.at, hold.sources.empty()));
  for (const Wait& wait : playbook.waits)
    claims.push_back(ClaimOf(playbook, wait.id, wait.what, wait.sources, wait.at,
                             wait.sources.empty() || !wait.lasts.has_value()));
  return claims;
}

}  // namespace holdfast::playbook
