// A task that ends without a new value: the account is closed at the platform, or the secret is none. Attested
// by somebody else than the leaver, and for the values that are there now: what is put in later counts again.
#pragma once

#include <string>

#include "vault/custody/authorize.h"
#include "vault/custody/request.h"
#include "vault/handover/view.h"

namespace holdfast::handover {

struct SettleRequest {
  std::string name;       // of the case
  std::int64_t task = 0;  // TaskView::id
  storage::SettledAs as = storage::SettledAs::kNot;
  std::string evidence;
};
struct SettledTask {
  storage::Handover row;
  TaskView task;
};
// FAILED_PRECONDITION: reason HANDOVER_STATE unless the case is cut and open; TASK_DONE.
absl::StatusOr<SettledTask> Settle(custody::WriteTx& tx, const custody::Actor& actor,
                                   const custody::Request& request, const SettleRequest& wanted);

// "closed".
std::string_view SettledName(storage::SettledAs as);

}  // namespace holdfast::handover
