// What a permit asks for in return, and whether it was given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vault/policy/facts.h"

namespace holdfast::policy {

// Who may say yes: bits of Approver.
enum class Approver : int { kOwner = 1, kBackup = 2, kSecurity = 4, kAuditor = 8, kMember = 16 };

// `count` distinct persons, each one of `who`.
struct ApprovalNeed {
  int count = 0;
  int who = 0;

  bool operator==(const ApprovalNeed&) const = default;
};

struct Obligations {
  bool reason = false;
  bool ticket = false;
  std::vector<ApprovalNeed> approvals;  // all of them; one person may count towards several
  std::optional<Micros> valid;          // how long an approval can be used, from the last yes
  std::optional<int> uses;              // how often
  std::optional<Micros> show;           // how long a value may stay on a screen
  std::optional<Micros> wait;           // before a broken glass gives anything away

  bool operator==(const Obligations&) const = default;
};

// The stricter of each. Order never matters.
void Merge(Obligations& into, const Obligations& other);

// Whether a holder of these roles and this relation is one of `who`.
bool IsApprover(int who, std::int64_t roles, std::optional<Relation> relation);
// "1 of owner, security".
std::string Describe(const ApprovalNeed& need);

// What is still missing, in words: "reason", "ticket", "1 more approval of owner, security". Counts distinct
// persons; never the one who asks, never a workflow, never somebody who is not active, an auditor's or
// offboarding identity's yes only where auditors are named.
std::vector<std::string> Missing(const Obligations& obligations, const Context& context);
// How many yeses `need` still lacks.
int Lacking(const ApprovalNeed& need, const Context& context);

}  // namespace holdfast::policy
