#include "client/terminal.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <string_view>

namespace holdfast::client {
namespace {

// xterm's private mode 1049, which every terminal of today knows.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[2J\x1b[H";
constexpr std::string_view kLeave = "\x1b[2J\x1b[H\x1b[?1049l";

// Read by the signal handler.
termios g_terminal_before;
std::atomic<bool> g_echo_off{false};
std::atomic<bool> g_other_screen{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void WriteSequence(std::string_view sequence) {
  if (write(STDOUT_FILENO, sequence.data(), sequence.size()) < 0)
    return;  // a terminal that is gone shows nothing
}

void OnSignal(int signal) {
  if (g_other_screen.load()) WriteSequence(kLeave);
  if (g_echo_off.load()) {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &g_terminal_before);
    if (write(STDERR_FILENO, "\n", 1) != 1) _exit(128 + signal);
  }
  _exit(128 + signal);
}

}  // namespace

std::size_t TerminalWidth() {
  winsize size = {};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void InstallSignalHandlers() {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) {
    struct sigaction before = {};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);  // nohup stays what it is
  }
}

EchoOff::EchoOff() {
  if (tcgetattr(STDIN_FILENO, &g_terminal_before) != 0) return;
  termios silent = g_terminal_before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  g_echo_off = true;
  ok_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
}

EchoOff::~EchoOff() {
  if (g_echo_off) tcsetattr(STDIN_FILENO, TCSAFLUSH, &g_terminal_before);
  g_echo_off = false;
}

OtherScreen::OtherScreen() {
  signal(SIGTSTP, SIG_IGN);
  g_other_screen = true;
  WriteSequence(kEnter);
}

OtherScreen::~OtherScreen() {
  WriteSequence(kLeave);
  g_other_screen = false;
  signal(SIGTSTP, SIG_DFL);
}

}  // namespace holdfast::client
