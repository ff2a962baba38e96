// What broken glass leaves to do, as findings: a request that waits for somebody to object, and after the
// reveal the rotation and the review.
#pragma once

#include <vector>

#include "vault/custody/findings.h"

namespace holdfast::custody {

absl::Status AddBreakGlassFindings(Tx& tx, std::vector<Finding>& findings);

}  // namespace holdfast::custody
