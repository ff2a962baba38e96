// Grants: who has access to which account.
#include "holdfast/v1/access_service.grpc.pb.h"
#include "vault/custody/access.h"
#include "vault/policy/duration.h"
#include "vault/rpc/access_filter.h"
#include "vault/rpc/call.h"
#include "vault/rpc/render.h"
#include "vault/rpc/services.h"

namespace holdfast::rpc {
namespace {

using custody::Actor;
using policy::Action;

absl::StatusOr<custody::NewGrant> ParseNewGrant(const v1::Grant& message) {
  custody::NewGrant grant;
  HF_ASSIGN_OR_RETURN(grant.account, ParseName("accounts", message.account(), "grant.account"));
  HF_ASSIGN_OR_RETURN(grant.holder, ParseName("holders", message.holder(), "grant.holder"));
  if (message.has_expire_time()) {
    HF_ASSIGN_OR_RETURN(grant.expires_at, ParseTimestamp(message.expire_time(), "grant.expire_time"));
  }
  if (message.has_ttl()) {
    const google::protobuf::Duration& ttl = message.ttl();
    if (message.has_expire_time()) return InvalidField("grant.ttl", "cannot be given with expire_time");
    if (ttl.seconds() < 1 || ttl.seconds() > policy::kMaxDuration / kSecond || ttl.nanos() != 0)
      return InvalidField("grant.ttl", "must be 1 second to 3650 days, in whole seconds");
    grant.ttl = ttl.seconds() * kSecond;
  }
  return grant;
}

absl::StatusOr<Work<v1::Grant>> PrepareCreate(const v1::CreateGrantRequest& message,
                                              custody::Request request) {
  HF_ASSIGN_OR_RETURN(custody::NewGrant grant, ParseNewGrant(message.grant()));
  return [request = std::move(request), grant = std::move(grant)](custody::WriteTx& tx, const Actor& actor,
                                                                  v1::Grant& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto row, custody::CreateGrant(tx, actor, request, grant));
    Names names(tx);
    return Render(names, row, out);
  };
}

absl::StatusOr<Work<v1::Grant>> PrepareRevoke(const v1::RevokeGrantRequest& message,
                                              custody::Request request) {
  HF_ASSIGN_OR_RETURN(GrantName name, ParseGrantName(message.name(), "name"));
  return [request = std::move(request), name = std::move(name)](custody::WriteTx& tx, const Actor& actor,
                                                                v1::Grant& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto row, custody::RevokeGrant(tx, actor, request, name.account, name.holder));
    Names names(tx);
    return Render(names, row, out);
  };
}

absl::StatusOr<Query<v1::ListGrantsResponse>> PrepareList(const v1::ListGrantsRequest& message) {
  HF_ASSIGN_OR_RETURN(std::string account, ParseOptionalName("accounts", message.account(), "account"));
  HF_ASSIGN_OR_RETURN(std::string holder, ParseOptionalName("holders", message.holder(), "holder"));
  return [&message, account = std::move(account), holder = std::move(holder)](
             custody::ReadTx& tx, const Actor& actor, v1::ListGrantsResponse& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(auto filter, AccessFilter::Of(tx, actor, Action::kGrantRead, account, holder));
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    const storage::GrantFilter wanted{.account_id = filter.account_id(), .holder_id = filter.holder_id()};
    Names names(tx);
    HF_ASSIGN_OR_RETURN(
        const Shown shown,
        ShowVisible(
            page,
            [&](std::int64_t after, int limit) {
              return storage::GrantStore(tx.db()).List(wanted, tx.now(), after, limit);
            },
            [&](const storage::Grant& row) { return filter.Sees(row.account_id, row.holder_id); },
            [&](const storage::Grant& row) { return Render(names, row, *out.add_grants()); }));
    out.set_next_page_token(shown.next);
    return filter.End(shown);
  };
}

class AccessService final : public v1::AccessService::CallbackService {
 public:
  explicit AccessService(Core& core) : core_(core) {}

 private:
  Reactor* CreateGrant(Context* context, const v1::CreateGrantRequest* request,
                       v1::Grant* response) override {
    return Write(core_, context, "holdfast.v1.AccessService/CreateGrant", request, response, PrepareCreate);
  }
  Reactor* RevokeGrant(Context* context, const v1::RevokeGrantRequest* request,
                       v1::Grant* response) override {
    return Write(core_, context, "holdfast.v1.AccessService/RevokeGrant", request, response, PrepareRevoke);
  }
  Reactor* ListGrants(Context* context, const v1::ListGrantsRequest* request,
                      v1::ListGrantsResponse* response) override {
    return Read(core_, context, "holdfast.v1.AccessService/ListGrants", request, response, PrepareList);
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAccessService(Core& core) { return std::make_unique<AccessService>(core); }

}  // namespace holdfast::rpc
