// The connections that are open, and how many may be: of all, of one address that have not called yet, of one device.
//
// gRPC owns each connection; this keeps a second descriptor of its socket, only to learn its end and to cut it.
// Whoever is over a limit is served at the expense of its own oldest connection, so that connections which do nothing
// keep nobody out. Thread safe.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/bytes.h"

namespace holdfast::server {

struct ConnectionLimits {
  std::size_t all = 2048;
  std::size_t uncalled_per_address = 256;  // an address is a /64 of IPv6
  std::size_t per_device = 16;
  std::chrono::milliseconds until_first_call{15'000};
  std::uint64_t bytes_until_first_call = 256 * 1024;  // a handshake and an enrollment take a few thousand
};

// An end of a connection: the address in IPv6's form, IPv4 mapped into it, and the port.
struct Peer {
  std::array<std::uint8_t, 16> address{};
  std::uint16_t port = 0;

  auto operator<=>(const Peer&) const = default;
};
// Of a socket, and as gRPC writes it ("ipv4:127.0.0.1:5000", "ipv6:%5B::1%5D:5000"); {} for what is neither.
Peer PeerOf(const sockaddr_storage& address);
Peer ParsePeer(std::string_view text);

class Connections {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Connections(const ConnectionLimits& limits) : limits_(limits) {}
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;
  ~Connections();

  // A connection that was accepted; takes `watch`, a descriptor of its socket. False, and `watch` is closed, when no
  // room can be made: the caller closes the connection.
  bool Add(const Peer& peer, int watch, Clock::time_point now);
  // The socket behind `watch` has ended.
  void Remove(int watch);

  // The device with this certificate called on it, for the first time or again.
  void Called(const Peer& peer, const Bytes& certificate_sha256);
  // Cuts what did not call in time or sent too much before, and those of devices that are not let in any more.
  void Sweep(Clock::time_point now, const std::function<bool(const Bytes& certificate_sha256)>& is_known);
  void CutAll();

  std::size_t size() const;

 private:
  struct Connection {
    Peer peer;
    int watch = -1;
    Clock::time_point since;
    Bytes device;      // SHA-256 of its certificate; empty until it called
    bool cut = false;  // and counts no more; its end comes yet
  };
  using Entries = std::list<Connection>;  // oldest first

  static void Cut(Connection& connection);
  template <class Matches>
  static std::size_t Count(const Entries& entries, Matches matches);
  template <class Matches>
  static bool CutOldest(Entries& entries, Matches matches);
  void Forget(int watch);
  bool MakeRoom(const Peer& peer);

  const ConnectionLimits limits_;
  mutable std::mutex mutex_;
  Entries uncalled_;
  Entries called_;
  std::map<Peer, Entries::iterator> by_peer_;
  std::map<int, Entries::iterator> by_watch_;
};

}  // namespace holdfast::server
