#include "vault/server/peer.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace holdfast::server {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t kPrefixOfV6 = 8;  // who has an address has its /64

Peer Mapped(const in_addr& address, std::uint16_t port) {
  Peer peer{.port = port};
  std::ranges::copy(kMapped, peer.address.begin());
  std::memcpy(peer.address.data() + kMapped.size(), &address, sizeof address);
  return peer;
}

// "%5B::1%5D" -> "[::1]".
std::string Unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::uint8_t byte = 0;
    const char* const hex = text.data() + 1;
    if (text.front() == '%' && text.size() >= 3 && std::from_chars(hex, hex + 2, byte, 16).ptr == hex + 2) {
      out.push_back(static_cast<char>(byte));
      text.remove_prefix(3);
    } else {
      out.push_back(text.front());
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace

Peer PeerOf(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return Mapped(v4.sin_addr, ntohs(v4.sin_port));
  }
  if (address.ss_family != AF_INET6) return {};
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  Peer peer{.port = ntohs(v6.sin6_port)};
  std::memcpy(peer.address.data(), &v6.sin6_addr, peer.address.size());
  return peer;
}

Peer ParsePeer(std::string_view text) {
  const bool v4 = text.starts_with("ipv4:");
  if (!v4 && !text.starts_with("ipv6:")) return {};
  const std::string plain = Unescaped(text.substr(5));
  const std::size_t colon = plain.rfind(':');
  if (colon == plain.npos) return {};
  Peer peer;
  const char* const end = plain.data() + plain.size();
  const auto [stop, error] = std::from_chars(plain.data() + colon + 1, end, peer.port);
  if (error != std::errc() || stop != end) return {};
  std::string host = plain.substr(0, colon);
  if (v4) {
    in_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1 ? Mapped(address, peer.port) : Peer{};
  }
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  host = host.substr(0, host.find('%'));  // the scope of a link-local address
  return inet_pton(AF_INET6, host.c_str(), peer.address.data()) == 1 ? peer : Peer{};
}

Bytes AddressOf(const Peer& peer) {
  const bool v4 = std::equal(kMapped.begin(), kMapped.end(), peer.address.begin());
  const auto size = static_cast<std::ptrdiff_t>(v4 ? peer.address.size() : kPrefixOfV6);
  return Bytes(peer.address.begin(), peer.address.begin() + size);
}

}  // namespace holdfast::server
