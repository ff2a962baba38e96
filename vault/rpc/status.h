// The one place where our errors become gRPC's: code, message, and details that standard clients understand
// (google.rpc.ErrorInfo, BadRequest, RetryInfo; see errors.proto). What went wrong inside the vault is logged
// and not told. Thread safe.
#pragma once

#include <grpcpp/support/status.h>

#include "vault/base/status.h"

namespace holdfast::rpc {

grpc::Status ToGrpc(const absl::Status& status);

}  // namespace holdfast::rpc
