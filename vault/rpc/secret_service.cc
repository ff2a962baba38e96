// Secrets. A revealed value is sealed to the calling device only after its record is durable, and nowhere
// before that in a message.
#include "holdfast/v1/secret_service.grpc.pb.h"
#include "vault/custody/attest.h"
#include "vault/custody/codes.h"
#include "vault/custody/secrets.h"
#include "vault/rpc/call.h"
#include "vault/rpc/page.h"
#include "vault/rpc/render.h"
#include "vault/rpc/reveal_call.h"
#include "vault/rpc/sealed.h"
#include "vault/rpc/services.h"

namespace holdfast::rpc {
namespace {

using custody::Actor;
using policy::Action;

constexpr std::string_view kReveal = "holdfast.v1.SecretService/RevealSecretVersion";

absl::Status RenderTo(custody::Tx& tx, const absl::StatusOr<custody::SecretRow>& row,
                      v1::SecretVersion& out) {
  HF_RETURN_IF_ERROR(row.status());
  Names names(tx);
  return Render(names, *row, out);
}

absl::StatusOr<Work<v1::SecretVersion>> PrepareAdd(const v1::AddSecretVersionRequest& message,
                                                   custody::Request request) {
  HF_ASSIGN_OR_RETURN(SecretName name, ParseSecretName(message.parent(), "parent"));
  HF_ASSIGN_OR_RETURN(custody::Boxed boxed, BoxedFrom(message.value(), "value"));
  custody::NewValue value{.account = std::move(name.account),
                          .secret = std::move(name.secret),
                          .kind = message.kind(),
                          .value = std::move(boxed),
                          .etag = message.etag()};
  return [request = std::move(request), value = std::move(value)](custody::WriteTx& tx, const Actor& actor,
                                                                  v1::SecretVersion& out) {
    return RenderTo(tx, custody::AddVersion(tx, actor, request, value), out);
  };
}

absl::StatusOr<Reveals> PrepareReveal(const v1::RevealSecretVersionRequest& message,
                                      custody::Request request) {
  HF_ASSIGN_OR_RETURN(VersionName name, ParseSecretOrVersion(message.name(), "name"));
  custody::RevealRequest wanted{
      .account = std::move(name.account), .secret = std::move(name.secret), .version = name.version};
  return
      [request = std::move(request), wanted = std::move(wanted)](custody::WriteTx& tx, const Actor& actor) {
        return custody::Reveal(tx, actor, request, wanted);
      };
}

absl::StatusOr<Releases<v1::GenerateSecretCodeResponse>> PrepareCode(
    const v1::GenerateSecretCodeRequest& message, custody::Request request) {
  HF_ASSIGN_OR_RETURN(SecretName name, ParseSecretName(message.name(), "name"));
  return [request = std::move(request), name = std::move(name)](
             custody::WriteTx& tx, const Actor& actor,
             v1::GenerateSecretCodeResponse& out) -> absl::StatusOr<custody::Release> {
    HF_ASSIGN_OR_RETURN(custody::Code code,
                        custody::GenerateCode(tx, actor, request, name.account, name.secret));
    out.set_rule(code.rule);
    SetTime(code.expires_at, out.mutable_expire_time());
    HF_RETURN_IF_ERROR(RenderTo(tx, code.row, *out.mutable_version()));
    return std::move(code.release);
  };
}

absl::StatusOr<Work<v1::AttestSecretResponse>> PrepareAttest(const v1::AttestSecretRequest& message,
                                                             custody::Request request) {
  HF_ASSIGN_OR_RETURN(VersionName name, ParseSecretOrVersion(message.name(), "name"));
  if (message.through() < 0) return InvalidField("through", "must be the number of a version");
  custody::AttestRequest wanted{.account = std::move(name.account),
                                .secret = std::move(name.secret),
                                .version = name.version,
                                .through = message.through(),
                                .current = message.current(),
                                .evidence = message.evidence()};
  return [request = std::move(request), wanted = std::move(wanted)](
             custody::WriteTx& tx, const Actor& actor, v1::AttestSecretResponse& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const custody::Attested attested, custody::Attest(tx, actor, request, wanted));
    out.set_secret(SecretResource(attested.row.account.name, attested.row.secret.name));
    for (const std::int64_t version : attested.versions) out.add_versions(version);
    return absl::OkStatus();
  };
}

absl::StatusOr<Work<v1::Secret>> PrepareRemove(const v1::RemoveSecretRequest& message,
                                               custody::Request request) {
  HF_ASSIGN_OR_RETURN(SecretName name, ParseSecretName(message.name(), "name"));
  return [&message, request = std::move(request), name = std::move(name)](
             custody::WriteTx& tx, const Actor& actor, v1::Secret& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const storage::Secret secret,
                        custody::Remove(tx, actor, request, name.account, name.secret, message.etag()));
    Render(storage::Account{.name = name.account}, secret, out);
    return absl::OkStatus();
  };
}

absl::StatusOr<Work<v1::SecretVersion>> PrepareDestroy(const v1::DestroySecretVersionRequest& message,
                                                       custody::Request request) {
  HF_ASSIGN_OR_RETURN(VersionName name, ParseVersionName(message.name(), "name"));
  return [request = std::move(request), name = std::move(name)](custody::WriteTx& tx, const Actor& actor,
                                                                v1::SecretVersion& out) {
    return RenderTo(tx, custody::Destroy(tx, actor, request, name.account, name.secret, name.version), out);
  };
}

absl::StatusOr<Query<v1::ListSecretsResponse>> PrepareListSecrets(const v1::ListSecretsRequest& message) {
  HF_ASSIGN_OR_RETURN(std::string parent, ParseName("accounts", message.parent(), "parent"));
  return [&message, parent = std::move(parent)](custody::ReadTx& tx, const Actor& actor,
                                                v1::ListSecretsResponse& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto account, custody::FindAccount(tx, actor, parent, Action::kSecretRead));
    HF_RETURN_IF_ERROR(custody::Authorize(tx, actor, Action::kSecretRead, {.account = &account}).status());
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    HF_ASSIGN_OR_RETURN(auto rows, storage::SecretStore(tx.db()).ListByAccount(account.id));
    std::erase_if(rows, [](const storage::Secret& row) { return row.removed_at.has_value(); });
    out.set_next_page_token(page.SelectAndToken(rows));
    for (const storage::Secret& row : rows) Render(account, row, *out.add_secrets());
    return absl::OkStatus();
  };
}

// By number, one by one: reading them all would read every sealed value.
absl::Status RenderVersions(custody::Tx& tx, custody::SecretRow row, const Page& page,
                            v1::ListSecretVersionsResponse& out) {
  Names names(tx);
  const std::int64_t newest = row.secret.current_version;
  const std::int64_t last = std::min(newest, page.after() + page.limit());
  for (std::int64_t number = page.after() + 1; number <= last; ++number) {
    HF_ASSIGN_OR_RETURN(auto version, storage::SecretStore(tx.db()).Version(row.secret.id, number));
    if (!version.has_value())
      return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED", "a version is gone");
    row.version = *std::move(version);
    HF_RETURN_IF_ERROR(Render(names, row, *out.add_versions()));
  }
  if (last < newest) out.set_next_page_token(page.TokenFor(last));
  return absl::OkStatus();
}

absl::StatusOr<Query<v1::ListSecretVersionsResponse>> PrepareListVersions(
    const v1::ListSecretVersionsRequest& message) {
  HF_ASSIGN_OR_RETURN(SecretName parent, ParseSecretName(message.parent(), "parent"));
  return [&message, parent = std::move(parent)](custody::ReadTx& tx, const Actor& actor,
                                                v1::ListSecretVersionsResponse& out) -> absl::Status {
    custody::SecretRow row;
    HF_ASSIGN_OR_RETURN(row.account, custody::FindAccount(tx, actor, parent.account, Action::kSecretRead));
    HF_RETURN_IF_ERROR(
        custody::Authorize(tx, actor, Action::kSecretRead, {.account = &row.account}).status());
    HF_ASSIGN_OR_RETURN(row.secret, custody::FindSecret(tx, row.account, parent.secret));
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    return RenderVersions(tx, std::move(row), page, out);
  };
}

class SecretService final : public v1::SecretService::CallbackService {
 public:
  explicit SecretService(Core& core) : core_(core) {}

 private:
  Reactor* AddSecretVersion(Context* context, const v1::AddSecretVersionRequest* request,
                            v1::SecretVersion* response) override {
    return Write(core_, context, "holdfast.v1.SecretService/AddSecretVersion", request, response, PrepareAdd);
  }
  Reactor* RevealSecretVersion(Context* context, const v1::RevealSecretVersionRequest* request,
                               v1::RevealSecretVersionResponse* response) override {
    return WriteReveal(core_, context, kReveal, request, response, PrepareReveal);
  }
  Reactor* GenerateSecretCode(Context* context, const v1::GenerateSecretCodeRequest* request,
                              v1::GenerateSecretCodeResponse* response) override {
    return WriteReleasing(core_, context, "holdfast.v1.SecretService/GenerateSecretCode", request, response,
                          PrepareCode);
  }
  Reactor* AttestSecret(Context* context, const v1::AttestSecretRequest* request,
                        v1::AttestSecretResponse* response) override {
    return Write(core_, context, "holdfast.v1.SecretService/AttestSecret", request, response, PrepareAttest);
  }
  Reactor* RemoveSecret(Context* context, const v1::RemoveSecretRequest* request,
                        v1::Secret* response) override {
    return Write(core_, context, "holdfast.v1.SecretService/RemoveSecret", request, response, PrepareRemove);
  }
  Reactor* DestroySecretVersion(Context* context, const v1::DestroySecretVersionRequest* request,
                                v1::SecretVersion* response) override {
    return Write(core_, context, "holdfast.v1.SecretService/DestroySecretVersion", request, response,
                 PrepareDestroy);
  }
  Reactor* ListSecrets(Context* context, const v1::ListSecretsRequest* request,
                       v1::ListSecretsResponse* response) override {
    return Read(core_, context, "holdfast.v1.SecretService/ListSecrets", request, response,
                PrepareListSecrets);
  }
  Reactor* ListSecretVersions(Context* context, const v1::ListSecretVersionsRequest* request,
                              v1::ListSecretVersionsResponse* response) override {
    return Read(core_, context, "holdfast.v1.SecretService/ListSecretVersions", request, response,
                PrepareListVersions);
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeSecretService(Core& core) { return std::make_unique<SecretService>(core); }

}  // namespace holdfast::rpc
