// Which steps of a playbook a person's departure asks for, and in which order. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vault/playbook/playbook.h"

namespace holdfast::playbook {

// What is known of the person who leaves: kinds of secret of the account that they know, and what they were
// to the account (owner, backup, grantee).
struct Person {
  std::vector<std::string> secret_kinds;
  std::vector<std::string> relations;
};

bool Applies(const Condition& condition, const Person& person);

// All steps: each behind those that it comes after, otherwise as in the file. Steps of a circle, and what
// comes after one, are left out.
std::vector<const Step*> InOrder(const Playbook& playbook);

struct DueStep {
  const Step* step = nullptr;
  std::vector<const Step*> after;  // of those that apply; a step left out passes on what it waits for
};

// The steps that apply to `person`, in order. Borrows from the playbook.
std::vector<DueStep> StepsFor(const Playbook& playbook, const Person& person);

// Whether `earlier` must be done before `later` may begin.
bool ComesBefore(const Playbook& playbook, const Step& earlier, const Step& later);

// "a -> b -> a": each comes after the next; "" when there is no circle.
std::string Circle(const Playbook& playbook);

}  // namespace holdfast::playbook
