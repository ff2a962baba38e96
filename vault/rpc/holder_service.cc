// Holders and their devices.
#include "holdfast/v1/holder_service.grpc.pb.h"
#include "vault/base/text.h"
#include "vault/custody/holders.h"
#include "vault/custody/renew.h"
#include "vault/custody/sight.h"
#include "vault/pki/csr.h"
#include "vault/rpc/call.h"
#include "vault/rpc/render.h"
#include "vault/rpc/services.h"
#include "vault/rpc/update_mask.h"
#include "vault/rpc/visible.h"

namespace holdfast::rpc {
namespace {

using custody::Actor;
using policy::Action;

constexpr std::size_t kMaxFingerprint = 128;

// Of a request to make a string.
template <class Message>
absl::StatusOr<Micros> StringLifetime(const Message& message) {
  if (!message.has_enrollment_ttl()) return custody::kStringLifetime;
  // Bounded before it is multiplied: any number may come.
  const std::int64_t seconds = message.enrollment_ttl().seconds();
  const bool sane = seconds >= 0 && seconds <= custody::kMaxStringLifetime / kSecond;
  const Micros lifetime = sane ? seconds * kSecond : 0;
  HF_RETURN_IF_ERROR(custody::CheckStringLifetime("enrollment_ttl", lifetime));
  return lifetime;
}

absl::StatusOr<custody::NewHolder> ParseNewHolder(const v1::CreateHolderRequest& message) {
  const v1::Holder& holder = message.holder();
  custody::NewHolder wanted{
      .name = message.holder_id(), .display_name = holder.display_name(), .person = holder.person()};
  HF_ASSIGN_OR_RETURN(wanted.kind, FromProto(holder.kind(), "holder.kind"));
  HF_ASSIGN_OR_RETURN(wanted.roles, RolesFromProto(holder.roles(), "holder.roles"));
  HF_ASSIGN_OR_RETURN(wanted.string_lifetime, StringLifetime(message));
  wanted.qualifications.assign(holder.qualifications().begin(), holder.qualifications().end());
  HF_RETURN_IF_ERROR(custody::CheckNewHolder(wanted));
  return wanted;
}

// The holder, and the string for its device when there is one that will stand.
absl::Status RenderEnrolling(custody::WriteTx& tx, absl::StatusOr<custody::Enrolling> enrolling,
                             const std::string& api_address, v1::Holder& out) {
  HF_RETURN_IF_ERROR(enrolling.status());
  Names names(tx);
  HF_RETURN_IF_ERROR(RenderWithKeys(names, enrolling->holder, out));
  custody::NewString& string = enrolling->string;
  if (string.key.empty() || tx.dry_run()) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const Plaintext text, custody::FormatString(tx.keys(), enrolling->holder.name, api_address,
                                                                  std::move(string.key)));
  *out.mutable_enrollment() = AsChars(text.ExposeSecret());
  SetTime(string.expires_at, out.mutable_enrollment_expire_time());
  return absl::OkStatus();
}

absl::StatusOr<Work<v1::Holder>> PrepareCreate(const std::string& api_address,
                                               const v1::CreateHolderRequest& message,
                                               custody::Request request) {
  HF_ASSIGN_OR_RETURN(custody::NewHolder wanted, ParseNewHolder(message));
  return [&api_address, request = std::move(request), wanted = std::move(wanted)](
             custody::WriteTx& tx, const Actor& actor, v1::Holder& out) {
    return RenderEnrolling(tx, custody::CreateHolder(tx, actor, request, wanted), api_address, out);
  };
}

absl::StatusOr<Work<v1::Holder>> PrepareIssue(const std::string& api_address,
                                              const v1::IssueEnrollmentRequest& message,
                                              custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("holders", message.name(), "name"));
  HF_ASSIGN_OR_RETURN(const Micros lifetime, StringLifetime(message));
  return [&api_address, request = std::move(request), name = std::move(name), lifetime](
             custody::WriteTx& tx, const Actor& actor, v1::Holder& out) {
    return RenderEnrolling(tx, custody::IssueEnrollment(tx, actor, request, name, lifetime), api_address, out);
  };
}

absl::StatusOr<Work<v1::Holder>> PrepareUpdate(const v1::UpdateHolderRequest& message,
                                               custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("holders", message.holder().name(), "holder.name"));
  HF_ASSIGN_OR_RETURN(custody::HolderChange change, ChangeOf(message));
  return [&message, request = std::move(request), name = std::move(name), change = std::move(change)](
             custody::WriteTx& tx, const Actor& actor, v1::Holder& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto row,
                        custody::UpdateHolder(tx, actor, request, name, change, message.holder().etag()));
    Names names(tx);
    return RenderWithKeys(names, row, out);
  };
}

// Confirmation and revocation differ in the operation alone.
template <auto kOperation, class Message>
absl::StatusOr<Work<v1::Holder>> PrepareKey(const Message& message, custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("holders", message.name(), "name"));
  HF_RETURN_IF_ERROR(CheckLine("fingerprint", message.fingerprint(), kMaxFingerprint, /*required=*/true));
  return [&message, request = std::move(request), name = std::move(name)](
             custody::WriteTx& tx, const Actor& actor, v1::Holder& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto row, kOperation(tx, actor, request, name, message.fingerprint()));
    Names names(tx);
    return RenderWithKeys(names, row, out);
  };
}

// Suspension, its confirmation and its end differ in the operation alone.
template <auto kOperation, class Message>
absl::StatusOr<Work<v1::Holder>> PrepareSwitch(const Message& message, custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("holders", message.name(), "name"));
  return [&message, request = std::move(request), name = std::move(name)](
             custody::WriteTx& tx, const Actor& actor, v1::Holder& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto row, kOperation(tx, actor, request, name, message.etag()));
    Render(row, out);
    return absl::OkStatus();
  };
}

absl::StatusOr<Query<v1::Holder>> PrepareGet(const v1::GetHolderRequest& message) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("holders", message.name(), "name"));
  return [name = std::move(name)](custody::ReadTx& tx, const Actor& actor, v1::Holder& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto row, custody::FindHolder(tx, actor, name, Action::kHolderRead));
    HF_RETURN_IF_ERROR(custody::Authorize(tx, actor, Action::kHolderRead, {.subject = &row}).status());
    Names names(tx);
    return RenderWithKeys(names, row, out);
  };
}

absl::StatusOr<Query<v1::ListHoldersResponse>> PrepareList(const v1::ListHoldersRequest& message) {
  return [&message](custody::ReadTx& tx, const Actor& actor, v1::ListHoldersResponse& out) -> absl::Status {
    const absl::Status any = custody::Authorize(tx, actor, Action::kHolderRead, {}).status();
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    custody::Sight sight(tx, actor, Action::kHolderRead);
    HF_ASSIGN_OR_RETURN(
        const Shown shown,
        ShowVisible(
            page,
            [&](std::int64_t after, int limit) { return storage::HolderStore(tx.db()).List(after, limit); },
            [&](const storage::Holder& row) { return sight.Sees(std::nullopt, row.id); },
            [&](const storage::Holder& row) {
              Render(row, *out.add_holders());
              return absl::OkStatus();
            }));
    out.set_next_page_token(shown.next);
    return shown.nothing() ? any : absl::OkStatus();
  };
}

void Render(const custody::Renewed& renewed, v1::RenewKeyResponse& out) {
  out.set_certificate(renewed.certificate.pem);
  SetTime(renewed.certificate.not_after, out.mutable_expire_time());
  out.set_fingerprint(custody::FingerprintOf(renewed.key));
}

class HolderService final : public v1::HolderService::CallbackService {
 public:
  explicit HolderService(Core& core) : core_(core) {}

 private:
  Reactor* CreateHolder(Context* context, const v1::CreateHolderRequest* request,
                        v1::Holder* response) override {
    return Write(core_, context, "holdfast.v1.HolderService/CreateHolder", request, response,
                 std::bind_front(PrepareCreate, std::cref(core_.api_address)));
  }
  Reactor* IssueEnrollment(Context* context, const v1::IssueEnrollmentRequest* request,
                           v1::Holder* response) override {
    return Write(core_, context, "holdfast.v1.HolderService/IssueEnrollment", request, response,
                 std::bind_front(PrepareIssue, std::cref(core_.api_address)));
  }
  Reactor* ConfirmKey(Context* context, const v1::ConfirmKeyRequest* request, v1::Holder* response) override {
    return Write(core_, context, "holdfast.v1.HolderService/ConfirmKey", request, response,
                 PrepareKey<custody::ConfirmKey, v1::ConfirmKeyRequest>);
  }
  Reactor* RevokeKey(Context* context, const v1::RevokeKeyRequest* request, v1::Holder* response) override {
    return Write(core_, context, "holdfast.v1.HolderService/RevokeKey", request, response,
                 PrepareKey<custody::RevokeKey, v1::RevokeKeyRequest>);
  }
  // Not as the others: a certificate that is refused everywhere else is to be looked at here.
  Reactor* RenewKey(Context* context, const v1::RenewKeyRequest* request,
                    v1::RenewKeyResponse* response) override {
    constexpr std::string_view kMethod = "holdfast.v1.HolderService/RenewKey";
    auto* call = new Call<v1::RenewKeyResponse>(*context, *response);
    if (request->csr().empty() || request->csr().size() > pki::kMaxCsrSize)
      return Fail(call, InvalidField("csr", "must be a PKCS#10 request in PEM of at most 8 KiB"));
    auto caller = call->Enter(core_, kMethod);
    if (!caller.ok()) return Fail(call, caller.status());
    auto keyed = RequestOf(kMethod, *request);
    if (!keyed.ok()) return Fail(call, keyed.status());
    caller->request = *std::move(keyed);
    call->Submit(core_.ledger,
                 [caller = *std::move(caller), request, response](custody::WriteTx& tx) -> absl::Status {
                   HF_ASSIGN_OR_RETURN(const auto renewed, custody::RenewKey(tx, caller, request->csr()));
                   Render(renewed, *response);
                   return Decided(tx, absl::OkStatus());
                 });
    return call;
  }
  Reactor* UpdateHolder(Context* context, const v1::UpdateHolderRequest* request,
                        v1::Holder* response) override {
    return Write(core_, context, "holdfast.v1.HolderService/UpdateHolder", request, response, PrepareUpdate);
  }
  Reactor* SuspendHolder(Context* context, const v1::SuspendHolderRequest* request,
                         v1::Holder* response) override {
    return Write(core_, context, "holdfast.v1.HolderService/SuspendHolder", request, response,
                 PrepareSwitch<custody::SuspendHolder, v1::SuspendHolderRequest>);
  }
  Reactor* ResumeHolder(Context* context, const v1::ResumeHolderRequest* request,
                        v1::Holder* response) override {
    return Write(core_, context, "holdfast.v1.HolderService/ResumeHolder", request, response,
                 PrepareSwitch<custody::ResumeHolder, v1::ResumeHolderRequest>);
  }
  Reactor* ConfirmSuspension(Context* context, const v1::ConfirmSuspensionRequest* request,
                             v1::Holder* response) override {
    return Write(core_, context, "holdfast.v1.HolderService/ConfirmSuspension", request, response,
                 PrepareSwitch<custody::ConfirmSuspension, v1::ConfirmSuspensionRequest>);
  }
  Reactor* GetHolder(Context* context, const v1::GetHolderRequest* request, v1::Holder* response) override {
    return Read(core_, context, "holdfast.v1.HolderService/GetHolder", request, response, PrepareGet);
  }
  Reactor* ListHolders(Context* context, const v1::ListHoldersRequest* request,
                       v1::ListHoldersResponse* response) override {
    return Read(core_, context, "holdfast.v1.HolderService/ListHolders", request, response, PrepareList);
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeHolderService(Core& core) { return std::make_unique<HolderService>(core); }

}  // namespace holdfast::rpc
