// Runs programs as a user would: arguments, standard input, what they print, how they exit.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace holdfast::testing {

struct Outcome {
  int exit_code = -1;  // 128 + signal when killed
  std::string out;
  std::string err;
};

// Waits for the end. `env` adds "NAME=value" to this process's environment.
Outcome Run(const std::vector<std::string>& argv, const std::string& input = {},
            const std::vector<std::string>& env = {});

// The same on a terminal of its own: standard input, output and error are one, and so is what comes back in `out`. Once
// that holds `awaited`, `typed` is typed.
Outcome RunOnTerminal(const std::vector<std::string>& argv, const std::string& awaited, const std::string& typed,
                      const std::vector<std::string>& env = {});

// A program left running; standard output and error go to files. Killed at the latest with the object.
class Daemon {
 public:
  Daemon(const std::vector<std::string>& argv, const std::string& out_path, const std::string& err_path);
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon();

  pid_t pid() const { return pid_; }
  bool Running();
  // Sends the signal and waits; returns the exit code as in Outcome.
  int Stop(int signal);

 private:
  pid_t pid_ = -1;
  int exit_code_ = -1;
};

}  // namespace holdfast::testing
