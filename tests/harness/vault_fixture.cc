#include "tests/harness/vault_fixture.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

namespace holdfast::testing {
namespace {

const std::string kServer = std::string(HF_BIN_DIR) + "/holdfastd";
const std::string kClient = std::string(HF_BIN_DIR) + "/holdfast";

// A fixture that cannot be made is no test result.
void Require(const Outcome& outcome, const std::string& what) {
  if (outcome.exit_code == 0) return;
  std::fprintf(stderr, "%s failed (%d): %s%s\n", what.c_str(), outcome.exit_code, outcome.out.c_str(),
               outcome.err.c_str());
  std::abort();
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

TempDir::TempDir() {
  std::string pattern = std::filesystem::temp_directory_path() / "holdfast-test-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteFile(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

VaultFixture::VaultFixture() {
  const Outcome made = Server({"init", "--data-dir", data_dir(), "--officer", "alice", "--seal", "key-file",
                               "--key-file", key_file()});
  Require(made, "holdfastd init");
  officer_string_ = FirstLine(made.out);
}

bool VaultFixture::Start(const std::vector<std::string>& more_args) {
  std::vector<std::string> argv{kServer, "serve", "--data-dir", data_dir(), "--listen", "127.0.0.1:0"};
  argv.insert(argv.end(), more_args.begin(), more_args.end());
  const std::string out = dir_ / "server.out";
  WriteFile(out, "");  // an earlier server's ready line is none of this one's
  server_ = std::make_unique<Daemon>(argv, out, dir_ / "server.err");
  // The ready line is the event to wait for; the end of the process is the other.
  while (ReadFile(out).find("ready") == std::string::npos) {
    if (!server_->Running()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  api_ = nlohmann::json::parse(ReadFile(data_dir() + "/endpoint"))["api"];
  return true;
}

int VaultFixture::Stop(int signal) { return server_->Stop(signal); }

Outcome VaultFixture::Server(const std::vector<std::string>& args) const {
  std::vector<std::string> argv{kServer};
  argv.insert(argv.end(), args.begin(), args.end());
  return Run(argv);
}

std::vector<std::string> VaultFixture::ClientArgv(const std::vector<std::string>& args) const {
  std::vector<std::string> argv{kClient};
  argv.insert(argv.end(), args.begin(), args.end());
  return argv;
}

std::vector<std::string> VaultFixture::ClientEnv(const std::string& holder) const {
  std::vector<std::string> env{"HOLDFAST_HOME=" + home(holder)};
  if (!api_.empty()) env.push_back("HOLDFAST_SERVER=" + api_);  // a restart takes another port
  return env;
}

Outcome VaultFixture::Cli(const std::string& holder, const std::vector<std::string>& args,
                          const std::string& input) const {
  return Run(ClientArgv(args), input, ClientEnv(holder));
}

Outcome VaultFixture::CliOnTerminal(const std::string& holder, const std::vector<std::string>& args,
                                    const std::string& awaited, const std::string& typed) const {
  return RunOnTerminal(ClientArgv(args), awaited, typed, ClientEnv(holder));
}

std::string VaultFixture::Enroll(const std::string& holder, const std::string& string) const {
  const Outcome enrolled = Cli(holder, {"-o", "json", "enroll"}, string);
  Require(enrolled, "holdfast enroll " + holder);
  return nlohmann::json::parse(enrolled.out)["fingerprint"];
}

void VaultFixture::EnrollOfficer() { Enroll("alice", officer_string_); }

void VaultFixture::AddHolder(const std::string& holder, const std::string& role, const std::string& confirmer,
                             const std::string& by) const {
  const Outcome added = Cli(by, {"holder", "add", holder, "--role", role});
  Require(added, "holdfast holder add " + holder);
  const std::string fingerprint = Enroll(holder, FirstLine(added.out));
  if (confirmer.empty()) return;
  Require(Cli(confirmer, {"holder", "confirm", holder, "--fingerprint", fingerprint}), "holdfast holder confirm " + holder);
}

}  // namespace holdfast::testing
