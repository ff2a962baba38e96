// The server's identity in TLS handshakes: its key, and its present certificate, which is renewed while it
// runs.
//
// gRPC takes a certificate that changes from files alone. These files lie in memory that only this process
// has open, the key's page locked; a new certificate takes the place of the old one in one step. Handshakes
// show it about a second later; connections go on. Not thread safe.
#pragma once

#include <grpcpp/security/tls_certificate_provider.h>

#include <memory>
#include <string>
#include <string_view>

#include "vault/custody/keys.h"

namespace holdfast::server {

// An anonymous file in memory, and the path by which this process can open it.
class MemoryFile {
 public:
  MemoryFile() = default;
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile();

  // The first content, or another in its place, whole.
  absl::Status Set(std::string_view content);
  // Keeps the page out of swap. REQUIRES: content that fits one.
  absl::Status Lock();
  std::string path() const;

 private:
  int fd_ = -1;
  void* locked_ = nullptr;
};

class TlsIdentity {
 public:
  // `keys` must outlive it. FAILED_PRECONDITION, reason CANNOT_LOCK_MEMORY or NO_PROC.
  static absl::StatusOr<std::unique_ptr<TlsIdentity>> Make(const custody::Keys& keys);
  ~TlsIdentity();

  const std::shared_ptr<grpc::experimental::CertificateProviderInterface>& provider() const {
    return provider_;
  }

  // Takes a new certificate when the present one is in its last third. When it cannot, the log says so, once
  // an hour.
  void RenewIfDue(Micros now);

 private:
  explicit TlsIdentity(const custody::Keys& keys) : keys_(keys) {}
  absl::Status Publish(const std::string& pem);

  const custody::Keys& keys_;
  MemoryFile key_;
  MemoryFile chain_;
  std::shared_ptr<grpc::experimental::CertificateProviderInterface> provider_;
  std::string published_;  // the leaf that handshakes show
  Micros complained_at_ = 0;
};

}  // namespace holdfast::server
