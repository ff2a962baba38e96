// Tests of policies, written by those who write policies: facts, and the decision that must follow. The words
// are those of rules.
//
//   [[case]]
//   name = "a grantee of tier 1 waits for another's yes"
//   now = "2026-11-22T10:00:00Z"
//   action = "secret.reveal"
//   subject = { role = ["member"], relation = "grantee" }
//   resource = { tier = 1, secret_kind = "password" }
//   context = { reason = true, votes = [{ person = "bob", relation = "owner" }] }
//   expect = "allow"                       # "allow", "pending" or "deny"
//   rule = "reveal.tier-1"                 # that decides; optional
//   missing = ["approval by 1 of owner"]   # of what is pending, word for word; optional
//
// subject: role, holder, status, key, additional_key, key_age, relation, qualification, person. Unless said
// otherwise it is an active person with the role member and a confirmed key of age 0, related to nothing.
// resource: tier, platform, unit, secret_kind, account, version, owners, rotation_age. An account with a tier
// is active, a secret's version the current one, unless said otherwise. context: votes (of person, role,
// holder, status, relation) and, each true or false: reason, ticket, in_handover, about_self, about_officer,
// requested_by_self, sole_officer, successor_unvetted, successor_is_self.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/policy/bundle.h"
#include "vault/policy/document.h"
#include "vault/policy/explain.h"

namespace holdfast::policy {

struct Case {
  std::string name;
  Position at;
  Action action{};
  Subject subject;
  Resource resource;  // without its texts:
  std::string platform;
  std::string unit;
  std::string secret_kind;
  Context context;  // without its text:
  std::string person = "subject";

  Effect expect = Effect::kDeny;
  std::optional<std::string> rule;
  std::optional<std::vector<std::string>> missing;

  // Borrows from this.
  Facts facts() const;
};

struct Fixture {
  std::vector<Case> cases;
  std::vector<Problem> problems;  // in the order of the text; `cases` are of use only without any
};

// Never throws, whatever the bytes. A file without cases is a problem: it would pass whatever it is run on.
Fixture ParseFixture(std::string_view text);

struct Outcome {
  const Case* of;
  Explanation explanation;
  std::string fault;  // "got deny by default.deny: ..., wanted allow"; empty: passed

  bool passed() const { return fault.empty(); }
};

// Borrows from both.
std::vector<Outcome> RunFixture(const Bundle& bundle, const std::vector<Case>& cases);

}  // namespace holdfast::policy
