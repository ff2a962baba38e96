#include "tests/bench/echo_server.h"

#include <fmt/format.h>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "holdfast/v1/secret_service.grpc.pb.h"
#include "tests/harness/vault_fixture.h"
#include "vault/crypto/init.h"
#include "vault/custody/vault.h"
#include "vault/server/listener.h"
#include "vault/server/tls_floor.h"

namespace holdfast::bench {
namespace {

class Echo final : public v1::SecretService::CallbackService {
 public:
  explicit Echo(std::size_t box_size) : box_(box_size, 'x') {}

 private:
  grpc::ServerUnaryReactor* RevealSecretVersion(grpc::CallbackServerContext* context,
                                                const v1::RevealSecretVersionRequest* request,
                                                v1::RevealSecretVersionResponse* response) override {
    response->mutable_version()->set_name(request->name());
    response->mutable_value()->set_box(box_);
    response->set_rule(request->reason());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  const std::string box_;
};

int Fail(const absl::Status& status) {
  fmt::print(stderr, "reveal_bench: {}\n", MessageOf(status));
  return 1;
}

}  // namespace

int RunEchoServer(int argc, char** argv) {
  if (argc != 2) return Fail(absl::InvalidArgumentError("--echo takes DATA_DIR BOX_SIZE"));
  if (const absl::Status status = server::RequireTls13(); !status.ok()) return Fail(status);
  if (const absl::Status status = crypto::Init(); !status.ok()) return Fail(status);
  const auto vault = custody::Vault::Open(argv[0]);
  if (!vault.ok()) return Fail(vault.status());
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<Echo>(std::strtoul(argv[1], nullptr, 10)));
  auto acceptor = server::Acceptor::Bind("127.0.0.1:0");
  if (!acceptor.ok()) return Fail(acceptor.status());
  server::Connections connections{server::ConnectionLimits{}};
  const int port = (*acceptor)->port();
  const auto listener = server::Listener::Open(*std::move(acceptor), connections, (*vault)->keys(), (*vault)->door(),
                                               std::move(services), [] {});
  if (!listener.ok()) return Fail(listener.status());
  fmt::print("127.0.0.1:{}\n", port);
  std::fflush(stdout);
  pause();
  return 0;
}

EchoProcess::EchoProcess(const std::string& program, const std::string& data_dir, const std::string& output,
                         std::size_t box_size)
    : process_({program, "--echo", data_dir, std::to_string(box_size)}, output, output + ".err") {
  while (address_.find('\n') == std::string::npos) {
    if (!process_.Running()) {
      fmt::print(stderr, "the bare server does not start: {}\n", testing::ReadFile(output + ".err"));
      std::exit(1);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    address_ = testing::ReadFile(output);
  }
  address_.pop_back();
}

}  // namespace holdfast::bench
