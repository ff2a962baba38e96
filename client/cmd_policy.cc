#include "client/command.h"
#include "client/policy_offline.h"

namespace holdfast::client {

void AddPolicyCommands(CLI::App& root, Invocation& invocation) {
  CLI::App* group = AddGroup(root, "policy", "The rules that decide: check, test and compare them");
  AddPolicyOfflineCommands(*group, invocation);
}

}  // namespace holdfast::client
