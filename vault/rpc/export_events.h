// The whole log as a stream.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "holdfast/v1/audit_service.pb.h"
#include "vault/rpc/core.h"

namespace holdfast::rpc {

// Records the export, then sends entries from the start index up to the checkpoint that covers that record,
// and the checkpoint last. The caller is authenticated and authorized again for every page, so that the
// stream of somebody who is suspended ends. Deletes itself when the call is over.
grpc::ServerWriteReactor<v1::ExportEventsResponse>* StartExport(Core& core,
                                                                const grpc::CallbackServerContext& context,
                                                                const v1::ExportEventsRequest& request);

}  // namespace holdfast::rpc
