// TLS channels to the vault. No system root is trusted: the server must present a chain to the one CA that this
// device knows by its hash, and prove possession of its first certificate's key.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "client/identity.h"
#include "grpcpp/channel.h"
#include "vault/base/bytes.h"
#include "vault/base/status.h"
#include "vault/pki/enrollment_string.h"

namespace grpc {
class Status;
}

namespace holdfast::client {

// The findings of a channel's handshakes so far. Thread safe.
class Verdict {
 public:
  // Why what answered last was refused; OK until then.
  absl::Status status() const;
  // Whether something answered that is the vault.
  bool met() const;
  void Set(absl::Status status);

 private:
  mutable std::mutex mutex_;
  absl::Status status_;
  bool met_ = false;
};

// Connects with a certificate made with the string's key: may enroll and nothing else.
absl::StatusOr<std::shared_ptr<grpc::Channel>> EnrollmentChannel(const std::string& address,
                                                                 const pki::EnrollmentString& string,
                                                                 std::shared_ptr<Verdict> verdict);

// The server must be named <vault id>.holdfast.internal too, wherever it answers.
std::shared_ptr<grpc::Channel> ApiChannel(const std::string& address, const Identity& identity,
                                          std::shared_ptr<Verdict> verdict = std::make_shared<Verdict>());

// The error for a verdict that is not OK: another server than the vault `expected` ("that this device is enrolled with")
// answered, or that vault answered and its certificate has run out.
absl::Status NotTheVault(const std::string& address, std::string_view expected, const absl::Status& verdict);

// The call got no answer although the vault was met: it closes a connection whose certificate it does not take before
// HTTP/2 begins, and says nothing. A connection that is lost later, say with a server that stops, is no refusal.
bool TurnedAway(const grpc::Status& status, const Verdict& verdict, grpc::Channel& channel);

}  // namespace holdfast::client
