// The terminal's width, and the terminal in states that must not outlive the program: without echo, or on its
// other screen. Whatever signal ends the program, the terminal is put right first. For one thread.
#pragma once

#include <cstddef>

namespace holdfast::client {

// Columns of the terminal that standard output is; 0 when it is none.
std::size_t TerminalWidth();

// SIGHUP, SIGINT, SIGQUIT and SIGTERM restore the terminal and exit with 128 and the signal's number.
void InstallSignalHandlers();

// What is typed on standard input is not shown, for as long as it lives.
class EchoOff {
 public:
  EchoOff();
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
  ~EchoOff();
  bool ok() const { return ok_; }

 private:
  bool ok_ = false;
};

// What is written to standard output goes to the terminal's other screen, which keeps nothing and scrolls
// nowhere, for as long as it lives. The program cannot be stopped meanwhile: the shell would leave it on.
class OtherScreen {
 public:
  OtherScreen();
  OtherScreen(const OtherScreen&) = delete;
  OtherScreen& operator=(const OtherScreen&) = delete;
  ~OtherScreen();
};

}  // namespace holdfast::client
