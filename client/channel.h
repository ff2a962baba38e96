// TLS channels to the vault: one that trusts nothing but the hash in an enrollment string, and one between an
// enrolled device and its vault.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "client/identity.h"
#include "grpcpp/channel.h"
#include "vault/base/bytes.h"
#include "vault/base/status.h"

namespace holdfast::client {

// Why the enrollment channel refused what answered; OK until then. Thread safe.
class PinVerdict {
 public:
  absl::Status status() const;
  // Whether something answered that is the vault.
  bool met() const;
  void Set(absl::Status status);

 private:
  mutable std::mutex mutex_;
  absl::Status status_;
  bool met_ = false;
};

// The server must present a chain to the CA with this SHA-256, and prove possession of its first
// certificate's key. No system root is trusted.
std::shared_ptr<grpc::Channel> EnrollmentChannel(const std::string& address, const Bytes& ca_sha256,
                                                 std::shared_ptr<PinVerdict> verdict);

// The server must be named <vault id>.holdfast.internal by the vault's own CA, wherever it answers.
std::shared_ptr<grpc::Channel> ApiChannel(const std::string& address, const Identity& identity);

}  // namespace holdfast::client
