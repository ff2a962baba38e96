#include "vault/server/serve.h"

#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "vault/base/files.h"
#include "vault/custody/paths.h"
#include "vault/custody/vault.h"
#include "vault/rpc/services.h"
#include "vault/server/hardening.h"
#include "vault/server/listener.h"

namespace holdfast::server {
namespace {

constexpr std::chrono::seconds kGrace(5);

// It is not known what became durable. Whoever goes on could answer wrongly, so nobody does; the next start
// reads what is there and checks it.
[[noreturn]] void FailStop(const absl::Status& status) {
  spdlog::error("stopping at once, {}: {}", ReasonOf(status), MessageOf(status));
  std::_Exit(EXIT_FAILURE);
}

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// The address with the port that it got.
std::string Bound(const std::string& listen, int port) {
  auto address = ParseHostPort(listen, "listen");
  if (!address.ok()) return listen;
  address->port = port;
  return JoinHostPort(*address);
}

// How others reach a listener, as far as it is known before it listens: "" when it is to take a free port.
std::string Reachable(const std::string& advertised, const std::string& listen) {
  if (!advertised.empty()) return advertised;
  const auto address = ParseHostPort(listen, "listen");
  return address.ok() && address->port != 0 ? listen : "";
}

absl::Status WriteEndpoint(const std::string& data_dir, const Config& config, const Listener& listener) {
  const nlohmann::json endpoint = {{"api", Bound(config.listen, listener.port)}};
  return ReplaceFile(custody::EndpointPath(data_dir), AsBytes(endpoint.dump() + "\n"));
}

class Instance {
 public:
  static absl::StatusOr<std::unique_ptr<Instance>> Start(const std::string& data_dir,
                                                          const custody::OpenOptions& options,
                                                          const Config& config) {
    std::unique_ptr<Instance> instance(new Instance());
    HF_ASSIGN_OR_RETURN(instance->vault_, custody::Vault::Open(data_dir, options));
    HF_RETURN_IF_ERROR(instance->StartLedger());
    HF_RETURN_IF_ERROR(instance->StartListening(config));
    instance->LogStart(data_dir, config);
    HF_RETURN_IF_ERROR(WriteEndpoint(data_dir, config, instance->listener_));
    return instance;
  }

  ~Instance() {
    stopping_ = true;
    StopListening(listener_, kGrace);
    ledger_.reset();
  }

 private:
  Instance() = default;

  absl::Status StartLedger() {
    custody::Vault& vault = *vault_;
    HF_ASSIGN_OR_RETURN(
        ledger_, custody::Ledger::Start(vault.TakeCommitter(), vault.keys(), vault.policies(),
                                        [&vault] { return vault.OpenReader(); }, {.fatal = &FailStop, .warn = [](std::string_view what) { spdlog::error("{}", what); }}));
    return absl::OkStatus();
  }

  absl::Status StartListening(const Config& config) {
    core_ = std::make_unique<rpc::Core>(
        rpc::Core{.ledger = *ledger_,
                  .keys = vault_->keys(),
                  .api_address = Reachable(config.advertise, config.listen),
                  .version = HOLDFAST_VERSION,
                  .stopping = stopping_});
    HF_ASSIGN_OR_RETURN(
        listener_, Listen(config.listen, vault_->keys(), vault_->door(), rpc::MakeServices(*core_)));
    // A free port is known to nobody before D/endpoint says it: no call can come yet.
    if (core_->api_address.empty()) core_->api_address = Bound(config.listen, listener_.port);
    return absl::OkStatus();
  }

  void LogStart(const std::string& data_dir, const Config& config) const {
    spdlog::info("vault {} in {}", vault_->keys().vault_id_hex(), data_dir);
    if (vault_->indexes_rebuilt())
      spdlog::error(
          "indexes of {} did not show what its tables hold and were made anew: older pages were put back; find out "
          "who can write to it",
          custody::DatabasePath(data_dir));
    spdlog::info("listening on {}, for clients {}", Bound(config.listen, listener_.port), core_->api_address);
  }

  std::atomic<bool> stopping_ = false;
  std::unique_ptr<custody::Vault> vault_;
  std::unique_ptr<custody::Ledger> ledger_;
  std::unique_ptr<rpc::Core> core_;
  Listener listener_;
};

}  // namespace

absl::Status Serve(const std::string& data_dir, const custody::OpenOptions& options, const Config& config) {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // inherited by every thread: only sigwait takes them
  HF_RETURN_IF_ERROR(CheckPrivateDirectory(data_dir, "data-dir"));
  HF_ASSIGN_OR_RETURN(std::unique_ptr<Instance> instance, Instance::Start(data_dir, options, config));
  fmt::print("holdfastd ready\n");
  std::fflush(stdout);
  spdlog::info("serving");
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("stopping");
  instance.reset();
  unlink(custody::EndpointPath(data_dir).c_str());
  spdlog::info("stopped");
  return absl::OkStatus();
}

}  // namespace holdfast::server
