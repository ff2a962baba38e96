#include "client/channel.h"

#include <functional>
#include <utility>

#include "fmt/format.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "vault/pki/ca.h"
#include "vault/pki/chain.h"

namespace holdfast::client {
namespace {

constexpr int kMaxMessage = 4 * 1024 * 1024;  // a page of 200 events with their leaves

class PinVerifier final : public grpc::experimental::ExternalCertificateVerifier {
 public:
  PinVerifier(Bytes ca_sha256, std::shared_ptr<PinVerdict> verdict)
      : ca_sha256_(std::move(ca_sha256)), verdict_(std::move(verdict)) {}

  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)>, grpc::Status* sync_status) override {
    const grpc::string_ref chain = request->peer_cert_full_chain();
    // The vault's name is not known yet; the hash alone says which vault it is.
    const auto ca =
        pki::VerifyPinnedChain({chain.data(), chain.size()}, ca_sha256_, /*expected_dns=*/"", WallNow());
    verdict_->Set(ca.status());
    if (!ca.ok()) {
      *sync_status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "the pin does not match");
    }
    return true;  // decided at once
  }

  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest*) override {}

 private:
  Bytes ca_sha256_;
  std::shared_ptr<PinVerdict> verdict_;
};

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessage);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // the vault is reached directly or not at all
  return arguments;
}

}  // namespace

absl::Status PinVerdict::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void PinVerdict::Set(absl::Status status) {
  const std::lock_guard lock(mutex_);
  met_ = met_ || status.ok();
  status_ = std::move(status);
}

bool PinVerdict::met() const {
  const std::lock_guard lock(mutex_);
  return met_;
}

std::shared_ptr<grpc::Channel> EnrollmentChannel(const std::string& address, const Bytes& ca_sha256,
                                                 std::shared_ptr<PinVerdict> verdict) {
  grpc::experimental::TlsChannelCredentialsOptions options;
  // gRPC's own check needs roots or a name and has neither; ours is stricter: one CA, by hash.
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(
      grpc::experimental::ExternalCertificateVerifier::Create<PinVerifier>(ca_sha256, std::move(verdict)));
  return grpc::CreateCustomChannel(address, grpc::experimental::TlsCredentials(options), Arguments());
}

std::shared_ptr<grpc::Channel> ApiChannel(const std::string& address, const Identity& identity) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = identity.ca_pem;
  options.pem_cert_chain = identity.certificate_pem;
  options.pem_private_key = AsChars(identity.private_key_pem.ExposeSecret());
  grpc::ChannelArguments arguments = Arguments();
  arguments.SetSslTargetNameOverride(pki::ServerDnsName(identity.vault_id));
  auto channel = grpc::CreateCustomChannel(address, grpc::SslCredentials(options), arguments);
  Wipe(options.pem_private_key);
  return channel;
}

}  // namespace holdfast::client
