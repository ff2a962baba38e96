// Grants: who has access to which account.
#include "holdfast/v1/access_service.grpc.pb.h"
#include "vault/custody/access.h"
#include "vault/policy/duration.h"
#include "vault/rpc/access_filter.h"
#include "vault/rpc/call.h"
#include "vault/rpc/page.h"
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

// Without an account or a holder: all for who may see all, their own for everybody else.
absl::StatusOr<storage::GrantFilter> GrantsOf(custody::Tx& tx, const Actor& actor, std::string_view account,
                                              std::string_view holder) {
  if (account.empty() && holder.empty()) {
    HF_ASSIGN_OR_RETURN(const auto decision, custody::Consider(tx, actor, Action::kGrantRead, {}));
    if (!decision.allowed()) return storage::GrantFilter{.holder_id = actor.holder.id};
    return storage::GrantFilter();
  }
  HF_ASSIGN_OR_RETURN(const auto filter, AuthorizedFilter(tx, actor, Action::kGrantRead, account, holder));
  return storage::GrantFilter{.account_id = filter.account_id, .holder_id = filter.holder_id};
}

absl::StatusOr<Query<v1::ListGrantsResponse>> PrepareList(const v1::ListGrantsRequest& message) {
  HF_ASSIGN_OR_RETURN(std::string account, ParseOptionalName("accounts", message.account(), "account"));
  HF_ASSIGN_OR_RETURN(std::string holder, ParseOptionalName("holders", message.holder(), "holder"));
  return [&message, account = std::move(account), holder = std::move(holder)](
             custody::ReadTx& tx, const Actor& actor, v1::ListGrantsResponse& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto filter, GrantsOf(tx, actor, account, holder));
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    HF_ASSIGN_OR_RETURN(auto rows,
                        storage::GrantStore(tx.db()).List(filter, tx.now(), page.after(), page.limit() + 1));
    out.set_next_page_token(page.CutAndToken(rows));
    Names names(tx);
    for (const storage::Grant& row : rows) HF_RETURN_IF_ERROR(Render(names, row, *out.add_grants()));
    return absl::OkStatus();
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
