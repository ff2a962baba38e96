// The other end of a connection.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "vault/base/bytes.h"

namespace holdfast::server {

// The address in IPv6's form, IPv4 mapped into it, and the port.
struct Peer {
  std::array<std::uint8_t, 16> address{};
  std::uint16_t port = 0;

  auto operator<=>(const Peer&) const = default;
};
// Of a socket, and as gRPC writes it ("ipv4:127.0.0.1:5000", "ipv6:%5B::1%5D:5000"); {} for what is neither.
Peer PeerOf(const sockaddr_storage& address);
Peer ParsePeer(std::string_view text);

// Who has an address of IPv6 has its /64: the first 8 bytes of it; all 16 of IPv4's.
Bytes AddressOf(const Peer& peer);

}  // namespace holdfast::server
