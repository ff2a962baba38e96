// The server's certificate changes while it runs: new handshakes show the new one, connections go on.
#include "vault/server/tls_identity.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>

#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "holdfast/v1/vault_service.grpc.pb.h"
#include "vault/crypto/init.h"
#include "vault/custody/vault.h"

namespace holdfast::server {
namespace {

namespace tls = grpc::experimental;

// The certificate that the server showed last, and the number of handshakes.
struct Shown {
  std::mutex mutex;
  std::string leaf;
  int handshakes = 0;
};

class Looker final : public tls::ExternalCertificateVerifier {
 public:
  explicit Looker(std::shared_ptr<Shown> shown) : shown_(std::move(shown)) {}
  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status*) override {
    const std::lock_guard lock(shown_->mutex);
    shown_->leaf = std::string(request->peer_cert().data(), request->peer_cert().size());
    ++shown_->handshakes;
    return true;
  }
  void Cancel(tls::TlsCustomVerificationCheckRequest*) override {}

 private:
  const std::shared_ptr<Shown> shown_;
};

class Connection {
 public:
  explicit Connection(int port) {
    tls::TlsChannelCredentialsOptions options;
    options.set_verify_server_certs(false);
    options.set_check_call_host(false);
    options.set_certificate_verifier(tls::ExternalCertificateVerifier::Create<Looker>(shown_));
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // each a connection of its own
    channel_ = grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port), tls::TlsCredentials(options),
                                         arguments);
  }

  // True when the server answered a call, if only that it knows no such call.
  bool Answers() {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    v1::Vault response;
    const auto stub = v1::VaultService::NewStub(channel_);
    return stub->GetVault(&context, {}, &response).error_code() == grpc::StatusCode::UNIMPLEMENTED;
  }
  std::string leaf() const {
    const std::lock_guard lock(shown_->mutex);
    return shown_->leaf;
  }
  int handshakes() const {
    const std::lock_guard lock(shown_->mutex);
    return shown_->handshakes;
  }

 private:
  const std::shared_ptr<Shown> shown_ = std::make_shared<Shown>();
  std::shared_ptr<grpc::Channel> channel_;
};

class TlsIdentityTest : public ::testing::Test {
 protected:
  TlsIdentityTest() {
    EXPECT_TRUE(crypto::Init().ok());
    std::string pattern = (std::filesystem::temp_directory_path() / "hf-identity-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    EXPECT_TRUE(custody::InitVault({.data_dir = directory_ + "/data",
                                    .officer = "alice",
                                    .key_file = directory_ + "/key",
                                    .anchor = {},
                                    .address = {}})
                    .ok());
    vault_ = custody::Vault::Open(directory_ + "/data", {}).value();
  }
  ~TlsIdentityTest() override {
    vault_.reset();
    std::filesystem::remove_all(directory_);
  }
  const custody::Keys& keys() const { return vault_->keys(); }

 private:
  std::string directory_;
  std::unique_ptr<custody::Vault> vault_;
};

TEST_F(TlsIdentityTest, ARenewedCertificateIsShownToNewHandshakesAndConnectionsGoOn) {
  const auto identity = TlsIdentity::Make(keys());
  ASSERT_TRUE(identity.ok()) << identity.status();
  tls::TlsServerCredentialsOptions options((*identity)->provider());
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  grpc::CallbackGenericService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", tls::TlsServerCredentials(options), &port);
  builder.RegisterCallbackGenericService(&service);
  const auto server = builder.BuildAndStart();
  ASSERT_NE(server, nullptr);

  const std::string first = keys().server_certificate->current().pem;
  Connection old(port);
  ASSERT_TRUE(old.Answers());
  EXPECT_EQ(old.leaf(), first);

  (*identity)->RenewIfDue(WallNow() + 200 * kDay);
  EXPECT_EQ(keys().server_certificate->current().pem, first) << "not in its last third";
  (*identity)->RenewIfDue(WallNow() + 300 * kDay);
  const std::string second = keys().server_certificate->current().pem;
  ASSERT_NE(second, first);
  std::string shown = first;
  for (int i = 0; i < 10'000 && shown == first; ++i) {
    Connection fresh(port);
    ASSERT_TRUE(fresh.Answers());
    shown = fresh.leaf();
  }
  EXPECT_EQ(shown, second);
  EXPECT_TRUE(old.Answers());
  EXPECT_EQ(old.handshakes(), 1);
  server->Shutdown(std::chrono::system_clock::now());
}

TEST_F(TlsIdentityTest, TheServersCertificateIsIssuedAnewInItsLastThirdAndNotBefore) {
  const Micros now = WallNow();
  custody::ServerCertificate& certificate = *keys().server_certificate;
  const auto first = certificate.current();
  EXPECT_FALSE(*certificate.IssueIfDue(keys(), now + 266 * kDay));
  EXPECT_EQ(certificate.current().pem, first.pem);
  EXPECT_TRUE(*certificate.IssueIfDue(keys(), now + 267 * kDay));
  EXPECT_GT(certificate.current().not_after, first.not_after + 260 * kDay);
  EXPECT_FALSE(*certificate.IssueIfDue(keys(), now)) << "a clock that was set back";
  EXPECT_EQ(ReasonOf(certificate.IssueIfDue(keys(), now + 30 * 365 * kDay).status()), "CA_EXPIRED");
  EXPECT_GT(certificate.current().not_after, first.not_after);
}

}  // namespace
}  // namespace holdfast::server
