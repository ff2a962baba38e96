#include "vault/rpc/services.h"

namespace holdfast::rpc {

std::vector<std::unique_ptr<grpc::Service>> MakeServices(Core& core) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  for (const auto make :
       {MakeAccessService, MakeAccountService, MakeApprovalService, MakeAuditService, MakeBreakGlassService,
        MakeEnrollmentService, MakeExposureService, MakeFindingService, MakeHandoverService, MakeHolderService,
        MakeImportService, MakePolicyService, MakeSecretService, MakeVaultService})
    services.push_back(make(core));
  return services;
}

}  // namespace holdfast::rpc
