#include "vault/rpc/caller.h"

#include <chrono>
#include <string>

#include "vault/base/ids.h"
#include "vault/pki/inspect.h"

namespace holdfast::rpc {

absl::StatusOr<std::string_view> PeerCertificate(const grpc::AuthContext& auth) {
  const auto certificates = auth.FindPropertyValues("x509_pem_cert");
  if (!auth.IsPeerAuthenticated() || certificates.size() != 1) {
    return MakeError(absl::StatusCode::kUnauthenticated, "NO_CERTIFICATE",
                     "a client certificate of this vault is needed; enroll this device");
  }
  return std::string_view(certificates[0].data(), certificates[0].size());
}

absl::StatusOr<custody::Caller> CallerOf(const grpc::CallbackServerContext& context,
                                         std::string_view method) {
  const auto auth = context.auth_context();
  HF_ASSIGN_OR_RETURN(const std::string_view certificate, PeerCertificate(*auth));
  HF_ASSIGN_OR_RETURN(Bytes sha256, pki::CertificateSha256(certificate));
  custody::Caller caller{
      .cert_sha256 = std::move(sha256), .peer = context.peer(), .approval = {}, .request = {}};
  caller.request.method = method;
  const auto& metadata = context.client_metadata();
  if (const auto named = metadata.find(kApprovalMetadata); named != metadata.end()) {
    HF_ASSIGN_OR_RETURN(caller.approval, ParseName("approvals", {named->second.data(), named->second.size()},
                                                   kApprovalMetadata));
  }
  return caller;
}

bool IsAbandoned(const grpc::CallbackServerContext& context) {
  return context.IsCancelled() || context.deadline() <= std::chrono::system_clock::now();
}

}  // namespace holdfast::rpc
