// A playbook as it is written: what one platform lets a person keep, and the ordered steps that take it back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/clock.h"
#include "vault/playbook/kinds.h"
#include "vault/policy/document.h"

namespace holdfast::playbook {

using policy::Position;
using policy::Problem;

inline constexpr std::string_view kGeneric = "generic";

// The id of a source, hold, wait or step elsewhere in the file.
struct Ref {
  std::string id;
  Position at;
};

struct Source {
  std::string id;
  std::string title;
  std::string url;  // "" where the page has no address of its own
  Standing standing{};
  Position at;
};

struct Hold {
  std::string id;
  HoldKind kind{};
  std::string keeps;  // what it lets the person do
  std::string where;  // where it is found on the platform
  Survives survives = Survives::kUnknown;
  std::vector<Ref> sources;  // none: an open question, for a step of kind check
  Position at;
};

// Met by a person who knows a secret of one of these kinds, or who was one of these to the account.
struct Condition {
  std::vector<std::string> secret_kinds;
  std::vector<std::string> relations;

  bool always() const { return secret_kinds.empty() && relations.empty(); }
};

struct Step {
  std::string id;
  StepKind kind{};
  Doer who = Doer::kOwner;
  std::string action;  // `do`: in the imperative
  std::string where;
  std::string url;
  std::vector<Ref> after;
  std::vector<Ref> ends;             // holds
  std::vector<Ref> facts;            // open questions that this step settles, beside the holds that it ends
  std::vector<std::string> secrets;  // kinds that a rotation or a new enrolment replaces
  Evidence evidence{};
  Micros within = 0;  // from the cut
  Waiver waive = Waiver::kNobody;
  Condition only_if;
  std::vector<Ref> sources;
  Position at;
};

// A time that the platform imposes. It keeps the step open.
struct Wait {
  std::string id;
  std::string what;
  std::optional<Micros> lasts;  // unset: not known
  Ref step;
  std::vector<Ref> sources;
  Position at;
};

struct PasswordRules {
  std::string url;  // where it is changed
  std::optional<int> min;
  std::optional<int> max;
  std::optional<int> max_repeat;  // of one character in a row
  std::vector<CharacterClass> required;
  std::string forbidden;  // characters, each once
  std::vector<Ref> sources;
  Position at;
};

struct Fact {
  std::string what;
  std::vector<Ref> sources;
  Position at;
};

struct Playbook {
  std::string id;
  std::string name;
  std::vector<Ref> hosts;
  AccountModel model{};
  Fact identity;  // the id that stays when the account is renamed
  int min_owners = 1;
  Fact owners;
  Micros reviewed = 0;  // midnight, UTC
  std::optional<PasswordRules> password;
  std::vector<Source> sources;
  std::vector<Hold> holds;
  std::vector<Step> steps;
  std::vector<Wait> waits;
  std::string text;  // as read

  const Step* FindStep(std::string_view id) const;
  const Hold* FindHold(std::string_view id) const;
  const Wait* FindWait(std::string_view id) const;
  const Source* FindSource(std::string_view id) const;
};

}  // namespace holdfast::playbook
