#include "vault/server/connections.h"

#include <linux/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace holdfast::server {
namespace {

// A connection brings so much before its first call, and headers and frames around each message.
constexpr std::uint64_t kHandshake = 16 * 1024;
constexpr std::uint64_t kAroundMessage = 512;
// Whoever is sent long answers sends a little for them: windows, and signs of life.
constexpr std::uint64_t kAnsweredPerByte = 128;
constexpr std::uint64_t kForgottenASecond = 1024 * 1024;

std::uint64_t Minus(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; }

}  // namespace

Connections::~Connections() {
  for (const Entries* entries : {&uncalled_, &called_})
    for (const Connection& connection : *entries) close(connection.watch);
}

void Connections::Cut(Connection& connection) {
  connection.cut = true;
  shutdown(connection.watch, SHUT_RDWR);
}

// What has come and was not read yet is thrown away too, which shutdown() would leave to be read.
void Connections::Abort(Connection& connection) {
  constexpr sockaddr none{.sa_family = AF_UNSPEC, .sa_data = {}};
  connect(connection.watch, &none, sizeof none);
  Cut(connection);
}

void Connections::Look(Connection& connection) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(connection.watch, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return;
  const std::uint64_t answered = Minus(info.tcpi_bytes_acked, connection.acked) / kAnsweredPerByte;
  const std::uint64_t came = Minus(info.tcpi_bytes_received, connection.received);
  connection.acked += answered * kAnsweredPerByte;
  connection.received += came;
  connection.stray = Minus(connection.stray + came, connection.whole + answered);
  connection.whole = 0;
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

template <class Act>
void Connections::ForEach(Act act) {
  for (Entries* entries : {&uncalled_, &called_})
    for (Connection& connection : *entries)
      if (!connection.cut) act(connection);
}

void Connections::Join(Connection& connection, const Bytes& key) {
  connection.party = &parties_[key];
  ++connection.party->connections;
}

void Connections::Leave(Connection& connection) {
  Party& party = *connection.party;
  --party.connections;
  if (connection.stray > kHandshake) party.left += connection.stray;
}

bool Connections::MakeRoom(const Peer& peer) {
  const Bytes address = AddressOf(peer);
  const auto neighbour = [&](const Connection& c) { return AddressOf(c.peer) == address; };
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
  Join(*entry, AddressOf(peer));
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
  Leave(*entry);
  (entry->device.empty() ? uncalled_ : called_).erase(entry);
  by_watch_.erase(found);
  close(watch);
}

void Connections::Remove(int watch) {
  const std::lock_guard lock(mutex_);
  Forget(watch);
}

Connections::Connection* Connections::Find(const Peer& peer) {
  const auto found = by_peer_.find(peer);
  return found == by_peer_.end() ? nullptr : &*found->second;
}

void Connections::SetDevice(Entries::iterator entry, const Bytes& device) {
  const auto same = [&](const Connection& c) { return c.device == device; };
  if (Count(called_, same) >= limits_.per_device) CutOldest(called_, same);
  --entry->party->connections;
  Join(*entry, device);
  entry->device = device;
  called_.splice(called_.end(), uncalled_, entry);
}

// Calls begin later than memory is taken for them. So when there are too many, those are cut that have many already;
// and when that did not help, whoever sent much of which nothing is known.
void Connections::Relieve(bool much) {
  const std::lock_guard lock(mutex_);
  ForEach([&](Connection& c) {
    if (much) Look(c);
    if (c.party->open_calls > limits_.crowded_calls || (much && c.stray > kHandshake)) Abort(c);
  });
}

void Connections::Opened() {
  constexpr int kNow = 64;  // not each time: it takes a while
  const int all = ++all_open_calls_;
  if (all > limits_.all_open_calls && all % kNow == 0) Relieve(all > limits_.all_open_calls * 3 / 2);
}

Connections::Party& Connections::PartyOf(const Peer& peer, const Bytes& device) {
  const auto found = by_peer_.find(peer);
  if (found == by_peer_.end()) return parties_[device.empty() ? AddressOf(peer) : device];  // it has ended meanwhile
  if (found->second->device.empty() && !device.empty()) SetDevice(found->second, device);
  return *found->second->party;
}

Connections::Party& Connections::Begun(const Peer& peer, const std::function<Bytes()>& device_of) {
  std::unique_lock lock(mutex_);
  Bytes device;
  if (const Connection* known = Find(peer); known == nullptr || known->device.empty()) {
    lock.unlock();
    device = device_of();
    lock.lock();
  }
  Party& party = PartyOf(peer, device);
  if (++party.open_calls > limits_.open_calls)
    ForEach([&](Connection& c) {
      if (c.party == &party) Abort(c);
    });
  return party;
}

void Connections::Ended(Party& party) {
  const std::lock_guard lock(mutex_);
  --party.open_calls;
}

void Connections::Whole(const Peer& peer, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  if (Connection* const connection = Find(peer); connection != nullptr) connection->whole += bytes + kAroundMessage;
}

void Connections::CutStrays(Clock::time_point now) {
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - looked_).count();
  const auto forgotten = static_cast<std::uint64_t>(std::max<std::int64_t>(passed, 0)) * kForgottenASecond / 1000;
  looked_ = now;
  for (auto party = parties_.begin(); party != parties_.end();) {
    party->second.stray = party->second.left = Minus(party->second.left, forgotten);
    const bool idle = party->second.connections == 0 && party->second.open_calls == 0 && party->second.left == 0;
    party = idle ? parties_.erase(party) : std::next(party);
  }
  ForEach([&](Connection& c) {
    Look(c);
    c.party->stray += c.stray;
  });
  ForEach([&](Connection& c) {
    // Whoever brought little is not to suffer for its neighbours.
    if (c.party->stray > limits_.stray_bytes && c.stray > kHandshake) Abort(c);
  });
}

void Connections::Sweep(Clock::time_point now, const std::function<bool(const Bytes&)>& is_known) {
  const std::lock_guard lock(mutex_);
  for (Connection& connection : uncalled_)
    if (!connection.cut && connection.since + limits_.until_first_call <= now) Cut(connection);
  for (Connection& connection : called_)
    if (!connection.cut && !is_known(connection.device)) Cut(connection);
  CutStrays(now);
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
