// The facts that a decision rests on, as the vault knows them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/vocabulary.h"
#include "vault/policy/action.h"

namespace holdfast::policy {

// Who asks.
struct Subject {
  std::int64_t roles = 0;  // bits of Role
  HolderKind kind = HolderKind::kPerson;
  HolderStatus status = HolderStatus::kActive;
  KeyState key = KeyState::kUnconfirmed;
  bool key_is_additional = false;    // the holder had another key before this one
  Micros key_age = 0;                // since the key was confirmed; 0 while it is not
  std::optional<Relation> relation;  // to the account in question, live now
  std::vector<std::string> qualifications;
};

enum class VersionState : int { kNone, kCurrent, kSuperseded, kRetired };

// What is asked for. Texts are borrowed for the decision.
struct Resource {
  int tier = 0;  // 1 highest; 0 where no account is meant
  std::string_view platform;
  std::string_view unit;
  std::optional<AccountState> account;
  std::string_view secret_kind;  // empty where no secret is meant
  VersionState version = VersionState::kNone;
  int owners = 0;           // active owners, backup owners included
  Micros rotation_age = 0;  // since the secret's newest version was put in
};

// One person's yes to this very operation, with what that person is now.
struct Vote {
  std::string person;
  std::int64_t roles = 0;
  HolderKind kind = HolderKind::kPerson;
  HolderStatus status = HolderStatus::kActive;
  std::optional<Relation> relation;  // to the account in question, live now
  bool gains = false;                // would own something by what is voted on: counts for nothing
};

// In which circumstances. All comparisons of people compare persons, not holders.
struct Context {
  Micros now = 0;
  std::string_view person;  // who asks: whose yes does not count
  std::vector<Vote> votes;
  bool has_reason = false;
  bool has_ticket = false;
  bool in_handover = false;         // the account, or the holder it is about, is in an open handover
  bool about_self = false;          // the holder the call is about is the caller's person
  bool requested_by_self = false;   // the caller's person made the request that is to be approved
  bool sole_officer = false;        // no other person with the role security ever had a confirmed key
  bool about_officer = false;       // the holder the call is about has the role security
  int tier_at_stake = 0;            // the highest tier that such a successor would own; 0: none
  bool successor_unvetted = false;  // a named successor is not a backup owner of everything they would get
  bool successor_is_self = false;   // the caller's person would own what they are no backup owner of
};

struct Facts {
  Subject subject;
  Action action = Action::kVaultRead;
  Resource resource;
  Context context;
};

}  // namespace holdfast::policy
