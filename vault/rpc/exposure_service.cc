// Who has seen what.
#include "holdfast/v1/exposure_service.grpc.pb.h"
#include "vault/custody/knowledge.h"
#include "vault/custody/reach.h"
#include "vault/rpc/access_filter.h"
#include "vault/rpc/call.h"
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
    HF_ASSIGN_OR_RETURN(auto filter, AccessFilter::Of(tx, actor, Action::kExposureRead, account, holder));
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    const storage::ExposureFilter wanted{.holder_id = filter.holder_id(),
                                         .account_id = filter.account_id(),
                                         .live_only = message.live_only()};
    Names names(tx);
    HF_ASSIGN_OR_RETURN(
        const Shown shown,
        ShowVisible(
            page,
            [&](std::int64_t after, int limit) {
              return storage::ExposureStore(tx.db()).List(wanted, after, limit);
            },
            [&](const storage::Exposure& row) { return filter.Sees(row.account_id, row.holder_id); },
            [&](const storage::Exposure& row) { return Render(names, row, *out.add_exposures()); }));
    out.set_next_page_token(shown.next);
    return filter.End(shown);
  };
}

// The one just recorded.
absl::Status RenderKnown(custody::Tx& tx, const custody::Declared& declared, v1::Exposure& out) {
  HF_ASSIGN_OR_RETURN(const auto rows, storage::ExposureStore(tx.db()).Of(declared.holder.id,
                                                                          declared.row.secret.id,
                                                                          declared.row.version.version));
  Names names(tx);
  for (const storage::Exposure& row : rows) {
    if (row.how == ExposureHow::kKnown) return Render(names, row, out);
  }
  return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED", "an exposure is gone");
}

absl::StatusOr<Work<v1::Exposure>> PrepareAdd(const v1::AddExposureRequest& message,
                                              custody::Request request) {
  HF_ASSIGN_OR_RETURN(VersionName name, ParseSecretOrVersion(message.version(), "version"));
  HF_ASSIGN_OR_RETURN(std::string holder, ParseName("holders", message.holder(), "holder"));
  custody::Knowledge knowledge{.account = std::move(name.account),
                               .secret = std::move(name.secret),
                               .version = name.version,
                               .holder = std::move(holder)};
  return [request = std::move(request), knowledge = std::move(knowledge)](
             custody::WriteTx& tx, const Actor& actor, v1::Exposure& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const custody::Declared declared,
                        custody::DeclareKnown(tx, actor, request, knowledge));
    return RenderKnown(tx, declared, out);
  };
}

// A path tells of each account on it that it is there, and what else opens it.
absl::StatusOr<bool> SeesPath(AccessFilter& exposures, custody::Sight& accounts, const custody::Reach& reach,
                              const custody::ReachedAccount& reached, std::int64_t holder_id) {
  for (const std::int64_t account_id : reach.AccountsOnPath(reached)) {
    HF_ASSIGN_OR_RETURN(const bool sees_exposure, exposures.Sees(account_id, holder_id));
    HF_ASSIGN_OR_RETURN(const bool sees_account, accounts.Sees(account_id, std::nullopt));
    if (!sees_exposure || !sees_account) return false;
  }
  return true;
}

absl::StatusOr<Query<v1::ListReachResponse>> PrepareReach(const v1::ListReachRequest& message) {
  HF_ASSIGN_OR_RETURN(std::string holder, ParseName("holders", message.holder(), "holder"));
  return [&message, holder = std::move(holder)](custody::ReadTx& tx, const Actor& actor,
                                                v1::ListReachResponse& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(auto exposures, AccessFilter::Of(tx, actor, Action::kExposureRead, "", holder));
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    HF_ASSIGN_OR_RETURN(const storage::Holder row, custody::LoadHolder(tx, *exposures.holder_id()));
    HF_ASSIGN_OR_RETURN(const auto reach, custody::Reach::Of(tx, row.person, storage::KnownBy::kExposure));
    custody::Sight accounts(tx, actor, Action::kAccountRead);
    Names names(tx);
    HF_ASSIGN_OR_RETURN(
        const Shown shown,
        ShowVisible(
            page,
            [&](std::int64_t after, int limit) -> absl::StatusOr<std::vector<custody::ReachedAccount>> {
              return reach.After(after, static_cast<std::size_t>(limit));
            },
            [&](const custody::ReachedAccount& one) { return SeesPath(exposures, accounts, reach, one, row.id); },
            [&](const custody::ReachedAccount& one) -> absl::Status {
              v1::ReachedAccount& reached = *out.add_accounts();
              HF_ASSIGN_OR_RETURN(*reached.mutable_account(), names.Account(one.id));
              HF_ASSIGN_OR_RETURN(*reached.mutable_path(), reach.Explain(one));
              reached.set_links(static_cast<std::int32_t>(one.links));
              return absl::OkStatus();
            }));
    out.set_next_page_token(shown.next);
    return exposures.End(shown);
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
  Reactor* AddExposure(Context* context, const v1::AddExposureRequest* request,
                       v1::Exposure* response) override {
    return Write(core_, context, "holdfast.v1.ExposureService/AddExposure", request, response, PrepareAdd);
  }
  Reactor* ListReach(Context* context, const v1::ListReachRequest* request,
                     v1::ListReachResponse* response) override {
    return Read(core_, context, "holdfast.v1.ExposureService/ListReach", request, response, PrepareReach);
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeExposureService(Core& core) {
  return std::make_unique<ExposureService>(core);
}

}  // namespace holdfast::rpc
