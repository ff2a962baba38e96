#include "client/progress.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "fmt/format.h"

namespace holdfast::client {

Progress::Progress(std::string what, int total, bool shown)
    : what_(std::move(what)), total_(total), shown_(shown && total > 0 && isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_) fmt::print(stderr, "\r\x1b[K");
}

void Progress::Step() {
  const std::lock_guard lock(mutex_);
  ++done_;
  if (shown_) Draw();
}

void Progress::Draw() const {
  constexpr int kWidth = 30;
  const auto filled = static_cast<std::size_t>(kWidth * done_ / total_);
  fmt::print(stderr, "\r{} [{:<{}}] {}/{}", what_, std::string(filled, '#'), kWidth, done_, total_);
  std::fflush(stderr);
}

}  // namespace holdfast::client
