// What can be done with policies as files, without a vault: "policy lint", "policy test" and "policy diff".
#pragma once

#include <string>

#include "client/command.h"
#include "vault/policy/diff.h"

namespace holdfast::client {

// In lines, for people.
std::string DifferenceText(const policy::Difference& difference);

void AddPolicyOfflineCommands(CLI::App& group, Invocation& invocation);

}  // namespace holdfast::client
