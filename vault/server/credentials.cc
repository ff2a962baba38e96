#include "vault/server/credentials.h"

#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <string>
#include <utility>

#include "vault/pki/inspect.h"

namespace holdfast::server {
namespace {

namespace tls = grpc::experimental;

bool MayEnter(custody::Door& door, std::string_view certificate) {
  const auto sha256 = pki::CertificateSha256(certificate);
  if (!sha256.ok()) return false;
  const auto shared = door.table();
  const custody::DoorTable& table = *shared;
  const Micros now = WallNow();
  if (table.KnowsDevice(*sha256, now)) return true;
  if (const auto ended = table.EndedDevice(*sha256, now); ended.has_value()) {
    door.NoteRefused(*ended);
    return false;
  }
  const auto key = pki::CertificateKeySha256(certificate);
  return key.ok() && table.KnowsString(*key, now);
}

// Runs on gRPC's threads, on resumed sessions too, and must not block.
class DoorVerifier final : public tls::ExternalCertificateVerifier {
 public:
  explicit DoorVerifier(std::shared_ptr<custody::Door> door) : door_(std::move(door)) {}

  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)> /*later*/,
              grpc::Status* sync_status) override {
    const grpc::string_ref certificate = request->peer_cert();
    if (!MayEnter(*door_, {certificate.data(), certificate.size()}))
      *sync_status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "unknown certificate");
    return true;  // decided at once
  }

  void Cancel(tls::TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  const std::shared_ptr<custody::Door> door_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> DoorCredentials(
    const TlsIdentity& identity, std::shared_ptr<custody::Door> door) {
  tls::TlsServerCredentialsOptions options(identity.provider());
  options.watch_identity_key_cert_pairs();
  // gRPC would verify against roots. Possession of the key is proved all the same.
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_BUT_DONT_VERIFY);
  options.set_certificate_verifier(tls::ExternalCertificateVerifier::Create<DoorVerifier>(std::move(door)));
  options.set_check_call_host(false);
  return tls::TlsServerCredentials(options);
}

}  // namespace holdfast::server
