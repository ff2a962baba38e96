// Who has seen what.
#include "holdfast/v1/exposure_service.grpc.pb.h"
#include "vault/rpc/access_filter.h"
#include "vault/rpc/call.h"
#include "vault/rpc/page.h"
#include "vault/rpc/render.h"
#include "vault/rpc/services.h"

namespace holdfast::rpc {
namespace {

using custody::Actor;
using policy::Action;

absl::StatusOr<Query<v1::ListExposuresResponse>> PrepareList(const v1::ListExposuresRequest& message) {
  HF_ASSIGN_OR_RETURN(std::string account, ParseOptionalName("accounts", message.account(), "account"));
  HF_ASSIGN_OR_RETURN(std::string holder, ParseOptionalName("holders", message.holder(), "holder"));
  return [&message, account = std::move(account), holder = std::move(holder)](
             custody::ReadTx& tx, const Actor& actor, v1::ListExposuresResponse& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto allowed,
                        AuthorizedFilter(tx, actor, Action::kExposureRead, account, holder));
    const storage::ExposureFilter filter{
        .holder_id = allowed.holder_id, .account_id = allowed.account_id, .live_only = message.live_only()};
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    HF_ASSIGN_OR_RETURN(auto rows,
                        storage::ExposureStore(tx.db()).List(filter, page.after(), page.limit() + 1));
    out.set_next_page_token(page.CutAndToken(rows));
    Names names(tx);
    for (const storage::Exposure& row : rows) HF_RETURN_IF_ERROR(Render(names, row, *out.add_exposures()));
    return absl::OkStatus();
  };
}

class ExposureService final : public v1::ExposureService::CallbackService {
 public:
  explicit ExposureService(Core& core) : core_(core) {}

 private:
  Reactor* ListExposures(Context* context, const v1::ListExposuresRequest* request,
                         v1::ListExposuresResponse* response) override {
    return Read(core_, context, "holdfast.v1.ExposureService/ListExposures", request, response, PrepareList);
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeExposureService(Core& core) {
  return std::make_unique<ExposureService>(core);
}

}  // namespace holdfast::rpc
