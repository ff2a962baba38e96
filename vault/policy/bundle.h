// Decisions: who may do what, and why. Pure functions of the facts given; no I/O, no clock, no state.
//
// Default deny. A forbid beats every permit; the obligations of all that match are merged to the strictest;
// the order of rules never matters. The floor (floor.h) is part of every bundle: no policy can loosen it.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "vault/policy/document.h"
#include "vault/policy/domains.h"

namespace holdfast::policy {

enum class Effect : int { kAllow, kPending, kDeny };

struct Decision {
  Effect effect = Effect::kDeny;
  std::string rule;                  // id of the rule that decided
  std::string why;                   // the rule's own words, for people
  Obligations obligations;           // of what is allowed or pending
  std::vector<std::string> missing;  // what a pending one lacks, in words

  bool allowed() const { return effect == Effect::kAllow; }
};

// A scope as masks.
struct CompiledScope {
  struct Test {
    std::size_t attribute;
    Mask mask;
  };
  std::vector<Test> when;
  std::vector<Test> unless;

  bool Holds(const Values& values) const;
};
CompiledScope Compile(const Scope& scope, const Domains& domains);

// What the rules say of a point of the decision space, whatever was supplied.
struct Verdict {
  bool permitted = false;
  const Rule* rule = nullptr;  // the forbid, else the permit with most to ask for; nullptr: nothing permits
  Obligations obligations;
};

// Immutable; threads may share one.
class Bundle {
 public:
  explicit Bundle(Document document);
  // Over domains that are cut finer: those of several policies that are to be compared, the floor included.
  Bundle(Document document, Domains domains);
  Bundle(const Bundle&) = delete;  // rules are pointed to
  Bundle& operator=(const Bundle&) = delete;

  Decision Decide(const Facts& facts) const;
  Verdict Judge(Action action, const Values& values) const;

  // Whether any rule for the action looks at the attribute: facts that nobody asks for need not be gathered.
  bool Tests(Action action, Attribute attribute) const {
    return tested_[static_cast<std::size_t>(action)].test(static_cast<std::size_t>(attribute));
  }

  const Document& document() const { return document_; }
  const Domains& domains() const { return domains_; }
  const TierLimits& tier(int tier) const { return document_.tiers[static_cast<std::size_t>(tier - 1)]; }

  struct CompiledRule {
    const Rule* rule;
    CompiledScope scope;
  };
  // Those of one action: forbids first, then by id.
  const std::vector<CompiledRule>& rules(Action action) const {
    return by_action_[static_cast<std::size_t>(action)];
  }

 private:
  Document document_;
  Domains domains_;
  std::vector<Rule> all_;  // the floor's and the document's
  std::array<std::vector<CompiledRule>, kActionCount> by_action_;
  std::array<std::bitset<kAttributeCount>, kActionCount> tested_;
};

}  // namespace holdfast::policy
