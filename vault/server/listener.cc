#include "vault/server/listener.h"

#include <utility>

#include "grpcpp/resource_quota.h"
#include "vault/server/credentials.h"

namespace holdfast::server {
namespace {

constexpr int kMaxMessage = 1024 * 1024;
constexpr int kMaxMetadata = 8 * 1024;
constexpr int kMaxStreams = 100;

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMaxMessage);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadata);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreams);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 3'600'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 60'000);
  // A second server on the port must fail, not share it.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  grpc::ResourceQuota quota("api");
  quota.Resize(512u * 1024 * 1024);
  builder.SetResourceQuota(quota);
}

}  // namespace

absl::StatusOr<Listener> Listen(const std::string& address, const custody::Keys& keys,
                                std::shared_ptr<const custody::Door> door,
                                std::vector<std::unique_ptr<grpc::Service>> services) {
  Listener listener{.services = std::move(services)};
  HF_ASSIGN_OR_RETURN(const auto credentials, DoorCredentials(keys, std::move(door)));
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, credentials, &listener.port);
  for (const auto& service : listener.services) builder.RegisterService(service.get());
  SetLimits(builder);
  listener.server = builder.BuildAndStart();
  if (listener.server == nullptr || listener.port == 0) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "CANNOT_LISTEN",
                     "cannot listen on " + address + ": the address is in use or not one of this host");
  }
  return listener;
}

void StopListening(Listener& listener, std::chrono::milliseconds grace) {
  if (listener.server == nullptr) return;
  listener.server->Shutdown(std::chrono::system_clock::now() + grace);
  listener.server->Wait();
}

}  // namespace holdfast::server
