#include "vault/server/connections.h"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

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

std::uint64_t BytesReceived(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  return getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_bytes_received : 0;
}

bool SameAddress(const Peer& a, const Peer& b) {
  const bool v4 = std::equal(kMapped.begin(), kMapped.end(), a.address.begin());
  const auto size = static_cast<std::ptrdiff_t>(v4 ? a.address.size() : kPrefixOfV6);
  return std::equal(a.address.begin(), a.address.begin() + size, b.address.begin());
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

Connections::~Connections() {
  for (const Entries* entries : {&uncalled_, &called_})
    for (const Connection& connection : *entries) close(connection.watch);
}

void Connections::Cut(Connection& connection) {
  connection.cut = true;
  shutdown(connection.watch, SHUT_RDWR);
}

template <class Matches>
std::size_t Connections::Count(const Entries& entries, Matches matches) {
  return static_cast<std::size_t>(
      std::ranges::count_if(entries, [&](const Connection& c) { return !c.cut && matches(c); }));
}

template <class Matches>
bool Connections::CutOldest(Entries& entries, Matches matches) {
  const auto found = std::ranges::find_if(entries, [&](const Connection& c) { return !c.cut && matches(c); });
  if (found == entries.end()) return false;
  Cut(*found);
  return true;
}

bool Connections::MakeRoom(const Peer& peer) {
  const auto neighbour = [&](const Connection& c) { return SameAddress(c.peer, peer); };
  if (Count(uncalled_, neighbour) >= limits_.uncalled_per_address) CutOldest(uncalled_, neighbour);
  if (by_watch_.size() < limits_.all) return true;
  // What was cut frees its descriptors a moment later; until then new ones are turned away.
  CutOldest(uncalled_, [](const Connection&) { return true; });
  return false;
}

bool Connections::Add(const Peer& peer, int watch, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (!MakeRoom(peer)) {
    close(watch);
    return false;
  }
  uncalled_.push_back({.peer = peer, .watch = watch, .since = now});
  const auto entry = std::prev(uncalled_.end());
  by_peer_[peer] = entry;  // an earlier one from the same port has ended, whether its end was seen yet or not
  by_watch_[watch] = entry;
  return true;
}

void Connections::Forget(int watch) {
  const auto found = by_watch_.find(watch);
  if (found == by_watch_.end()) return;
  const auto entry = found->second;
  if (const auto peer = by_peer_.find(entry->peer); peer != by_peer_.end() && peer->second == entry)
    by_peer_.erase(peer);
  (entry->device.empty() ? uncalled_ : called_).erase(entry);
  by_watch_.erase(found);
  close(watch);
}

void Connections::Remove(int watch) {
  const std::lock_guard lock(mutex_);
  Forget(watch);
}

void Connections::Called(const Peer& peer, const Bytes& certificate_sha256) {
  const std::lock_guard lock(mutex_);
  const auto found = by_peer_.find(peer);
  if (found == by_peer_.end() || !found->second->device.empty()) return;
  const auto entry = found->second;
  const auto same = [&](const Connection& c) { return c.device == certificate_sha256; };
  if (Count(called_, same) >= limits_.per_device) CutOldest(called_, same);
  entry->device = certificate_sha256;
  called_.splice(called_.end(), uncalled_, entry);
}

void Connections::Sweep(Clock::time_point now, const std::function<bool(const Bytes&)>& is_known) {
  const std::lock_guard lock(mutex_);
  for (Connection& connection : uncalled_)
    if (!connection.cut && (connection.since + limits_.until_first_call <= now ||
                            BytesReceived(connection.watch) > limits_.bytes_until_first_call))
      Cut(connection);
  for (Connection& connection : called_)
    if (!connection.cut && !is_known(connection.device)) Cut(connection);
}

void Connections::CutAll() {
  const std::lock_guard lock(mutex_);
  for (Entries* entries : {&uncalled_, &called_})
    for (Connection& connection : *entries) Cut(connection);
}

std::size_t Connections::size() const {
  const std::lock_guard lock(mutex_);
  return by_watch_.size();
}

}  // namespace holdfast::server
