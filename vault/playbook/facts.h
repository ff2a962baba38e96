// What a playbook claims of its platform: each claim rests on a source, or is an open question that a step
// asks a person to check.
#pragma once

#include <string>
#include <vector>

#include "vault/playbook/playbook.h"

namespace holdfast::playbook {

struct Claim {
  std::string id;    // "identity", "owners", "password", or the id of a hold or wait
  std::string text;  // what is claimed
  std::vector<const Source*> sources;
  const Step* asked_by = nullptr;  // the step that checks it, where it is an open question
  // Has no source, or is a wait of unknown length, or the unknown rules of a password that a step replaces.
  bool is_open = false;
  Position at;
};

// In the order of the file: identity, owners, password (where a step replaces one), holds, waits. Borrows
// from the playbook.
std::vector<Claim> ClaimsOf(const Playbook& playbook);

// Whether a step replaces the password.
bool ReplacesPassword(const Step& step);

}  // namespace holdfast::playbook
