// How failures reach people and programs: exit codes, one line or one JSON object on standard error.
#pragma once

#include <string>

#include "vault/base/status.h"

namespace grpc {
class Status;
}

namespace holdfast::client {

enum class ExitCode : int {
  kOk = 0,
  kInternal = 1,
  kUsage = 2,            // usage, invalid argument, nobody to confirm
  kUnauthenticated = 3,  // not enrolled, or not accepted
  kDenied = 4,           // denied, or the holder is not active
  kApproval = 5,         // waits for an approval
  kNotFound = 6,
  kConflict = 7,     // exists already, precondition, etag
  kUnavailable = 8,  // sealed, unreachable, overloaded, late
  kVerification = 9,
};

ExitCode ExitCodeOf(const absl::Status& status);

// What the server answered, with the reason, field and details of its ErrorStatus; or, when the call never
// got there, what that means for somebody who called the vault at `address`.
absl::Status FromGrpc(const grpc::Status& status, const std::string& address);

// The same failure, with "; <hint>" behind its message.
absl::Status WithHint(const absl::Status& failed, std::string_view hint);

// "holdfast: message", with fields of the API named as options of the command.
std::string ErrorLine(const absl::Status& status);
// {"error": {"code", "status", "message", "details"}}, in the shape of google.rpc.Status.
std::string ErrorJson(const absl::Status& status);

}  // namespace holdfast::client
