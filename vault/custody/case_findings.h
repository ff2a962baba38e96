// What a case waits for: nobody is written to, so whoever can go on is named.
#pragma once

#include <vector>

#include "vault/custody/findings.h"

namespace holdfast::custody {

// Cuts that wait for a yes, and tasks that are overdue.
absl::Status AddCaseFindings(Tx& tx, std::vector<Finding>& findings);

}  // namespace holdfast::custody
