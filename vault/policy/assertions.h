// What must never be: assertions proved by going through the whole decision space.
//
// An assertion is broken where some permit lets through what it describes, even if only after approvals.
// Beside a policy's own there are those of the program, which hold below the floor whatever a policy says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vault/base/status.h"
#include "vault/policy/bundle.h"

namespace holdfast::policy {

// Never: an auditor reveals; a leaver approves; a requester is their own approver; an unconfirmed key reveals
// anything of tier 1.
const std::vector<Never>& FloorAssertions();

struct Proof {
  const Never* never;          // of the bundle, or of FloorAssertions()
  std::uint64_t points = 0;    // that it speaks of
  std::string counterexample;  // "secret.reveal with role auditor, tier 1: allow by rule x"; empty: proved

  bool proved() const { return counterexample.empty(); }
};

// What became of one rule.
struct RuleUse {
  std::uint64_t points = 0;  // where it matches
  bool counts = false;       // somewhere it has a say: no rule forbids, and for a require some rule permits
  const Rule* loses_to = nullptr;  // a forbid that beats it; nullptr, when there is none: nothing permits
};

struct Survey {
  std::uint64_t points = 0;               // of the whole space
  std::vector<RuleUse> rules;             // of the document, in its order
  std::vector<Proof> proofs;              // of the document's assertions, in their order, then the floor's
  std::vector<const Rule*> without_wait;  // permit the breaking of glass where the document sets no `wait`
};

// Borrows from the bundle. Errors are those of Space::Of().
absl::StatusOr<Survey> SurveyOf(const Bundle& bundle);

// The proofs alone, and how many points they rest on.
struct Proofs {
  std::uint64_t points = 0;
  std::vector<Proof> proofs;
};
absl::StatusOr<Proofs> Prove(const Bundle& bundle);

}  // namespace holdfast::policy
