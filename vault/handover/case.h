// A case from its start to its end. Each step is one command of the ledger: decision, effect and event
// together.
#pragma once

#include <string>

#include "vault/custody/authorize.h"
#include "vault/custody/request.h"
#include "vault/handover/view.h"

namespace holdfast::handover {

struct StartRequest {
  std::string leaver;     // holder id
  std::string successor;  // holder id; empty: each account's backup owner, else the custodian
};

// Freezes the leaver, plans, and cuts unless an approval is needed first. In a dry run (WriteTx::set_dry_run,
// set by the caller before) the answer is the plan, and nothing stays changed.
absl::StatusOr<CaseView> Start(custody::WriteTx& tx, const custody::Actor& actor,
                               const custody::Request& request, const StartRequest& start);
absl::StatusOr<CaseView> Approve(custody::WriteTx& tx, const custody::Actor& actor,
                                 const custody::Request& request, std::string_view name);
// FAILED_PRECONDITION, reason TASKS_OPEN with the details task1, task2 ..., while something is left to do.
absl::StatusOr<CaseView> Close(custody::WriteTx& tx, const custody::Actor& actor,
                               const custody::Request& request, std::string_view name, std::string_view etag);

}  // namespace holdfast::handover
