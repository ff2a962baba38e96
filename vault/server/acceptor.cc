#include "vault/server/acceptor.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "vault/server/config.h"

namespace holdfast::server {
namespace {

constexpr int kBacklog = 1024;
constexpr int kTickMillis = 25;
constexpr std::chrono::milliseconds kPause(250);
constexpr int kAcceptsInARow = 64;  // then other events have their turn
constexpr std::size_t kEvents = 64;

absl::Status CannotListen(const std::string& address) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "CANNOT_LISTEN",
                   "cannot listen on " + address + ": the address is in use or not one of this host");
}

bool Watch(int epoll, int fd, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.fd = fd}};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

// A second server on the port must fail, not share it: no SO_REUSEPORT.
int ListenOn(const addrinfo& where, int port) {
  sockaddr_storage address{};
  std::memcpy(&address, where.ai_addr, where.ai_addrlen);
  const auto wanted = htons(static_cast<std::uint16_t>(port));
  (where.ai_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                               : reinterpret_cast<sockaddr_in&>(address).sin_port) = wanted;
  const int fd = socket(where.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  const int off = 0;
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (where.ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), where.ai_addrlen) == 0 && listen(fd, kBacklog) == 0)
    return fd;
  close(fd);
  return -1;
}

int PortOf(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return PeerOf(address).port;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Acceptor>> Acceptor::Bind(const std::string& address) {
  std::unique_ptr<Acceptor> acceptor(new Acceptor());
  HF_RETURN_IF_ERROR(acceptor->Open(address));
  return acceptor;
}

absl::Status Acceptor::Open(const std::string& address) {
  HF_ASSIGN_OR_RETURN(const HostPort wanted, ParseHostPort(address, "listen"));
  const addrinfo hints{.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  if (getaddrinfo(wanted.host.c_str(), nullptr, &hints, &found) != 0) return CannotListen(address);
  port_ = wanted.port;
  bool all = true;
  for (const addrinfo* at = found; at != nullptr && all; at = at->ai_next) {
    const int fd = ListenOn(*at, port_);
    all = fd >= 0;
    if (!all) break;
    listeners_.push_back(fd);
    if (port_ == 0) port_ = PortOf(fd);
  }
  freeaddrinfo(found);
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (!all || listeners_.empty() || epoll_ < 0 || wake_ < 0 || !Watch(epoll_, wake_, EPOLLIN))
    return CannotListen(address);
  return absl::OkStatus();
}

Acceptor::~Acceptor() {
  Stop();
  for (const int fd : {epoll_, wake_})
    if (fd >= 0) close(fd);
}

void Acceptor::Start(Connections& connections, std::function<void(int)> take, std::function<void()> tick) {
  connections_ = &connections;
  take_ = std::move(take);
  tick_ = std::move(tick);
  paused_ = true;
  Resume();
  thread_ = std::thread([this] { Run(); });
}

void Acceptor::Stop() {
  stopping_ = true;
  const std::uint64_t one = 1;
  if (wake_ >= 0 && write(wake_, &one, sizeof one) < 0) return;  // cannot fail: the counter is far from full
  if (thread_.joinable()) thread_.join();
  for (const int fd : listeners_) close(fd);
  listeners_.clear();
}

void Acceptor::Run() {
  std::array<epoll_event, kEvents> events{};
  auto next_tick = Connections::Clock::now();
  auto next_resume = next_tick;
  while (!stopping_) {
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), kTickMillis);
    for (int i = 0; i < count && !stopping_; ++i) Handle(events[static_cast<std::size_t>(i)].data.fd);
    if (const auto now = Connections::Clock::now(); now >= next_tick) {
      next_tick = now + std::chrono::milliseconds(kTickMillis);
      if (now >= next_resume) {
        next_resume = now + kPause;
        Resume();
      }
      tick_();
    }
  }
}

void Acceptor::Handle(int fd) {
  if (fd == wake_) return;
  if (std::ranges::find(listeners_, fd) != listeners_.end()) return AcceptFrom(fd);
  // Both ways are shut. Taken out by hand: gRPC may hold the socket a moment longer.
  epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
  connections_->Remove(fd);
}

void Acceptor::AcceptFrom(int listener) {
  for (int i = 0; i < kAcceptsInARow; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int fd = accept4(listener, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      Welcome(fd, address);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      return Pause();
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;
    }
  }
}

void Acceptor::Welcome(int fd, const sockaddr_storage& address) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int watch = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (watch < 0) {
    close(fd);
    return Pause();
  }
  if (!connections_->Add(PeerOf(address), watch, Connections::Clock::now())) {
    close(fd);
    return;
  }
  if (!Watch(epoll_, watch, /*events=*/0)) {  // the end of a connection is told unasked
    connections_->Remove(watch);
    close(fd);
    return Pause();
  }
  take_(fd);
}

void Acceptor::Pause() {
  if (paused_) return;
  paused_ = true;
  spdlog::warn("no descriptor or memory is left for another connection: new ones wait");
  for (const int fd : listeners_) epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

void Acceptor::Resume() {
  if (!paused_) return;
  paused_ = false;
  for (const int fd : listeners_) Watch(epoll_, fd, EPOLLIN);
}

}  // namespace holdfast::server
