#include "vault/server/serve.h"

#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "vault/base/files.h"
#include "vault/custody/paths.h"
#include "vault/custody/server_event.h"
#include "vault/custody/vault.h"
#include "vault/rpc/services.h"
#include "vault/server/hardening.h"
#include "vault/server/listener.h"
#include "vault/server/vault_directory.h"

namespace holdfast::server {
namespace {

constexpr std::chrono::seconds kGrace(5);
constexpr std::chrono::seconds kLastResort(10);

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

absl::Status WriteEndpoint(const std::string& data_dir, const std::string& address) {
  const nlohmann::json endpoint = {{"api", address}};
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
    instance->Record("server.start");
    instance->LogStart(data_dir);
    HF_RETURN_IF_ERROR(WriteEndpoint(data_dir, instance->bound_));
    return instance;
  }

  // False when calls did not end: the vault is closed under them, and the process must end without another step.
  bool Stop() {
    stopping_ = true;
    std::promise<void> stopped;
    const std::future<void> done = stopped.get_future();
    std::thread stopping([this, stopped = std::move(stopped)]() mutable {
      listener_->Stop(kGrace);
      stopped.set_value();
    });
    const bool all = done.wait_for(kLastResort) == std::future_status::ready;
    all ? stopping.join() : stopping.detach();
    // The ledger carries out all that it has taken before it stops, this event too.
    Record("server.stop");
    ledger_->Stop();
    return all;
  }

 private:
  Instance() = default;

  void Record(std::string type) {
    ledger_->Submit(custody::RecordServer(std::move(type), HOLDFAST_VERSION), /*abandoned=*/nullptr,
                    [](const absl::Status& recorded) {
                      if (!recorded.ok())
                        spdlog::error("start or stop is not on record: {}", ReasonOf(recorded));
                    });
  }

  absl::Status StartLedger() {
    custody::Vault& vault = *vault_;
    HF_ASSIGN_OR_RETURN(
        ledger_, custody::Ledger::Start(
                     vault.TakeCommitter(), vault.keys(), vault.policies(), [&vault] { return vault.OpenReader(); },
                     {.fatal = &FailStop, .warn = [](std::string_view what) { spdlog::error("{}", what); }}));
    return absl::OkStatus();
  }

  absl::Status StartListening(const Config& config) {
    HF_ASSIGN_OR_RETURN(auto acceptor, Acceptor::Bind(config.listen));
    bound_ = Bound(config.listen, acceptor->port());
    core_ = std::make_unique<rpc::Core>(
        rpc::Core{.ledger = *ledger_,
                  .keys = vault_->keys(),
                  .api_address = config.advertise.empty() ? bound_ : config.advertise,
                  .version = HOLDFAST_VERSION,
                  .stopping = stopping_,
                  .limits = limits_});
    const auto tick = [this] { limits_.Sweep(rpc::CallLimits::Clock::now()); };
    HF_ASSIGN_OR_RETURN(listener_, Listener::Open(std::move(acceptor), connections_, vault_->keys(),
                                                  vault_->door(), rpc::MakeServices(*core_), tick));
    return absl::OkStatus();
  }

  void LogStart(const std::string& data_dir) const {
    spdlog::info("vault {} in {}", vault_->keys().vault_id_hex(), data_dir);
    if (vault_->indexes_rebuilt())
      spdlog::error(
          "indexes of {} did not show what its tables hold and were made anew: older pages were put back; find out "
          "who can write to it",
          custody::DatabasePath(data_dir));
    spdlog::info("listening on {}, for clients {}", bound_, core_->api_address);
  }

  std::atomic<bool> stopping_ = false;
  std::string bound_;  // where it listens
  std::unique_ptr<custody::Vault> vault_;
  std::unique_ptr<custody::Ledger> ledger_;
  rpc::CallLimits limits_;
  Connections connections_{LimitsOfProcess()};
  std::unique_ptr<rpc::Core> core_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace

absl::Status Serve(const std::string& data_dir, const custody::OpenOptions& options, const Config& config) {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // inherited by every thread: only sigwait takes them
  HF_RETURN_IF_ERROR(CheckVaultDirectory(data_dir, "data-dir"));
  HF_ASSIGN_OR_RETURN(std::unique_ptr<Instance> instance, Instance::Start(data_dir, options, config));
  fmt::print("holdfastd ready\n");
  std::fflush(stdout);
  spdlog::info("serving");
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("stopping");
  const bool all = instance->Stop();
  unlink(custody::EndpointPath(data_dir).c_str());
  spdlog::info(all ? "stopped" : "stopped; calls that did not end were left behind");
  spdlog::shutdown();
  if (!all) std::_Exit(EXIT_SUCCESS);
  return absl::OkStatus();
}

}  // namespace holdfast::server
