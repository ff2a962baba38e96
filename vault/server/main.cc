// holdfastd: makes, opens and serves a vault.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "google/protobuf/stubs/logging.h"
#include "vault/base/files.h"
#include "vault/crypto/init.h"
#include "vault/custody/vault.h"
#include "vault/policy/duration.h"
#include "vault/server/config.h"
#include "vault/server/hardening.h"
#include "vault/server/logging.h"
#include "vault/server/recovery_commands.h"
#include "vault/server/serve.h"
#include "vault/server/tls_floor.h"
#include "vault/server/vault_directory.h"

namespace holdfast::server {
namespace {

constexpr int kOk = 0;
constexpr int kUsage = 2;
constexpr char kValidHelp[] = "How long the string can be used: 1h unless given, 7d at most";

struct Options {
  std::string data_dir;
  std::string officer;
  std::string seal = "key-file";
  std::string key_path;
  std::string anchor_path;
  std::string holder;
  std::string config_path;
  std::string listen;
  std::string advertise;
  std::string valid;
  bool adopt = false;
};

// As README's table says, of both programs.
int ExitCodeOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return kUsage;
    case absl::StatusCode::kPermissionDenied:
      return 4;
    case absl::StatusCode::kNotFound:
      return 6;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
      return 7;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
      return 8;
    case absl::StatusCode::kDataLoss:
      return 9;
    default:
      return 1;
  }
}

int Fail(const absl::Status& status) {
  // What is wrong with a field is wrong with the option of its name.
  const std::size_t field = FieldOf(status).size();
  std::string message(MessageOf(status));
  std::replace(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(field), '_', '-');
  fmt::print(stderr, "holdfastd: {}{}\n", field == 0 ? "" : "--", message);
  return ExitCodeOf(status.code());
}

absl::Status Prepare() {
  HF_RETURN_IF_ERROR(RequireTls13());
  HF_RETURN_IF_ERROR(crypto::Init());
  return HardenProcess().status();
}

// Past the stream's buffer, which would keep a copy of the key.
void PrintString(const Plaintext& string) {
  if (!WriteAll(STDOUT_FILENO, string.ExposeSecret())) return;
  fmt::print("\n");
  std::fflush(stdout);
}

// How long a string is to be good for.
absl::StatusOr<Micros> Lifetime(const Options& options) {
  if (options.valid.empty()) return custody::kStringLifetime;
  const auto lifetime = policy::ParseDuration(options.valid);
  if (!lifetime.has_value()) return InvalidField("valid", "must be a duration such as 8h or 3d");
  HF_RETURN_IF_ERROR(custody::CheckStringLifetime("valid", *lifetime));
  return *lifetime;
}

// What to do with the string just printed. `address`: that it names; may be empty.
void ExplainString(const std::string& holder, const std::string& address, Micros lifetime) {
  fmt::print(stderr,
             "The line above enrolls {}, once, within {}: start the server, then run 'holdfast enroll{}' on their "
             "machine.\n",
             holder, policy::FormatDuration(lifetime), address.empty() ? " --server HOST:PORT" : "");
  if (address.empty())
    fmt::print(stderr,
               "Without --advertise HOST:PORT the line does not say where devices reach the vault: hence --server.\n");
}

int RunInit(const Options& options) {
  const auto lifetime = Lifetime(options);
  if (!lifetime.ok()) return Fail(lifetime.status());
  const auto enrollment = custody::InitVault({.data_dir = AbsolutePath(options.data_dir),
                                              .officer = options.officer,
                                              .key_file = AbsolutePath(options.key_path),
                                              .anchor = AbsolutePath(options.anchor_path),
                                              .address = options.advertise,
                                              .string_lifetime = *lifetime});
  if (!enrollment.ok()) return Fail(enrollment.status());
  PrintString(*enrollment);
  fmt::print(stderr, "vault made in {}. Keep {} on other storage: whoever has both can read everything.\n",
             options.data_dir, options.key_path);
  ExplainString(options.officer, options.advertise, *lifetime);
  return kOk;
}

int RunEnroll(const Options& options) {
  const auto lifetime = Lifetime(options);
  if (!lifetime.ok()) return Fail(lifetime.status());
  const std::string data_dir = AbsolutePath(options.data_dir);
  if (const absl::Status status = CheckVaultDirectory(data_dir, "data-dir"); !status.ok())
    return Fail(status);
  const auto vault = custody::Vault::Open(data_dir, {.key_file = AbsolutePath(options.key_path)});
  if (!vault.ok()) return Fail(vault.status());
  const auto enrollment = custody::EnrollOffline(**vault, options.holder, options.advertise, *lifetime);
  if (!enrollment.ok()) return Fail(enrollment.status());
  PrintString(enrollment->string);
  ExplainString(options.holder, enrollment->address, *lifetime);
  return kOk;
}

absl::StatusOr<Config> Configure(const Options& options) {
  Config config;
  if (!options.config_path.empty()) {
    HF_ASSIGN_OR_RETURN(config, ReadConfig(options.config_path));
  }
  if (!options.listen.empty()) config.listen = options.listen;
  if (!options.advertise.empty()) config.advertise = options.advertise;
  HF_RETURN_IF_ERROR(CheckConfig(config));
  HF_RETURN_IF_ERROR(CheckAddress(config));
  return config;
}

int RunServe(const Options& options) {
  const auto config = Configure(options);
  if (!config.ok()) return Fail(config.status());
  StartLogging(*config);
  const absl::Status served =
      Serve(AbsolutePath(options.data_dir),
            {.key_file = AbsolutePath(options.key_path), .adopt = options.adopt}, *config);
  return served.ok() ? kOk : Fail(served);
}

// The library lists what it did not expect last to first, and does not say which command it did not know.
std::string Explain(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> extra = app.remaining(/*recurse=*/true);
  if (app.get_subcommands().empty())
    return extra.empty() ? "name a command: init, enroll, serve, backup or restore"
                         : fmt::format("there is no command {}: say init, enroll, serve, backup or restore",
                                       extra.front());
  // Before anything that is missing: a mistyped option is missing as well.
  const auto option = std::ranges::find_if(extra, [](const std::string& one) { return one.starts_with('-'); });
  if (option != extra.end()) return fmt::format("there is no option {}", *option);
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError) && !extra.empty())
    return fmt::format("{} is not expected here", fmt::join(extra, " "));
  return error.what();
}

int FailUsage(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // help, version
  fmt::print(stderr, "holdfastd: {}\nRun with --help for more.\n", Explain(app, error));
  return kUsage;
}

int Main(int argc, char** argv) {
  CLI::App app{"Holdfast server: custody of an organisation's accounts"};
  app.set_version_flag("--version", "holdfastd " HOLDFAST_VERSION);
  app.require_subcommand(1);
  Options options;

  CLI::App* init = app.add_subcommand("init", "Make a vault and print its officer's enrollment string");
  init->add_option("--data-dir", options.data_dir, "New or empty directory")->required();
  init->add_option("--officer", options.officer, "Id of the first security holder")->required();
  init->add_option("--seal", options.seal, "How the root key is kept")
      ->capture_default_str()
      ->check(CLI::IsMember({"key-file"}));
  init->add_option("--key-file", options.key_path, "New file for the root key, outside the data directory")
      ->required();
  init->add_option("--anchor", options.anchor_path, kAnchorHelp);
  init->add_option("--advertise", options.advertise,
                   "host:port of the vault as devices will reach it, to put into the string");
  init->add_option("--valid", options.valid, kValidHelp);

  CLI::App* enroll =
      app.add_subcommand("enroll", "Make a new enrollment string while no server runs; recorded");
  enroll->add_option("--data-dir", options.data_dir, "The vault's directory")->required();
  enroll->add_option("holder", options.holder, "Id of the holder")->required();
  enroll->add_option("--key-file", options.key_path, kKeyFileHelp);
  enroll->add_option("--advertise", options.advertise,
                     "host:port of the vault as devices reach it, to put into the string");
  enroll->add_option("--valid", options.valid, kValidHelp);

  CLI::App* serve = app.add_subcommand("serve", "Serve a vault until SIGTERM");
  serve->add_option("--data-dir", options.data_dir, "The vault's directory")->required();
  serve->add_option(
      "--listen", options.listen,
      fmt::format("host:port to listen on (default: {}); port 0 takes a free one", kDefaultListen));
  serve->add_option("--advertise", options.advertise,
                    "host:port as clients reach it (default: where it listens)");
  serve->add_option("--key-file", options.key_path, kKeyFileHelp);
  serve->add_flag("--adopt", options.adopt,
                  "The vault was moved here and is served nowhere else: record it and go on");
  serve->add_option("--config", options.config_path, "TOML file with the same settings and those of the log");

  const RecoveryCommands recovery(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return FailUsage(app, error);
  }
  if (const absl::Status prepared = Prepare(); !prepared.ok()) return Fail(prepared);
  if (init->parsed()) return RunInit(options);
  if (enroll->parsed()) return RunEnroll(options);
  if (recovery.parsed()) {
    const absl::Status done = recovery.Run();
    return done.ok() ? kOk : Fail(done);
  }
  return RunServe(options);
}

}  // namespace
}  // namespace holdfast::server

int main(int argc, char** argv) {
  // The libraries' own lines are for their developers, any caller could make them write some, and they break
  // a log of JSON lines. GRPC_VERBOSITY=ERROR brings gRPC's back.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  google::protobuf::SetLogHandler(nullptr);
  return holdfast::server::Main(argc, argv);
}
