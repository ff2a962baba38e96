// Policies and their tests as files, and what is wrong with them.
#pragma once

#include <string>
#include <vector>

#include "client/options.h"
#include "nlohmann/json.hpp"
#include "vault/base/status.h"
#include "vault/policy/document.h"

namespace holdfast::client {

// INVALID_ARGUMENT when it cannot be read.
absl::StatusOr<std::string> ReadPolicyText(const std::string& path);

// Prints "FILE:LINE:COLUMN: message", one a line, where tables are wanted.
absl::Status PrintProblems(const Globals& globals, const std::string& path,
                           const std::vector<policy::Problem>& problems);
nlohmann::ordered_json ProblemsJson(const std::vector<policy::Problem>& problems);
// INVALID_ARGUMENT, reason POLICY_INVALID: "FILE: 3 problems".
absl::Status BadPolicyFile(const std::string& path, std::size_t problems);

// Prints what is wrong.
absl::StatusOr<policy::Document> ParsePolicy(const Globals& globals, const std::string& path,
                                             const std::string& text);
// Reads and parses.
absl::StatusOr<policy::Document> LoadPolicy(const Globals& globals, const std::string& path);

}  // namespace holdfast::client
