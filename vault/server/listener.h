// The one door: demands a certificate that the vault knows before it reads any request (credentials.h).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "vault/custody/door.h"
#include "vault/custody/keys.h"

namespace holdfast::server {

struct Listener {
  std::vector<std::unique_ptr<grpc::Service>> services;  // outlive the server
  std::unique_ptr<grpc::Server> server;
  int port = 0;
};

// FAILED_PRECONDITION, reason CANNOT_LISTEN, when the address cannot be had.
absl::StatusOr<Listener> Listen(const std::string& address, const custody::Keys& keys,
                                std::shared_ptr<const custody::Door> door,
                                std::vector<std::unique_ptr<grpc::Service>> services);

// No new calls; calls under way have until the deadline.
void StopListening(Listener& listener, std::chrono::milliseconds grace);

}  // namespace holdfast::server
