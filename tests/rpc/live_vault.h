// A vault with its services behind its door on loopback, and devices that talk to it as clients do.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include "holdfast/v1/enrollment_service.grpc.pb.h"
#include "holdfast/v1/errors.pb.h"
#include "vault/crypto/box.h"
#include "vault/custody/vault.h"
#include "vault/pki/ca.h"
#include "vault/pki/csr.h"
#include "vault/pki/enrollment_string.h"
#include "vault/pki/key.h"
#include "vault/rpc/services.h"
#include "vault/server/credentials.h"

namespace holdfast::rpc {

// An enrolled device and its connection.
struct Device {
  SecretBytes key;  // P-256
  crypto::BoxKeyPair box = crypto::BoxKeyPair::Generate();
  v1::EnrollResponse enrolled;
  std::shared_ptr<grpc::Channel> channel;
};

// The reason in a status, "" when there is none.
inline std::string ReasonIn(const grpc::Status& status) {
  v1::ErrorStatus details;
  v1::ErrorInfo info;
  if (!details.ParseFromString(status.error_details())) return "";
  for (const google::protobuf::Any& any : details.details())
    if (any.type_url().ends_with("ErrorInfo") && info.ParseFromString(any.value())) return info.reason();
  return "";
}

class LiveVault : public ::testing::Test {
 protected:
  LiveVault() {
    std::string pattern = (std::filesystem::temp_directory_path() / "hf-rpc-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  ~LiveVault() override {
    stopping_ = true;
    for (auto& server : {api_.get(), open_.get()})
      if (server != nullptr) server->Shutdown();
    ledger_.reset();
    vault_.reset();
    std::filesystem::remove_all(directory_);
  }

  // The first officer is "ana", with a confirmed key.
  void SetUp() override {
    const auto enrollment = custody::InitVault({.data_dir = directory_ + "/data",
                                                .officer = "ana",
                                                .key_file = directory_ + "/key",
                                                .anchor = "",
                                                .address = "localhost:2"});
    ASSERT_TRUE(enrollment.ok()) << enrollment.status();
    auto vault = custody::Vault::Open(directory_ + "/data");
    ASSERT_TRUE(vault.ok()) << vault.status();
    vault_ = *std::move(vault);
    auto ledger = custody::Ledger::Start(vault_->TakeCommitter(), vault_->keys(), vault_->policies(),
                                         [this] { return vault_->OpenReader(); },
                                         {.fatal = [](const absl::Status&) { std::abort(); }});
    ASSERT_TRUE(ledger.ok()) << ledger.status();
    ledger_ = *std::move(ledger);
    core_ = std::make_unique<Core>(
        Core{*ledger_, vault_->keys(), "localhost:2", "1.2.3", stopping_, limits_});
    StartServers();
    officer_ = Enroll(std::string(AsChars(enrollment->ExposeSecret())));
  }

  // Enrolls a new device with the string and connects it.
  Device Enroll(const std::string& enrollment) {
    Device device;
    device.key = pki::GenerateP256Key().value();
    v1::EnrollRequest request;
    request.set_csr(pki::MakeCsr(device.key).value());
    request.set_box_key(std::string(AsChars(device.box.public_key())));
    const grpc::Status status = TryEnroll(ConnectWith(enrollment), request, &device.enrolled);
    EXPECT_TRUE(status.ok()) << status.error_message();
    device.channel = Connect(device.enrolled.certificate(), device.key);
    return device;
  }
  static grpc::Status TryEnroll(const std::shared_ptr<grpc::Channel>& channel, const v1::EnrollRequest& request,
                                v1::EnrollResponse* response) {
    grpc::ClientContext context;
    return v1::EnrollmentService::NewStub(channel)->Enroll(&context, request, response);
  }

  // A connection of its own with a certificate made with the string's key.
  std::shared_ptr<grpc::Channel> ConnectWith(const std::string& enrollment) {
    const auto parsed = pki::ParseEnrollmentString(enrollment);
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    return Connect(pki::MakeEnrollmentCertificate(parsed->key, WallNow()).value(), parsed->key);
  }
  // A connection of its own with that certificate.
  std::shared_ptr<grpc::Channel> Connect(const std::string& certificate, const SecretBytes& key) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = vault_->keys().ca_certificate;
    options.pem_cert_chain = certificate;
    options.pem_private_key = std::string(AsChars(pki::PrivateKeyToPem(key)->ExposeSecret()));
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride(pki::ServerDnsName(vault_->keys().vault_id_hex()));
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // devices must not share a connection
    return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port_), grpc::SslCredentials(options),
                                     arguments);
  }

  // A connection without a certificate, to everything.
  std::shared_ptr<grpc::Channel> anonymous() { return open_->InProcessChannel({}); }
  const Device& officer() const { return officer_; }
  Core& core() { return *core_; }
  // Runs SQL on the tables of the log, as somebody with the database's key could.
  void Tamper(const std::string& sql) {
    std::promise<absl::Status> done;
    ledger_->Submit([&](custody::WriteTx& tx) { return tx.db().Exec(sql); }, nullptr,
                    [&](const absl::Status& status) { done.set_value(status); });
    const absl::Status status = done.get_future().get();
    ASSERT_TRUE(status.ok()) << status;
  }

  std::atomic<bool> stopping_ = false;

 private:
  void StartServers() {
    api_services_ = MakeServices(*core_);
    auto identity = server::TlsIdentity::Make(vault_->keys());
    ASSERT_TRUE(identity.ok()) << identity.status();
    identity_ = *std::move(identity);
    grpc::ServerBuilder api;
    api.AddListeningPort("127.0.0.1:0", server::DoorCredentials(*identity_, vault_->door()), &port_);
    for (const auto& service : api_services_) api.RegisterService(service.get());
    api_ = api.BuildAndStart();
    open_services_ = MakeServices(*core_);
    grpc::ServerBuilder open;
    for (const auto& service : open_services_) open.RegisterService(service.get());
    open_ = open.BuildAndStart();
    ASSERT_NE(api_, nullptr);
    ASSERT_NE(open_, nullptr);
  }

  std::string directory_;
  std::unique_ptr<custody::Vault> vault_;
  std::unique_ptr<custody::Ledger> ledger_;
  CallLimits limits_;
  std::unique_ptr<Core> core_;
  std::vector<std::unique_ptr<grpc::Service>> api_services_;
  std::vector<std::unique_ptr<grpc::Service>> open_services_;
  std::unique_ptr<server::TlsIdentity> identity_;
  std::unique_ptr<grpc::Server> api_;
  std::unique_ptr<grpc::Server> open_;
  int port_ = 0;
  Device officer_;
};

}  // namespace holdfast::rpc
