// Knows callers by their connection: the certificate that the handshake proved and the network address. Nothing in a
// request is believed about it. Thread safe.
#pragma once

#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>

#include <string_view>

#include "vault/custody/authorize.h"

namespace holdfast::rpc {

// The metadata key of a call by which its caller names the approval to use: "approvals/7".
inline constexpr char kApprovalMetadata[] = "holdfast-approval";

// UNAUTHENTICATED, reason NO_CERTIFICATE; INVALID_ARGUMENT naming kApprovalMetadata. `method`:
// "holdfast.v1.X/Y".
absl::StatusOr<custody::Caller> CallerOf(const grpc::CallbackServerContext& context, std::string_view method);

// The certificate that the connection proved to hold the key of, PEM. UNAUTHENTICATED, reason NO_CERTIFICATE.
absl::StatusOr<std::string_view> PeerCertificate(const grpc::AuthContext& auth);

// True once nobody waits for the answer any more.
bool IsAbandoned(const grpc::CallbackServerContext& context);

}  // namespace holdfast::rpc
