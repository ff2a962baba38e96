// An enrolled device that calls the API from within the test program: for load that a process a call cannot
// make. Calls are thread safe; Connect() is not.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "client/errors.h"
#include "client/identity.h"
#include "client/sealed.h"
#include "grpcpp/grpcpp.h"
#include "holdfast/v1/secret_service.grpc.pb.h"
#include "vault/base/status.h"

namespace holdfast::testing {

class ApiClient {
 public:
  // The device that the CLI enrolled in `home`. Aborts the test program when there is none.
  explicit ApiClient(const std::string& home);

  const client::Identity& identity() const { return identity_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // A connection of its own to the server that listens at `address` now, and that boot's key for secrets.
  absl::Status Connect(const std::string& address);

  // One attempt, e.g. Call<v1::AccountService>(&v1::AccountService::StubInterface::GetAccount, request).
  template <typename Service, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Service::StubInterface::*method)(grpc::ClientContext*,
                                                                               const Request&, Response*),
                                const std::type_identity_t<Request>& request) const {
    const auto service = Service::NewStub(channel_);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    Response response;
    const grpc::Status status = (service.get()->*method)(&context, request, &response);
    if (!status.ok()) return client::FromGrpc(status, address_);
    return response;
  }

  // The request ids are given as the reasons too, so that the log tells which requests it holds.
  absl::StatusOr<v1::SecretVersion> Put(std::string_view account, std::string_view secret,
                                        std::string_view value, const std::string& request_id) const;
  // `version` 0: the newest.
  absl::StatusOr<std::string> Reveal(std::string_view account, std::string_view secret, std::int64_t version,
                                     const std::string& request_id) const;

 private:
  client::Identity identity_;
  std::string address_;
  std::shared_ptr<grpc::Channel> channel_;
  std::optional<client::Sealer> sealer_;
};

}  // namespace holdfast::testing
