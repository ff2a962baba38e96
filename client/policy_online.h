// What is done with the vault's own policy: "policy stage", "activate", "approve", "show", "list" and
// "explain".
#pragma once

#include "client/command.h"
#include "vault/policy/document.h"

namespace holdfast::client {

void AddPolicyOnlineCommands(CLI::App& group, Invocation& invocation);

// Whether a policy is named as the vault's, "active", "policies/floor" or "policies/7", and not as a file, as
// "policies/org.toml" is.
bool NamesVaultsPolicy(std::string_view text);
// Fetches and parses that one.
absl::StatusOr<policy::Document> FetchPolicy(std::string_view text);

}  // namespace holdfast::client
