// One device can do little to the server and to others, whatever it leaves unread.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "holdfast/v1/account_service.grpc.pb.h"
#include "holdfast/v1/vault_service.grpc.pb.h"
#include "tests/door/abuse.h"
#include "tests/door/raw_http2.h"
#include "tests/door/siege.h"
#include "vault/base/ids.h"

namespace holdfast::testing {
namespace {

using std::chrono::milliseconds;

constexpr long kBoundKib = 96 * 1024;
// Without bounds these took 1,000 to 1,800 MiB. How far the server lags behind a flood depends on the machine.
constexpr long kAbuseBoundKib = 256 * 1024;

class DeviceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(vault_.Start()) << vault_.server_log();
    vault_.EnrollOfficer();
    vault_.AddHolder("omar", "security", "alice");
  }

  ClientCertificate CertificateOf(const std::string& holder) const {
    const auto identity = nlohmann::json::parse(ReadFile(vault_.home(holder) + "/identity.json"));
    return {.certificate = identity["certificate"], .private_key = identity["private_key"]};
  }

  // An event about a holder's refused calls, as the log has it once the server was stopped and started again.
  struct Refused {
    std::string rule;
    std::string method;
    int times = 1;
  };
  std::vector<Refused> RefusalsOf(const std::string& holder) {
    EXPECT_EQ(vault_.Stop(SIGTERM), 0);
    EXPECT_TRUE(vault_.Start()) << vault_.server_log();
    const Outcome log = vault_.Cli("alice", {"-o", "json", "audit", "log", "--type", "call.refused", "--actor", holder,
                                             "--limit", "1000"});
    std::vector<Refused> refused;
    const auto found = nlohmann::json::parse(log.out, nullptr, /*allow_exceptions=*/false);
    for (const auto& event : found["events"]) {
      Refused one{.rule = event["rule"]};
      for (const auto& text : event["texts"]) {
        if (text["field"] == "folded") one.times = std::stoi(text["text"].get<std::string>());
        if (text["field"] == "method") one.method = text["text"];
      }
      refused.push_back(one);
    }
    return refused;
  }

  VaultFixture vault_;
};

TEST_F(DeviceTest, AnswersThatADeviceDoesNotReadAreBounded) {
  const ApiClient alice = [&] {
    ApiClient client(vault_.home("alice"));
    EXPECT_TRUE(client.Connect(vault_.api()).ok());
    return client;
  }();
  for (int i = 0; i < 200; ++i) {
    v1::CreateAccountRequest request;
    request.set_account_id(fmt::format("a-{}", i));
    request.mutable_account()->set_platform("x");
    request.mutable_account()->set_owner(HolderName("omar"));
    request.mutable_account()->set_purpose(std::string(500, 'p'));
    request.mutable_account()->set_url("https://example.org/" + std::string(2000, 'u'));
    request.mutable_account()->set_handle(std::string(256, 'h'));
    request.mutable_account()->set_unit(std::string(256, 'n'));
    request.set_request_id(request.account_id());
    const auto made = alice.Call<v1::AccountService>(&v1::AccountService::StubInterface::CreateAccount, request);
    ASSERT_TRUE(made.ok()) << made.status();
  }
  fmt::print("20 connections with 100 unread lists each\n");
  Bystander bystander(vault_, "alice");
  const ClientCertificate omar = CertificateOf("omar");
  const std::string list("\x08\xc8\x01", 3);  // page_size: 200
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (int i = 0; i < 20; ++i) {
    auto connection = std::make_unique<RawConnection>(vault_.api(), omar);
    ASSERT_TRUE(connection->connected());
    std::string calls = Preface();
    for (std::uint32_t stream = 1; stream < 200; stream += 2)
      calls += Frame(FrameType::kHeaders, kEndHeaders, stream,
                     CallHeaders("/holdfast.v1.AccountService/ListAccounts")) +
               Frame(FrameType::kData, kEndStream, stream, GrpcMessage(list));
    connection->Send(calls);
    connections.push_back(std::move(connection));
  }
  // Until nothing more comes of any: all calls have been answered, as far as they will be.
  for (const auto& connection : connections) connection->Receive(500);
  bystander.End();
  EXPECT_LT(bystander.most_above_rest_kib(), kBoundKib);
  EXPECT_EQ(bystander.failures(), 0);
  EXPECT_EQ(vault_.Stop(SIGTERM), 0) << "unread answers do not keep the server";
}

TEST_F(DeviceTest, AServerThatRanOutOfDescriptorsTakesConnectionsAgainWhenItHasSome) {
  rlimit before{};
  ASSERT_EQ(prlimit(vault_.server_pid(), RLIMIT_NOFILE, nullptr, &before), 0);
  const rlimit none{.rlim_cur = 3, .rlim_max = before.rlim_max};
  ASSERT_EQ(prlimit(vault_.server_pid(), RLIMIT_NOFILE, &none, nullptr), 0);
  ApiClient early(vault_.home("alice"));
  std::thread waiting([&] { EXPECT_TRUE(early.Connect(vault_.api()).ok()); });
  // The log says when the server has met it.
  while (vault_.server_log().find("no descriptor or memory is left") == std::string::npos && vault_.Running())
    std::this_thread::sleep_for(milliseconds(5));
  ASSERT_EQ(prlimit(vault_.server_pid(), RLIMIT_NOFILE, &before, nullptr), 0);
  waiting.join();
  EXPECT_EQ(vault_.Cli("alice", {"status"}).exit_code, 0);
  EXPECT_EQ(vault_.Stop(SIGTERM), 0);
}

TEST_F(DeviceTest, ARevokedDevicesConnectionsAreCutAndItsSessionsWorthNothing) {
  const ClientCertificate omar = CertificateOf("omar");
  RawConnection connection(vault_.api(), omar);
  const auto call = [](RawConnection& connection, std::uint32_t stream) {
    return connection.Send(Frame(FrameType::kHeaders, kEndHeaders, stream,
                                 CallHeaders("/holdfast.v1.VaultService/GetVault")) +
                           Frame(FrameType::kData, kEndStream, stream, GrpcMessage("")));
  };
  ASSERT_TRUE(connection.Send(Preface()) && call(connection, 1));
  EXPECT_NE(connection.Receive(500), "");
  {
    RawConnection again(vault_.api(), omar, &connection);
    fmt::print("TLS sessions are {}\n", again.resumed() ? "resumed" : "not resumed");
    ASSERT_TRUE(again.Send(Preface()) && call(again, 1));
    EXPECT_NE(again.Receive(500), "");
  }
  const auto status = nlohmann::json::parse(vault_.Cli("omar", {"-o", "json", "status"}).out);
  ASSERT_EQ(vault_.Cli("alice", {"holder", "revoke-key", "--yes", "omar", "--fingerprint", status["callerFingerprint"]})
                .exit_code,
            0);
  RawConnection later(vault_.api(), omar, &connection);
  later.Send(Preface());
  call(later, 1);
  EXPECT_EQ(later.Receive(1000), "") << "not a byte of HTTP/2 comes back";
  connection.Receive(3000);
  std::uint32_t stream = 3;
  while (stream < 2000 && call(connection, stream)) stream += 2;  // a write or two, until what was closed is noticed
  EXPECT_LT(stream, 2000U);

  // The handshake is on record too, at the latest when the server stops.
  const auto refused = RefusalsOf("omar");
  const auto handshake = std::ranges::find_if(refused, [](const Refused& event) { return event.method == "handshake"; });
  ASSERT_NE(handshake, refused.end());
  EXPECT_EQ(handshake->rule, "floor.revoked-key");
  EXPECT_GE(handshake->times, 1);
}

TEST_F(DeviceTest, WhoIsRefusedThousandsOfTimesLeavesAFewEventsThatTellAllOfThem) {
  ASSERT_EQ(vault_.Cli("alice", {"holder", "suspend", "omar"}).exit_code, 0);
  constexpr int kCalls = 3000;
  ApiClient omar(vault_.home("omar"));
  EXPECT_EQ(ReasonOf(omar.Connect(vault_.api())), "HOLDER_INACTIVE");
  for (int i = 1; i < kCalls; ++i) {
    const auto answer = omar.Call<v1::VaultService>(&v1::VaultService::StubInterface::GetVault, {});
    ASSERT_EQ(ReasonOf(answer.status()), "HOLDER_INACTIVE") << answer.status();
  }
  const auto refused = RefusalsOf("omar");
  fmt::print("{} refusals left {} events\n", kCalls, refused.size());
  EXPECT_LT(refused.size(), 100U);
  int told = 0;
  for (const Refused& event : refused) told += event.times;
  EXPECT_EQ(told, kCalls);
}


TEST_F(DeviceTest, AnImportOfLongValuesIsNoAbuse) {
  constexpr int kItems = 24;
  nlohmann::json items = nlohmann::json::array();
  for (int i = 0; i < kItems; ++i) {
    nlohmann::json fields = nlohmann::json::array();
    for (int f = 0; f < 14; ++f)
      fields.push_back({{"name", fmt::format("key {}", f)}, {"type", 1}, {"value", std::string(60'000, static_cast<char>('a' + f))}});
    items.push_back({{"id", fmt::format("item-{}", i)},
                     {"type", 1},
                     {"name", fmt::format("Long {}", i)},
                     {"login", {{"username", "u"}, {"password", fmt::format("Secret-{}", i)}}},
                     {"fields", fields}});
  }
  const std::string file = vault_.dir() / "export.json";
  WriteFile(file, nlohmann::json{{"encrypted", false}, {"items", items}}.dump());
  const Outcome imported = vault_.Cli("omar", {"import", file, "--owner", "alice"});
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_EQ(vault_.Cli("alice", {"status"}).exit_code, 0);
}

// A device that was honest once, or a thousand times, and others who work meanwhile.
class AbuseTest : public DeviceTest, public ::testing::WithParamInterface<std::pair<const char*, Abuse>> {
 protected:
  bool CallAgain(RawConnection& connection, int times) {
    std::string calls = Preface(/*window=*/65535);
    for (int i = 0; i < times; ++i)
      calls += Frame(FrameType::kHeaders, kEndHeaders, Stream(i), CallHeaders("/holdfast.v1.VaultService/GetVault")) +
               Frame(FrameType::kData, kEndStream, Stream(i), GrpcMessage(""));
    return connection.Send(calls) && !connection.Receive(200).empty();
  }
  static std::uint32_t Stream(int i) { return 1 + 2 * static_cast<std::uint32_t>(i); }
};

TEST_P(AbuseTest, ByADeviceIsBoundedToo) {
  constexpr int kThreads = 16;
  constexpr milliseconds kLength(4000);
  const auto [name, abuse] = GetParam();
  fmt::print("{}\n", name);
  const ClientCertificate omar = CertificateOf("omar");
  std::atomic<int> turn = 0;
  Bystander bystander(vault_, "alice");
  Attack(kThreads, kLength, [&, abuse = abuse] {
    RawConnection connection(vault_.api(), omar);
    const int calls = ++turn % 4 == 0 ? 0 : 50;  // with honest calls before, and without
    if (connection.connected() && (calls == 0 ? connection.Send(Preface()) : CallAgain(connection, calls)))
      abuse(connection, Stream(calls));
  });
  bystander.End();
  EXPECT_LT(bystander.most_above_rest_kib(), kAbuseBoundKib);
  EXPECT_EQ(bystander.failures(), 0);
  int tries = 0;
  while (vault_.Cli("omar", {"status"}).exit_code != 0 && tries < 20) ++tries;
  EXPECT_LT(tries, 20) << "the device is served again once what it left is cleared away";
  EXPECT_EQ(vault_.Stop(SIGTERM), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, AbuseTest,
    ::testing::Values(std::pair{"RapidReset", &RapidReset}, std::pair{"RapidShortReset", &RapidShortReset},
                      std::pair{"Continuation", &EndlessContinuation}, std::pair{"HugeString", &HugeString},
                      std::pair{"Messages", &EndlessMessages}, std::pair{"Settings", &EndlessSettings}),
    [](const auto& kind) { return kind.param.first; });

}  // namespace
}  // namespace holdfast::testing
