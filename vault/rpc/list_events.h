// The log by filter, newest first, in pages. The page is read in snapshots on a reader, a bounded stretch of the
// log at a time, so that no search keeps the writer or other readers waiting; what the writer does for it is to
// record that it was asked for, before it is answered.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "holdfast/v1/audit_service.pb.h"
#include "vault/rpc/core.h"

namespace holdfast::rpc {

// `request` and `response` live until the call is over.
grpc::ServerUnaryReactor* StartListing(Core& core, const grpc::CallbackServerContext& context,
                                       const v1::ListEventsRequest& request, v1::ListEventsResponse& response);

}  // namespace holdfast::rpc
