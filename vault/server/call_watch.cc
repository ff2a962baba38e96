#include "vault/server/call_watch.h"

#include <google/protobuf/message.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server_context.h>

#include <string_view>

#include "vault/pki/inspect.h"

namespace holdfast::server {
namespace {

using grpc::experimental::Interceptor;

class OpenCall final : public Interceptor {
 public:
  OpenCall(Connections& connections, const Peer& peer, Connections::Party& party)
      : connections_(connections), peer_(peer), party_(party) {}
  ~OpenCall() override { connections_.Ended(party_); }

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(grpc::experimental::InterceptionHookPoints::POST_RECV_MESSAGE)) {
      // All our messages are protobuf's; none when it is not one.
      const auto* const message = static_cast<const google::protobuf::Message*>(methods->GetRecvMessage());
      if (message != nullptr) connections_.Whole(peer_, message->ByteSizeLong());
    }
    methods->Proceed();
  }

 private:
  Connections& connections_;
  const Peer peer_;
  Connections::Party& party_;
};

// Who enrolls shows a certificate of their own making, which is no device's.
Bytes DeviceOf(const grpc::ServerContextBase& context, const custody::Door& door) {
  const auto certificates = context.auth_context()->FindPropertyValues("x509_pem_cert");
  if (certificates.size() != 1) return {};
  auto sha256 = pki::CertificateSha256(std::string_view(certificates[0].data(), certificates[0].size()));
  if (!sha256.ok() || !door.table()->KnowsDevice(*sha256, WallNow())) return {};
  return *std::move(sha256);
}

}  // namespace

grpc::CallbackServerContext* CallCounter::NewCallbackServerContext() {
  connections_.Opened();
  return new grpc::CallbackServerContext();
}

grpc::GenericCallbackServerContext* CallCounter::NewGenericCallbackServerContext() {
  connections_.Opened();
  return new grpc::GenericCallbackServerContext();
}

void CallCounter::Release(grpc::CallbackServerContext* context) {
  delete context;
  connections_.Closed();
}

void CallCounter::Release(grpc::GenericCallbackServerContext* context) {
  delete context;
  connections_.Closed();
}

Interceptor* CallWatch::CreateServerInterceptor(grpc::experimental::ServerRpcInfo* call) {
  const grpc::ServerContextBase& context = *call->server_context();
  const Peer peer = ParsePeer(context.peer());
  return new OpenCall(connections_, peer, connections_.Begun(peer, [&] { return DeviceOf(context, *door_); }));
}

}  // namespace holdfast::server
