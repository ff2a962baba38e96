// Tells the table of connections of each call when it begins, when its message came whole, and when nothing is left of
// it, however it ends: a call that its caller resets at once never reaches a handler, but costs as much memory.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_interceptor.h>

#include <memory>
#include <utility>

#include "vault/custody/door.h"
#include "vault/server/connections.h"

namespace holdfast::server {

// Counts what is kept for calls, from the moment that their headers have come.
class CallCounter final : public grpc::ContextAllocator {
 public:
  explicit CallCounter(Connections& connections) : connections_(connections) {}

  grpc::CallbackServerContext* NewCallbackServerContext() override;
  grpc::GenericCallbackServerContext* NewGenericCallbackServerContext() override;
  void Release(grpc::CallbackServerContext* context) override;
  void Release(grpc::GenericCallbackServerContext* context) override;

 private:
  Connections& connections_;
};

class CallWatch final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  // `connections` must outlive the server.
  CallWatch(Connections& connections, std::shared_ptr<custody::Door> door)
      : connections_(connections), door_(std::move(door)) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* call) override;

 private:
  Connections& connections_;
  const std::shared_ptr<custody::Door> door_;
};

}  // namespace holdfast::server
