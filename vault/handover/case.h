// A case from its start to its end. Each step is one command of the ledger: decision, effect and event
// together.
#pragma once

#include <string>

#include "vault/custody/authorize.h"
#include "vault/custody/request.h"
#include "vault/handover/successors.h"
#include "vault/handover/view.h"

namespace holdfast::handover {

struct StartRequest {
  std::string leaver;  // holder id
  Wanted wanted;
};

// FAILED_PRECONDITION, reason HANDOVER_OPEN with the detail "handover", while a case of the same person is open.
// Freezes the leaver, plans, and cuts unless an approval is needed first. In a dry run (WriteTx::set_dry_run,
// set by the caller before) the answer is the plan, and nothing stays changed.
absl::StatusOr<CaseView> Start(custody::WriteTx& tx, const custody::Actor& actor,
                               const custody::Request& request, const StartRequest& start);
// A waiting case, where enough people said yes since, or what blocked it is gone. Errors of CarryOut in asking.h.
absl::StatusOr<CaseView> RepeatCut(custody::WriteTx& tx, const custody::Actor& actor,
                                   const custody::Request& request, std::string_view name);
// Other successors for a waiting case, in the place of all that were chosen. Cuts unless an approval is needed, which
// is then asked for anew: whoever changes the plan is who asks for it.
absl::StatusOr<CaseView> Change(custody::WriteTx& tx, const custody::Actor& actor, const custody::Request& request,
                                std::string_view name, const Wanted& wanted);
// Before the cut: everything is as before the freeze, what others did meanwhile included. Takes what the policy
// asks for: it binds this by each rule that forbids or restricts the cut.
absl::StatusOr<CaseView> Cancel(custody::WriteTx& tx, const custody::Actor& actor,
                                const custody::Request& request, std::string_view name, std::string_view etag);
// FAILED_PRECONDITION, reason TASKS_OPEN with the details task1, task2 ..., while something is left to do.
absl::StatusOr<CaseView> Close(custody::WriteTx& tx, const custody::Actor& actor,
                               const custody::Request& request, std::string_view name, std::string_view etag);

}  // namespace holdfast::handover
