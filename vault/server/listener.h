// The one door: its sockets (acceptor.h), who may connect (credentials.h), and how many may (connections.h).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "vault/custody/door.h"
#include "vault/custody/keys.h"
#include "vault/server/acceptor.h"
#include "vault/server/connections.h"
#include "vault/server/tls_identity.h"

namespace holdfast::server {

// The limits, with no more connections than the process has descriptors for.
ConnectionLimits LimitsOfProcess();

class Listener {
 public:
  // `connections` and `keys` must outlive the listener. `tick` runs about 40 times a second, on the thread that
  // accepts: it must not hold it up.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(std::unique_ptr<Acceptor> acceptor, Connections& connections,
                                                        const custody::Keys& keys,
                                                        std::shared_ptr<custody::Door> door,
                                                        std::vector<std::unique_ptr<grpc::Service>> services,
                                                        std::function<void()> tick);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // No new calls; calls under way have so long. Then every connection is cut. Returns when the last call is over, which
  // a fault of the library could put off: the caller must not wait for ever.
  void Stop(std::chrono::milliseconds grace);

 private:
  Listener(Connections& connections, std::vector<std::unique_ptr<grpc::Service>> services)
      : connections_(connections), services_(std::move(services)) {}

  Connections& connections_;
  const std::vector<std::unique_ptr<grpc::Service>> services_;  // outlive the server
  std::unique_ptr<TlsIdentity> identity_;                       // likewise
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> entrance_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Acceptor> acceptor_;
};

}  // namespace holdfast::server
