// What can be done with policies as files, without a vault: "policy lint", "policy test" and "policy diff".
#pragma once

#include "client/command.h"

namespace holdfast::client {

void AddPolicyOfflineCommands(CLI::App& group, Invocation& invocation);

}  // namespace holdfast::client
