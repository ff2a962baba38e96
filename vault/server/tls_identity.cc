#include "vault/server/tls_identity.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "vault/base/files.h"
#include "vault/base/secret_bytes.h"
#include "vault/pki/key.h"

namespace holdfast::server {
namespace {

constexpr unsigned kReadEverySeconds = 1;
constexpr Micros kComplainEvery = kHour;
constexpr std::size_t kPage = 4096;

absl::Status CannotKeep() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "CANNOT_LOCK_MEMORY",
                   "cannot keep the server's TLS key in locked memory");
}

}  // namespace

MemoryFile::~MemoryFile() {
  if (locked_ != nullptr) munmap(locked_, kPage);
  if (fd_ >= 0) close(fd_);
}

absl::Status MemoryFile::Set(std::string_view content) {
  const int fd = memfd_create("holdfast-tls", MFD_CLOEXEC);
  if (fd < 0 || !WriteAll(fd, AsBytes(content))) {
    if (fd >= 0) close(fd);
    return CannotKeep();
  }
  if (fd_ < 0) {
    fd_ = fd;
    return absl::OkStatus();
  }
  // Whoever reads by the path meets the old file or the new one, never half of one.
  const bool replaced = dup3(fd, fd_, O_CLOEXEC) == fd_;
  close(fd);
  return replaced ? absl::OkStatus() : CannotKeep();
}

absl::Status MemoryFile::Lock() {
  void* const page = mmap(nullptr, kPage, PROT_READ, MAP_SHARED, fd_, 0);
  if (page == MAP_FAILED) return CannotKeep();
  locked_ = page;
  return mlock(page, kPage) == 0 ? absl::OkStatus() : CannotKeep();
}

std::string MemoryFile::path() const { return fmt::format("/proc/self/fd/{}", fd_); }

absl::StatusOr<std::unique_ptr<TlsIdentity>> TlsIdentity::Make(const custody::Keys& keys) {
  std::unique_ptr<TlsIdentity> identity(new TlsIdentity(keys));
  HF_ASSIGN_OR_RETURN(const Plaintext pem, pki::PrivateKeyToPem(keys.tls_key));
  HF_RETURN_IF_ERROR(identity->key_.Set(AsChars(pem.ExposeSecret())));
  HF_RETURN_IF_ERROR(identity->key_.Lock());
  HF_RETURN_IF_ERROR(identity->Publish(keys.server_certificate->current().pem));
  if (access(identity->key_.path().c_str(), R_OK) != 0)
    return MakeError(absl::StatusCode::kFailedPrecondition, "NO_PROC",
                     "cannot read /proc/self/fd: /proc must be mounted");
  identity->provider_ = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      identity->key_.path(), identity->chain_.path(), kReadEverySeconds);
  return identity;
}

TlsIdentity::~TlsIdentity() { provider_.reset(); }  // before the files that it reads

// With the CA behind the leaf, so that a client that knows the CA's hash alone can check the chain.
absl::Status TlsIdentity::Publish(const std::string& pem) {
  HF_RETURN_IF_ERROR(chain_.Set(pem + keys_.ca_certificate));
  published_ = pem;
  return absl::OkStatus();
}

void TlsIdentity::RenewIfDue(Micros now) {
  absl::Status status = keys_.server_certificate->IssueIfDue(keys_, now).status();
  const auto current = keys_.server_certificate->current();
  if (status.ok()) {
    if (current.pem == published_) return;
    status = Publish(current.pem);
  }
  const std::string ends = FormatTime(current.not_after);
  if (status.ok()) {
    spdlog::info("the server's certificate was renewed; it is good until {}", ends);
  } else if (now - complained_at_ >= kComplainEvery) {
    complained_at_ = now;
    spdlog::error("the server's certificate ends at {} and cannot be renewed, {}: {}", ends, ReasonOf(status),
                  MessageOf(status));
  }
}

}  // namespace holdfast::server
