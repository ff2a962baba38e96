// Findings about what people know: values in force that are known to somebody without access, secrets of which
// no value works, and values in force twice.
#pragma once

#include <vector>

#include "vault/custody/findings.h"

namespace holdfast::custody {

absl::Status AddKnowledgeFindings(Tx& tx, std::vector<Finding>& findings);

}  // namespace holdfast::custody
