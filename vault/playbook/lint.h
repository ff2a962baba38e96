// What is wrong with playbooks that parse: doors that stay open, steps in an order that lets the leaver undo
// them, claims that rest on nothing.
#pragma once

#include <span>
#include <vector>

#include "vault/playbook/playbook.h"

namespace holdfast::playbook {

struct LintReport {
  std::vector<Problem> problems;  // in the order of the text
  std::vector<Problem> warnings;  // likewise; the playbook can be used
};

// REQUIRES: `playbook` was parsed without problems. `now` decides how old its review is.
LintReport Lint(const Playbook& playbook, Micros now);

// A host, or an id, that two playbooks claim: an account would follow whichever is looked at first. Each
// problem stands at its place in the later one.
struct Clash {
  const Playbook* playbook;
  Problem problem;
};
std::vector<Clash> Clashes(std::span<const Playbook> playbooks);

}  // namespace holdfast::playbook
