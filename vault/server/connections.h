// The connections that are open, and what may come of them: how many of all, of one address that have not called yet,
// of one device; and how much of a device, or of an address, the server may have to keep.
//
// gRPC owns each connection; this keeps a second descriptor of its socket, to learn its end, to count what came, and
// to cut it. Whoever is over a limit is served at the expense of its own connections, so that connections which do
// nothing, or harm, keep nobody else out. Thread safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>

#include "vault/base/bytes.h"
#include "vault/server/peer.h"

namespace holdfast::server {

struct ConnectionLimits {
  std::size_t all = 2048;
  std::size_t uncalled_per_address = 256;
  std::size_t per_device = 16;
  std::chrono::milliseconds until_first_call{15'000};
  // Of one device, or of all from one address that are not known to be a device's. Calls that began and are not over,
  // reset ones too, which gRPC keeps some 20 KiB each of until it has come to them; and bytes that belong to no whole
  // message: gRPC keeps up to 13 times as much of a header that does not end.
  int open_calls = 512;
  int crowded_calls = 64;  // of one party, when there are many of all
  int all_open_calls = 512;
  std::uint64_t stray_bytes = 4 * 1024 * 1024;
};

class Connections {
 public:
  using Clock = std::chrono::steady_clock;
  // A device, or an address.
  class Party {
    friend class Connections;
    std::size_t connections = 0;
    int open_calls = 0;
    std::uint64_t left = 0;   // stray bytes of connections that ended, forgotten with time
    std::uint64_t stray = 0;  // with those of its connections; as last looked at
  };

  explicit Connections(const ConnectionLimits& limits) : limits_(limits) {}
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;
  ~Connections();

  // A connection that was accepted; takes `watch`, a descriptor of its socket. False, and `watch` is closed, when no
  // room can be made: the caller closes the connection.
  bool Add(const Peer& peer, int watch, Clock::time_point now);
  // The socket behind `watch` has ended.
  void Remove(int watch);

  // Something is kept for one more call of whomever, which may not have begun yet; and for one less.
  void Opened();
  void Closed() { --all_open_calls_; }
  // A call began on it. `device_of` gives the SHA-256 of the caller's certificate, or {} when it is no device's; it is
  // not asked again once it gave a device. The party is to be told the call's end, once.
  Party& Begun(const Peer& peer, const std::function<Bytes()>& device_of);
  void Ended(Party& party);
  // A message of so many bytes, with what is around it, came whole and is in the hands of its call.
  void Whole(const Peer& peer, std::uint64_t bytes);

  // To be called some 40 times a second, as memory grows in between. Cuts what did not call in time, those of devices
  // that are not let in any more, and those that brought most of a party's stray bytes when these are too many.
  void Sweep(Clock::time_point now, const std::function<bool(const Bytes& certificate_sha256)>& is_known);
  void CutAll();

  std::size_t size() const;

 private:
  struct Connection {
    Peer peer;
    int watch = -1;
    Clock::time_point since;
    Party* party = nullptr;
    Bytes device;      // SHA-256 of its certificate; empty until it called
    bool cut = false;  // and counts no more; its end comes yet
    std::uint64_t received = 0;  // bytes that were looked at
    std::uint64_t acked = 0;     // of ours, that were taken into account
    std::uint64_t whole = 0;     // bytes of whole messages since it was looked at
    std::uint64_t stray = 0;
  };
  using Entries = std::list<Connection>;  // oldest first

  static void Cut(Connection& connection);
  static void Abort(Connection& connection);
  static void Look(Connection& connection);
  template <class Matches>
  static std::size_t Count(const Entries& entries, Matches matches);
  template <class Matches>
  static bool CutOldest(Entries& entries, Matches matches);
  template <class Act>
  void ForEach(Act act);
  void Join(Connection& connection, const Bytes& key);
  static void Leave(Connection& connection);
  Connection* Find(const Peer& peer);
  Party& PartyOf(const Peer& peer, const Bytes& device);
  void SetDevice(Entries::iterator entry, const Bytes& device);
  void Forget(int watch);
  bool MakeRoom(const Peer& peer);
  void CutStrays(Clock::time_point now);
  void Relieve(bool much);

  const ConnectionLimits limits_;
  std::atomic<int> all_open_calls_ = 0;
  mutable std::mutex mutex_;  // guards all below, parties included
  Entries uncalled_;
  Entries called_;
  std::map<Peer, Entries::iterator> by_peer_;
  std::map<int, Entries::iterator> by_watch_;
  std::map<Bytes, Party> parties_;  // by device, or AddressOf(): they differ in length
  Clock::time_point looked_{};
};

}  // namespace holdfast::server
