// A real vault for tests: a real holdfastd on loopback with ports of its own choosing, driven through the real CLI.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/harness/process.h"

namespace holdfast::testing {

// A new directory, 0700, removed with the object.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& content);

class VaultFixture {
 public:
  // Makes a vault with officer "alice"; no server runs yet. Aborts the test program when that fails.
  VaultFixture();

  const TempDir& dir() const { return dir_; }
  std::string data_dir() const { return dir_ / "data"; }
  std::string key_file() const { return dir_ / "root.key"; }
  std::string home(const std::string& holder) const { return dir_ / ("home-" + holder); }
  // The officer's enrollment string as init printed it.
  const std::string& officer_string() const { return officer_string_; }

  // Starts holdfastd and waits until it accepts calls, or has ended. Returns whether it serves.
  bool Start(const std::vector<std::string>& more_args = {});
  int Stop(int signal);  // exit code
  bool Running() { return server_ != nullptr && server_->Running(); }
  pid_t server_pid() const { return server_->pid(); }
  std::string api() const { return api_; }
  std::string server_log() const { return ReadFile(dir_ / "server.err"); }

  Outcome Server(const std::vector<std::string>& args) const;  // holdfastd ...
  // holdfast ... as `holder`, who need not be enrolled.
  Outcome Cli(const std::string& holder, const std::vector<std::string>& args, const std::string& input = {}) const;

  // The same on a terminal: see RunOnTerminal().
  Outcome CliOnTerminal(const std::string& holder, const std::vector<std::string>& args, const std::string& awaited,
                        const std::string& typed) const;

  // Enrolls the device of a holder with a string; aborts when that fails. Returns the fingerprint.
  std::string Enroll(const std::string& holder, const std::string& string) const;
  // Officer alice enrolled; call once, with the server running.
  void EnrollOfficer();
  // `by` registers `holder` with the role and enrolls their device; `confirmer`, when not empty, confirms it.
  void AddHolder(const std::string& holder, const std::string& role, const std::string& confirmer,
                 const std::string& by = "alice") const;

 private:
  std::vector<std::string> ClientArgv(const std::vector<std::string>& args) const;
  std::vector<std::string> ClientEnv(const std::string& holder) const;

  TempDir dir_;
  std::string officer_string_;
  std::unique_ptr<Daemon> server_;
  std::string api_;
};

}  // namespace holdfast::testing
