#include "client/command.h"
#include "client/policy_offline.h"
#include "client/policy_online.h"

namespace holdfast::client {

void AddPolicyCommands(CLI::App& root, Invocation& invocation) {
  CLI::App* group =
      AddGroup(root, "policy", "The rules that decide: check, test, compare, change and explain them");
  AddPolicyOfflineCommands(*group, invocation);
  AddPolicyOnlineCommands(*group, invocation);
}

}  // namespace holdfast::client
