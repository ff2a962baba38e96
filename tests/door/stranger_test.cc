// From outside, without a certificate that the vault knows: whatever is sent, no HTTP/2 is spoken, the server's memory
// stays, others are served, and the server stops when it is told to.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/door/abuse.h"
#include "tests/door/raw_http2.h"
#include "tests/door/siege.h"
#include "vault/pki/ca.h"
#include "vault/pki/enrollment_string.h"
#include "vault/pki/key.h"

namespace holdfast::testing {
namespace {

using std::chrono::milliseconds;

constexpr long kBoundKib = 64 * 1024;
constexpr milliseconds kLength(4000);
constexpr int kThreads = 4;

// Of a key that no enrollment string holds.
ClientCertificate OwnCertificate() {
  const SecretBytes key = pki::GenerateP256Key().value();
  const Plaintext pem = pki::PrivateKeyToPem(key).value();
  return {.certificate = pki::MakeEnrollmentCertificate(key, WallNow()).value(),
          .private_key = std::string(AsChars(pem.ExposeSecret()))};
}

class StrangerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(vault_.Start()) << vault_.server_log();
    vault_.EnrollOfficer();
  }

  // The attack as long as somebody works, and once more while the server is told to stop.
  void Withstand(const char* name, const std::function<void()>& attack) {
    fmt::print("{}\n", name);
    {
      Bystander bystander(vault_, "alice");
      Attack(kThreads, kLength, attack);
      bystander.End();
      EXPECT_LT(bystander.most_above_rest_kib(), kBoundKib);
      EXPECT_EQ(bystander.failures(), 0);
      EXPECT_GT(bystander.calls(), 10U);
    }
    std::thread meanwhile([&] { Attack(kThreads, kLength, attack); });
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(vault_.Stop(SIGTERM), 0);
    fmt::print("  stopped in {} ms\n",
               std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin).count());
    meanwhile.join();
    EXPECT_EQ(vault_.server_log().find("error"), std::string::npos) << vault_.server_log();
  }
  void WithstandAbuse(const char* name, Abuse abuse) {
    const ClientCertificate own = OwnCertificate();
    std::atomic<int> turn = 0;
    Withstand(name, [&] {
      RawConnection connection(vault_.api(), ++turn % 2 == 0 ? own : ClientCertificate());
      if (connection.Send(Preface())) abuse(connection, 1);
    });
  }

  VaultFixture vault_;
};

TEST_F(StrangerTest, RapidResetsChangeNothing) { WithstandAbuse("rapid reset", RapidReset); }

TEST_F(StrangerTest, EndlessContinuationFramesChangeNothing) {
  WithstandAbuse("CONTINUATION", EndlessContinuation);
}

TEST_F(StrangerTest, AHugeHeaderStringChangesNothing) { WithstandAbuse("huge string", HugeString); }

TEST_F(StrangerTest, IdleConnectionsKeepNobodyOut) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  std::vector<int> idle;
  std::mutex mutex;
  const std::string api = vault_.api();
  Withstand("4,000 idle connections", [&] {
    const int fd = ConnectTcp(api);
    if (fd < 0) return;
    const std::lock_guard lock(mutex);
    idle.push_back(fd);
    if (idle.size() <= 4000) return;
    close(idle.front());
    idle.erase(idle.begin());
  });
  EXPECT_EQ(idle.size(), 4000U);
  for (const int fd : idle) close(fd);
}

TEST_F(StrangerTest, StringsThatNobodyMadeAreTriedInVain) {
  Withstand("wrong codes in a loop", [&] {
    RawConnection connection(vault_.api(), OwnCertificate());
    if (!connection.connected()) return;
    connection.Send(Preface() + Frame(FrameType::kHeaders, kEndHeaders, 1,
                                      CallHeaders("/holdfast.v1.EnrollmentService/Enroll")));
    EXPECT_EQ(connection.Receive(1000), "") << "not a byte of HTTP/2 comes back";
  });
}

TEST_F(StrangerTest, WhoEnrollsIsNotCutMeanwhile) {
  const Outcome added = vault_.Cli("alice", {"-o", "json", "holder", "add", "--role", "member", "mia"});
  const auto string = pki::ParseEnrollmentString(
      nlohmann::json::parse(added.out)["enrollment"].get<std::string>());
  ASSERT_TRUE(string.ok()) << added.out;
  const Plaintext pem = pki::PrivateKeyToPem(string->key).value();
  RawConnection connection(vault_.api(),
                           {.certificate = pki::MakeEnrollmentCertificate(string->key, WallNow()).value(),
                            .private_key = std::string(AsChars(pem.ExposeSecret()))});
  const auto enroll = [&](std::uint32_t stream) {
    return connection.Send(Frame(FrameType::kHeaders, kEndHeaders, stream,
                                 CallHeaders("/holdfast.v1.EnrollmentService/Enroll")) +
                           Frame(FrameType::kData, kEndStream, stream, GrpcMessage("\x0a\x01x")));
  };
  ASSERT_TRUE(connection.Send(Preface()) && enroll(1));
  EXPECT_NE(connection.Receive(600), "");  // until the server has looked over its connections
  EXPECT_TRUE(enroll(3));
  EXPECT_NE(connection.Receive(600), "") << "still answers";
}

}  // namespace
}  // namespace holdfast::testing
