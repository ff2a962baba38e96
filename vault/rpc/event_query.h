// Questions to the audit log. Thread safe.
#pragma once

#include <string>

#include "holdfast/v1/audit_service.pb.h"
#include "vault/custody/authorize.h"
#include "vault/storage/event_store.h"

namespace holdfast::rpc {

// What of the question can be checked without the vault. Errors name the fields.
absl::Status CheckEventQuery(const v1::ListEventsRequest& message);
// REQUIRES: CheckEventQuery was OK. NOT_FOUND for names that the vault does not know.
absl::StatusOr<storage::EventFilter> FilterOf(custody::Tx& tx, const v1::ListEventsRequest& message);
// True when the type, or group of types, in a question is that of an action: events of it can come.
bool IsTypeOfAnAction(const std::string& type);
// One line that says what was asked, for the record: "account=accounts/a type=secret.*"; "all" without a
// filter.
std::string QueryText(const v1::ListEventsRequest& message);

}  // namespace holdfast::rpc
