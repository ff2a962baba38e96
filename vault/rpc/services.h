// The services of the API. None blocks a thread of gRPC: each call is checked, handed to the ledger, and
// answered from there. Thread safe. All but enrollment need the certificate of an enrolled device, and
// enrollment one made with an enrollment string: without it every call answers UNAUTHENTICATED.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <vector>

#include "vault/rpc/core.h"

namespace holdfast::rpc {

std::unique_ptr<grpc::Service> MakeAccessService(Core& core);
std::unique_ptr<grpc::Service> MakeAccountService(Core& core);
std::unique_ptr<grpc::Service> MakeApprovalService(Core& core);
std::unique_ptr<grpc::Service> MakeAuditService(Core& core);
std::unique_ptr<grpc::Service> MakeBreakGlassService(Core& core);
std::unique_ptr<grpc::Service> MakeEnrollmentService(Core& core);
std::unique_ptr<grpc::Service> MakeExposureService(Core& core);
std::unique_ptr<grpc::Service> MakeFindingService(Core& core);
std::unique_ptr<grpc::Service> MakeHandoverService(Core& core);
std::unique_ptr<grpc::Service> MakeHolderService(Core& core);
std::unique_ptr<grpc::Service> MakeImportService(Core& core);
std::unique_ptr<grpc::Service> MakePolicyService(Core& core);
std::unique_ptr<grpc::Service> MakeSecretService(Core& core);
std::unique_ptr<grpc::Service> MakeVaultService(Core& core);

// All that a vault offers.
std::vector<std::unique_ptr<grpc::Service>> MakeServices(Core& core);

}  // namespace holdfast::rpc
