// A policy as it is written: rules, assertions and limits, each with its place in the text.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "vault/base/clock.h"
#include "vault/policy/action.h"
#include "vault/policy/attribute.h"
#include "vault/policy/obligations.h"

namespace holdfast::policy {

// Both from 1; columns count bytes.
struct Position {
  int line = 0;
  int column = 0;
};

struct Problem {
  Position at;
  std::string message;
};
// "12:7: message", one a line.
std::string Listed(const std::vector<Problem>& problems);

// Minutes of the day in UTC, [from, to); to < from runs over midnight.
struct Hours {
  int from = 0;
  int to = 0;
};

// Holds when the fact is one of `values`, is at least `at_least`, or lies within one of `hours`, whichever
// kind of attribute it is. Groups of roles are written out.
struct Condition {
  Attribute attribute{};
  std::vector<std::string> values;
  Micros at_least = 0;
  std::vector<Hours> hours;
  Position at;
};

// All of `when` hold, and none of `unless`.
struct Scope {
  std::vector<Action> actions;
  std::vector<Condition> when;
  std::vector<Condition> unless;
};

// A permit allows; a forbid beats every permit; a require adds obligations to what others permit.
enum class RuleKind : int { kPermit, kForbid, kRequire };

struct Rule {
  std::string id;
  RuleKind kind = RuleKind::kForbid;
  Scope scope;
  Obligations require;
  std::string why;
  Position at;
};

// An assertion: nothing within the scope is ever allowed, with whatever approvals.
struct Never {
  std::string id;
  Scope scope;
  std::string why;
  Position at;
};

// What must hold of an account of one tier at all times; what is not set is not limited.
struct TierLimits {
  int min_owners = 1;  // active, backup owners included
  std::optional<Micros> max_secret_age;
  std::optional<Micros> review_every;
  std::optional<Micros> max_grant;  // how long access may be given for; access without end is refused then
};

// When the clock makes a finding of what nobody did.
struct IdleLimits {
  std::optional<Micros> holder;       // an active holder who did nothing
  std::optional<Micros> grant;        // access that was never used
  std::optional<Micros> unconfirmed;  // a key that nobody confirmed
};

struct HandoverLimits {
  int freezes_a_day = 5;        // people whom one workflow freezes within a day without a yes over the rest
  Micros tasks_due = 7 * kDay;  // after the cut
};

struct Document {
  std::string name;
  std::vector<std::string> qualifications;  // declared; rules name no others
  std::vector<Rule> rules;
  std::vector<Never> nevers;
  std::array<TierLimits, 3> tiers;  // of tier 1, 2, 3
  IdleLimits idle;
  HandoverLimits handover;
};

}  // namespace holdfast::policy
