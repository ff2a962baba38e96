// The accept loop: sockets of our own, given to gRPC one connection at a time. gRPC's listener stops for good when the
// process runs out of descriptors; this one waits and goes on.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "vault/base/status.h"
#include "vault/server/connections.h"

namespace holdfast::server {

class Acceptor {
 public:
  // Listens on every address that the host of "host:port" stands for; port 0 takes a free one.
  // FAILED_PRECONDITION, reason CANNOT_LISTEN.
  static absl::StatusOr<std::unique_ptr<Acceptor>> Bind(const std::string& address);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;
  ~Acceptor();

  int port() const { return port_; }

  // Once. On a thread of its own: `take` owns the descriptor; `tick` runs about 40 times a second.
  void Start(Connections& connections, std::function<void(int fd)> take, std::function<void()> tick);
  // No new connections. Idempotent.
  void Stop();

 private:
  Acceptor() = default;
  absl::Status Open(const std::string& address);
  void Run();
  void Handle(int fd);
  void AcceptFrom(int listener);
  void Welcome(int fd, const sockaddr_storage& address);
  void Pause();
  void Resume();

  std::vector<int> listeners_;
  int port_ = 0;
  int epoll_ = -1;
  int wake_ = -1;  // eventfd: Stop() was called
  std::atomic<bool> stopping_ = false;
  bool paused_ = false;  // out of descriptors or memory, for a quarter of a second
  Connections* connections_ = nullptr;
  std::function<void(int)> take_;
  std::function<void()> tick_;
  std::thread thread_;
};

}  // namespace holdfast::server
