// The two doors: the API, which demands a client certificate of this vault before it reads any request, and
// enrollment, which has tight limits of its own.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "vault/custody/keys.h"

namespace holdfast::server {

enum class Door : int { kApi, kEnrollment };

struct Listener {
  std::vector<std::unique_ptr<grpc::Service>> services;  // outlive the server
  std::unique_ptr<grpc::Server> server;
  int port = 0;
};

// FAILED_PRECONDITION, reason CANNOT_LISTEN, when the address cannot be had.
absl::StatusOr<Listener> Listen(Door door, const std::string& address, const custody::Keys& keys,
                                std::vector<std::unique_ptr<grpc::Service>> services);

// Health says NOT_SERVING, no new calls; calls under way have until the deadline.
void StopListening(Listener& listener, std::chrono::milliseconds grace);

}  // namespace holdfast::server
