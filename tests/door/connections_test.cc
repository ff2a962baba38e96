#include "vault/server/connections.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace holdfast::server {
namespace {

using Clock = Connections::Clock;

const Bytes kMia(32, 1);
const Bytes kSam(32, 2);

// One end is the table's; the other tells whether it was cut.
class Pair {
 public:
  Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_), 0); }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  ~Pair() { close(ends_[1]); }
  int watch() const { return ends_[0]; }
  bool cut() const {
    pollfd fd{.fd = ends_[1], .events = POLLIN};
    return poll(&fd, 1, 0) == 1 && (fd.revents & (POLLHUP | POLLIN)) != 0;
  }

 private:
  int ends_[2] = {-1, -1};
};

std::function<Bytes()> Is(const Bytes& device) {
  return [device] { return device; };
}

Peer At(std::uint8_t host, std::uint16_t port) {
  return ParsePeer("ipv4:10.0.0." + std::to_string(host) + ":" + std::to_string(port));
}

TEST(Peers, AreReadAsGrpcWritesThem) {
  sockaddr_storage address{};
  auto& v4 = reinterpret_cast<sockaddr_in&>(address);
  v4.sin_family = AF_INET;
  v4.sin_port = htons(5000);
  inet_pton(AF_INET, "127.0.0.1", &v4.sin_addr);
  EXPECT_EQ(PeerOf(address), ParsePeer("ipv4:127.0.0.1:5000"));
  sockaddr_storage six{};
  auto& v6 = reinterpret_cast<sockaddr_in6&>(six);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(5000);
  inet_pton(AF_INET6, "::1", &v6.sin6_addr);
  EXPECT_EQ(PeerOf(six), ParsePeer("ipv6:%5B::1%5D:5000"));
  EXPECT_EQ(PeerOf(six), ParsePeer("ipv6:[::1]:5000"));
  // IPv4 over a socket of both.
  inet_pton(AF_INET6, "::ffff:127.0.0.1", &v6.sin6_addr);
  EXPECT_EQ(PeerOf(six), ParsePeer("ipv4:127.0.0.1:5000"));
  for (const char* bad : {"", "unix:/x", "ipv4:1.2.3:4", "ipv4:1.2.3.4", "ipv4:1.2.3.4:99999", "ipv6:%5B::1%5D:"})
    EXPECT_EQ(ParsePeer(bad), Peer{}) << bad;
}

TEST(Connections, OfOneAddressThatNeverCalledGiveWayToItsNewOnes) {
  Connections table({.uncalled_per_address = 2});
  Pair other, first, second, third;
  EXPECT_TRUE(table.Add(At(9, 1), other.watch(), Clock::now()));
  EXPECT_TRUE(table.Add(At(1, 1), first.watch(), Clock::now()));
  EXPECT_TRUE(table.Add(At(1, 2), second.watch(), Clock::now()));
  EXPECT_TRUE(table.Add(At(1, 3), third.watch(), Clock::now()));
  EXPECT_TRUE(first.cut());
  EXPECT_FALSE(second.cut() || third.cut() || other.cut());
  table.Begun(At(1, 2), Is(kMia));
  Pair fourth;
  EXPECT_TRUE(table.Add(At(1, 4), fourth.watch(), Clock::now()));
  EXPECT_FALSE(second.cut() || third.cut() || fourth.cut()) << "one that called counts no more";
}

TEST(Connections, OfOneDeviceGiveWayToItsNewOnes) {
  Connections table({.per_device = 2});
  Pair pairs[4];
  for (std::uint16_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(table.Add(At(1, i + 1), pairs[i].watch(), Clock::now()));
    table.Begun(At(1, i + 1), Is(i == 0 ? kSam : kMia));
  }
  EXPECT_FALSE(pairs[0].cut());
  EXPECT_TRUE(pairs[1].cut());
  EXPECT_FALSE(pairs[2].cut() || pairs[3].cut());
}

TEST(Connections, AreTurnedAwayWhenThereAreTooManyUntilOneHasEnded) {
  Connections table({.all = 2});
  Pair first, second, third, fourth;
  EXPECT_TRUE(table.Add(At(1, 1), first.watch(), Clock::now()));
  EXPECT_TRUE(table.Add(At(2, 1), second.watch(), Clock::now()));
  table.Begun(At(1, 1), Is(kMia));
  EXPECT_FALSE(table.Add(At(3, 1), third.watch(), Clock::now()));
  EXPECT_TRUE(second.cut()) << "the oldest that never called makes room";
  EXPECT_FALSE(first.cut());
  table.Remove(second.watch());
  EXPECT_TRUE(table.Add(At(4, 1), fourth.watch(), Clock::now()));
  EXPECT_EQ(table.size(), 2U);
}

TEST(Connections, ThatDoNotCallInTimeOrWhoseDeviceIsNotKnownAnyMoreAreCut) {
  Connections table({.until_first_call = std::chrono::seconds(15)});
  const auto start = Clock::now();
  Pair silent, mia, sam;
  table.Add(At(1, 1), silent.watch(), start);
  table.Add(At(1, 2), mia.watch(), start);
  table.Add(At(1, 3), sam.watch(), start);
  table.Begun(At(1, 2), Is(kMia));
  table.Begun(At(1, 3), Is(kSam));
  const auto all = [](const Bytes&) { return true; };
  table.Sweep(start + std::chrono::seconds(14), all);
  EXPECT_FALSE(silent.cut() || mia.cut() || sam.cut());
  table.Sweep(start + std::chrono::seconds(15), all);
  EXPECT_TRUE(silent.cut());
  table.Sweep(start, [](const Bytes& device) { return device == kSam; });
  EXPECT_TRUE(mia.cut());
  EXPECT_FALSE(sam.cut());
  table.CutAll();
  EXPECT_TRUE(sam.cut());
}

TEST(Connections, OfADeviceAreCutWhenTooManyOfItsCallsAreNotOver) {
  Connections table({.open_calls = 2});
  Pair mia, other, sam;
  table.Add(At(1, 1), mia.watch(), Clock::now());
  table.Add(At(1, 2), other.watch(), Clock::now());
  table.Add(At(1, 3), sam.watch(), Clock::now());
  auto& party = table.Begun(At(1, 1), Is(kMia));
  table.Begun(At(1, 2), Is(kMia));
  table.Begun(At(1, 3), Is(kSam));
  table.Ended(party);
  table.Begun(At(1, 1), Is(kMia));
  EXPECT_FALSE(mia.cut() || other.cut());
  table.Begun(At(1, 1), Is(kMia));
  EXPECT_TRUE(mia.cut() && other.cut());
  EXPECT_FALSE(sam.cut());
}

// Over TCP, whose bytes are counted.
class TcpPair {
 public:
  TcpPair() {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener, plain, size), 0);
    EXPECT_EQ(listen(listener, 1), 0);
    EXPECT_EQ(getsockname(listener, plain, &size), 0);
    client_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(client_, plain, size), 0);
    server_ = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    close(listener);
  }
  TcpPair(const TcpPair&) = delete;
  TcpPair& operator=(const TcpPair&) = delete;
  ~TcpPair() { close(client_); }
  int watch() const { return server_; }
  // Sends and takes it in.
  void Bring(std::size_t bytes) {
    std::string buffer(4096, 'x');
    for (std::size_t done = 0; done < bytes; done += buffer.size()) {
      EXPECT_EQ(send(client_, buffer.data(), buffer.size(), MSG_NOSIGNAL), static_cast<ssize_t>(buffer.size()));
      EXPECT_EQ(recv(server_, buffer.data(), buffer.size(), MSG_WAITALL), static_cast<ssize_t>(buffer.size()));
    }
  }
  bool cut() const {
    pollfd fd{.fd = client_, .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
  }

 private:
  int client_ = -1;
  int server_ = -1;
};

TEST(Connections, ThatBringMoreThanMessagesAreCut) {
  constexpr std::size_t kMega = 1024 * 1024;
  Connections table({.stray_bytes = 2 * kMega});
  const auto sweep = [&, now = Clock::now()] { table.Sweep(now, [](const Bytes&) { return true; }); };
  TcpPair honest, first, second, small;
  TcpPair* const all[] = {&honest, &first, &second, &small};
  for (std::uint16_t i = 0; i < 4; ++i) {
    table.Add(At(1, i), all[i]->watch(), Clock::now());
    table.Begun(At(1, i), Is(i == 0 ? kSam : kMia));
  }
  for (int i = 0; i < 20; ++i) {  // as long as each message is whole in the end
    honest.Bring(kMega);
    sweep();
    table.Whole(At(1, 0), kMega);
  }
  small.Bring(8192);
  first.Bring(kMega);
  table.Whole(At(1, 1), 100);
  second.Bring(kMega - 16384);
  sweep();
  EXPECT_FALSE(first.cut() || second.cut());
  second.Bring(16384);
  sweep();
  EXPECT_TRUE(first.cut() && second.cut());
  EXPECT_FALSE(honest.cut() || small.cut());
}

}  // namespace
}  // namespace holdfast::server
