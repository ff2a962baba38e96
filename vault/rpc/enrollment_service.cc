// Enrollment: what a device calls that has nothing but an enrollment string.
#include "holdfast/v1/enrollment_service.grpc.pb.h"
#include "vault/custody/authorize.h"
#include "vault/custody/enroll.h"
#include "vault/pki/csr.h"
#include "vault/pki/inspect.h"
#include "vault/rpc/call.h"
#include "vault/rpc/render.h"
#include "vault/rpc/services.h"

namespace holdfast::rpc {
namespace {

void Render(const Core& core, const custody::Enrolled& enrolled, v1::EnrollResponse& out) {
  out.set_holder(HolderName(enrolled.holder.name));
  out.set_certificate(enrolled.certificate);
  out.set_ca_certificate(core.keys.ca_certificate);
  out.set_api_address(core.api_address);
  out.set_vault_id(core.keys.vault_id_hex());
  out.set_checkpoint_verifier(core.keys.checkpoint_verifier.ToString());
  out.set_box_signing_key(std::string(AsChars(core.keys.box_signing.public_key())));
  out.set_fingerprint(custody::FingerprintOf(enrolled.key));
  out.set_confirmed(enrolled.key.state == KeyState::kConfirmed);
  SetTime(enrolled.key.not_after, out.mutable_expire_time());
}

class EnrollmentService final : public v1::EnrollmentService::CallbackService {
 public:
  explicit EnrollmentService(Core& core) : core_(core) {}

 private:
  Reactor* Enroll(Context* context, const v1::EnrollRequest* request, v1::EnrollResponse* response) override {
    auto* call = new Call<v1::EnrollResponse>(*context, *response);
    if (request->csr().empty() || request->csr().size() > pki::kMaxCsrSize)
      return Fail(call, InvalidField("csr", "must be a PKCS#10 request in PEM of at most 8 KiB"));
    auto asked = RequestOf(*context, *request);
    if (!asked.ok()) return Fail(call, asked.status());
    if (const absl::Status full = call->Enter(core_, asked->cert_sha256); !full.ok()) return Fail(call, full);
    call->Submit(core_.ledger, [this, asked = *std::move(asked), response](custody::WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto enrolled, custody::Enroll(tx, asked));
      Render(core_, enrolled, *response);
      return absl::OkStatus();
    });
    return call;
  }

  // The string is what the handshake proved, never what a message says.
  static absl::StatusOr<custody::EnrollmentRequest> RequestOf(const Context& context,
                                                              const v1::EnrollRequest& message) {
    const auto auth = context.auth_context();
    HF_ASSIGN_OR_RETURN(const std::string_view certificate, PeerCertificate(*auth));
    custody::EnrollmentRequest request{.csr = message.csr(),
                                       .box_public = ToBytes(AsBytes(message.box_key())),
                                       .peer = context.peer()};
    HF_ASSIGN_OR_RETURN(request.cert_sha256, pki::CertificateSha256(certificate));
    HF_ASSIGN_OR_RETURN(request.string_key, pki::CertificateKeySha256(certificate));
    return request;
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeEnrollmentService(Core& core) {
  return std::make_unique<EnrollmentService>(core);
}

}  // namespace holdfast::rpc
