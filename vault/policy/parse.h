// Policies as text: TOML 1.0 (https://toml.io/en/v1.0.0), typed. The whole grammar stands in docs/policy.md.
//
//   format = 1
//   name = "org"                                # of the policy
//   qualifications = ["privacy-training"]       # that rules may name; optional
//   [roles]                                     # names for groups of roles; groups may name groups
//   overseer = ["security", "auditor", "offboarding"]
//   [tiers.1]                                   # limits of one tier, 1 to 3; each key optional
//   min_owners = 2
//   max_secret_age = "90d"
//   review_every = "180d"
//   max_grant = "90d"
//   [handover]                                  # freezes_a_day: people whom one workflow freezes by itself
//   [idle]                                      # when idleness is a finding; each key optional
//   holder = "90d"
//   grant = "90d"
//   unconfirmed = "7d"
//   [[rule]]
//   id = "reveal.tier-1"                        # [a-z0-9._-], unique
//   effect = "permit"                           # permit, forbid or require
//   actions = ["secret.reveal"]                 # of action.h; "*" alone: all; "secret.*": all that begin so
//   when = { tier = [1], relation = ["owner"] } # keys of attribute.h; all must hold
//   unless = { hours = ["22:00-06:00"] }        # none may hold
//   require = { reason = true, approvals = 1, approvers = ["owner", "security"] }   # permit and require
//   only; also
//                            # ticket = true, valid = "4h", uses = 1, show = "10m", wait = "1h"; on one line
//   why = "..."                                 # for people
//   [[never]]                                   # id, actions, when, unless, why
//
// Durations: a whole number and one of s, m, h, d: "90d"; 1 s to 3650 d.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "vault/policy/document.h"

namespace holdfast::policy {

inline constexpr std::size_t kMaxPolicyBytes = 256 * 1024;
inline constexpr std::size_t kMaxLineBytes = 4096;
inline constexpr std::size_t kMaxRules = 2000;  // assertions too
inline constexpr std::size_t kMaxNames = 100;   // distinct platforms, units, qualifications, ages, hours

struct Parsed {
  Document document;              // of use only without problems
  std::vector<Problem> problems;  // in the order of the text
};

// Never throws, whatever the bytes. What is wrong is listed as a whole, not only the first.
Parsed Parse(std::string_view text);

}  // namespace holdfast::policy
