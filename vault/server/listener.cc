#include "vault/server/listener.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "grpcpp/resource_quota.h"
#include "vault/server/call_watch.h"
#include "vault/server/credentials.h"

namespace holdfast::server {
namespace {

using grpc::experimental::ExternalConnectionAcceptor;

constexpr int kMaxMessage = 1024 * 1024;
constexpr int kMaxMetadata = 8 * 1024;
constexpr int kMaxStreams = 100;
// Calls that are reset at once pile up as fast as one reading brings them.
constexpr int kReadingBytes = 4 * 1024;

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMaxMessage);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadata);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreams);
  builder.AddChannelArgument(GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE, kReadingBytes);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 3'600'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 60'000);
  grpc::ResourceQuota quota("api");
  quota.Resize(512u * 1024 * 1024);
  builder.SetResourceQuota(quota);
}

void SetWatch(grpc::ServerBuilder& builder, Connections& connections, std::shared_ptr<custody::Door> door) {
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> watches;
  watches.push_back(std::make_unique<CallWatch>(connections, std::move(door)));
  builder.experimental().SetInterceptorCreators(std::move(watches));
  builder.SetContextAllocator(std::make_unique<CallCounter>(connections));
}

}  // namespace

// Each connection takes two descriptors; the vault's files and gRPC's own keep some.
ConnectionLimits LimitsOfProcess() {
  constexpr rlim_t kKept = 128;
  ConnectionLimits limits;
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return limits;
  const rlim_t fit = files.rlim_cur > 2 * kKept ? (files.rlim_cur - kKept) / 2 : files.rlim_cur / 4;
  limits.all = std::min(limits.all, static_cast<std::size_t>(fit));
  return limits;
}

absl::StatusOr<std::unique_ptr<Listener>> Listener::Open(std::unique_ptr<Acceptor> acceptor,
                                                         Connections& connections, const custody::Keys& keys,
                                                         std::shared_ptr<custody::Door> door,
                                                         std::vector<std::unique_ptr<grpc::Service>> services,
                                                         std::function<void()> tick) {
  std::unique_ptr<Listener> listener(new Listener(connections, std::move(services)));
  HF_ASSIGN_OR_RETURN(listener->identity_, TlsIdentity::Make(keys));
  auto credentials = DoorCredentials(*listener->identity_, door);
  grpc::ServerBuilder builder;
  listener->entrance_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, std::move(credentials));
  for (const auto& service : listener->services_) builder.RegisterService(service.get());
  SetLimits(builder);
  SetWatch(builder, connections, door);
  listener->server_ = builder.BuildAndStart();
  if (listener->server_ == nullptr)
    return MakeError(absl::StatusCode::kInternal, "CANNOT_SERVE", "the server cannot be started");
  const auto take = [entrance = listener->entrance_.get()](int fd) {
    ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = fd;
    entrance->HandleNewConnection(&connection);
  };
  const auto sweep = [&connections, &identity = *listener->identity_, door = std::move(door),
                      tick = std::move(tick)] {
    const auto table = door->table();
    const Micros now = WallNow();
    connections.Sweep(Connections::Clock::now(),
                      [&](const Bytes& device) { return table->KnowsDevice(device, now); });
    identity.RenewIfDue(now);
    tick();
  };
  listener->acceptor_ = std::move(acceptor);
  listener->acceptor_->Start(connections, take, sweep);
  return listener;
}

void Listener::Stop(std::chrono::milliseconds grace) {
  acceptor_->Stop();
  server_->Shutdown(std::chrono::system_clock::now() + grace);
  connections_.CutAll();
  server_->Wait();
}

}  // namespace holdfast::server
