#include "vault/server/listener.h"

#include <utility>

#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "vault/base/secret_bytes.h"
#include "vault/pki/key.h"

namespace holdfast::server {
namespace {

constexpr int kMaxMessage = 1024 * 1024;
constexpr int kMaxEnrollMessage = 32 * 1024;
constexpr int kMaxMetadata = 8 * 1024;
constexpr int kMaxStreams = 100;

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> Credentials(Door door, const custody::Keys& keys) {
  grpc::SslServerCredentialsOptions options(door == Door::kApi
                                                ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                                : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  HF_ASSIGN_OR_RETURN(const Plaintext pem, pki::PrivateKeyToPem(keys.tls_key));
  options.pem_root_certs = keys.ca_certificate;
  // With the CA behind the leaf, so that a client that knows the CA's hash alone can check the chain.
  options.pem_key_cert_pairs.push_back(
      {std::string(AsChars(pem.ExposeSecret())), keys.tls_certificate + keys.ca_certificate});
  auto credentials = grpc::SslServerCredentials(options);
  Wipe(options.pem_key_cert_pairs.front().private_key);
  return credentials;
}

void SetLimits(Door door, grpc::ServerBuilder& builder) {
  const int message = door == Door::kApi ? kMaxMessage : kMaxEnrollMessage;
  builder.SetMaxReceiveMessageSize(message);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadata);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, door == Door::kApi ? kMaxStreams : 1);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, door == Door::kApi ? 3'600'000 : 60'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 60'000);
  // A second server on the port must fail, not share it.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  grpc::ResourceQuota quota(door == Door::kApi ? "api" : "enrollment");
  quota.Resize(door == Door::kApi ? 512u * 1024 * 1024 : 32u * 1024 * 1024);
  builder.SetResourceQuota(quota);
}

}  // namespace

absl::StatusOr<Listener> Listen(Door door, const std::string& address, const custody::Keys& keys,
                                std::vector<std::unique_ptr<grpc::Service>> services) {
  Listener listener{.services = std::move(services)};
  HF_ASSIGN_OR_RETURN(const auto credentials, Credentials(door, keys));
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, credentials, &listener.port);
  for (const auto& service : listener.services) builder.RegisterService(service.get());
  SetLimits(door, builder);
  listener.server = builder.BuildAndStart();
  if (listener.server == nullptr || listener.port == 0) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "CANNOT_LISTEN",
                     "cannot listen on " + address + ": the address is in use or not one of this host");
  }
  return listener;
}

void StopListening(Listener& listener, std::chrono::milliseconds grace) {
  if (listener.server == nullptr) return;
  if (auto* health = listener.server->GetHealthCheckService()) health->Shutdown();
  listener.server->Shutdown(std::chrono::system_clock::now() + grace);
  listener.server->Wait();
}

}  // namespace holdfast::server
