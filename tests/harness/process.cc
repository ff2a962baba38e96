#include "tests/harness/process.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace holdfast::testing {
namespace {

struct Pipe {
  int read_end = -1;
  int write_end = -1;
  Pipe() {
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0) std::abort();
    read_end = fds[0];
    write_end = fds[1];
  }
  ~Pipe() {
    CloseRead();
    CloseWrite();
  }
  void CloseRead() { Close(read_end); }
  void CloseWrite() { Close(write_end); }
  static void Close(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
};

[[noreturn]] void Execute(const std::vector<std::string>& argv, const std::vector<std::string>& env) {
  for (const std::string& pair : env) {
    const std::size_t equals = pair.find('=');
    setenv(pair.substr(0, equals).c_str(), pair.substr(equals + 1).c_str(), 1);
  }
  std::vector<char*> args;
  for (const std::string& arg : argv) args.push_back(const_cast<char*>(arg.c_str()));
  args.push_back(nullptr);
  execv(args[0], args.data());
  _exit(127);
}

int Await(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Reads both streams to their ends while feeding the input, so that no full pipe can stop either side.
void Pump(Pipe& in, Pipe& out, Pipe& err, const std::string& input, Outcome& outcome) {
  std::size_t written = 0;
  while (out.read_end >= 0 || err.read_end >= 0) {
    if (written == input.size()) in.CloseWrite();
    pollfd fds[3] = {{out.read_end, POLLIN, 0}, {err.read_end, POLLIN, 0}, {in.write_end, POLLOUT, 0}};
    poll(fds, 3, -1);
    char buffer[65536];
    for (int i = 0; i < 2; ++i) {
      if (fds[i].revents == 0) continue;
      const ssize_t n = read(fds[i].fd, buffer, sizeof buffer);
      if (n > 0)
        (i == 0 ? outcome.out : outcome.err).append(buffer, static_cast<std::size_t>(n));
      else
        (i == 0 ? out : err).CloseRead();
    }
    if ((fds[2].revents & POLLOUT) != 0) {
      const ssize_t n = write(in.write_end, input.data() + written, input.size() - written);
      if (n > 0) written += static_cast<std::size_t>(n);
    } else if (fds[2].revents != 0) {
      written = input.size();
    }
  }
}

}  // namespace

Outcome Run(const std::vector<std::string>& argv, const std::string& input, const std::vector<std::string>& env) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe in, out, err;
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(in.read_end, 0);
    dup2(out.write_end, 1);
    dup2(err.write_end, 2);
    Execute(argv, env);
  }
  in.CloseRead();
  out.CloseWrite();
  err.CloseWrite();
  Outcome outcome;
  Pump(in, out, err, input, outcome);
  outcome.exit_code = Await(pid);
  return outcome;
}

Outcome RunOnTerminal(const std::vector<std::string>& argv, const std::string& awaited, const std::string& typed,
                      const std::vector<std::string>& env) {
  int terminal = -1;
  const pid_t pid = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (pid < 0) std::abort();
  if (pid == 0) Execute(argv, env);
  Outcome outcome;
  bool done = false;
  char buffer[4096];
  // Reading fails once the program has ended.
  for (ssize_t n = read(terminal, buffer, sizeof buffer); n > 0; n = read(terminal, buffer, sizeof buffer)) {
    outcome.out.append(buffer, static_cast<std::size_t>(n));
    if (done || outcome.out.find(awaited) == outcome.out.npos) continue;
    done = write(terminal, typed.data(), typed.size()) == static_cast<ssize_t>(typed.size());
  }
  outcome.exit_code = Await(pid);
  close(terminal);
  return outcome;
}

Daemon::Daemon(const std::vector<std::string>& argv, const std::string& out_path, const std::string& err_path) {
  pid_ = fork();
  if (pid_ != 0) return;
  const int null = open("/dev/null", O_RDONLY);
  const int out = open(out_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int err = open(err_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(null, 0);
  dup2(out, 1);
  dup2(err, 2);
  Execute(argv, {});
}

Daemon::~Daemon() {
  if (pid_ > 0) Stop(SIGKILL);
}

bool Daemon::Running() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  pid_ = -1;
  return false;
}

int Daemon::Stop(int signal) {
  if (pid_ > 0) {
    kill(pid_, signal);
    exit_code_ = Await(pid_);
    pid_ = -1;
  }
  return exit_code_;
}

}  // namespace holdfast::testing
