// A progress bar on standard error: only when that is a terminal. Thread safe.
#pragma once

#include <mutex>
#include <string>

namespace holdfast::client {

class Progress {
 public:
  Progress(std::string what, int total, bool shown);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();  // erases the bar

  void Step();

 private:
  void Draw() const;

  const std::string what_;
  const int total_;
  const bool shown_;
  std::mutex mutex_;
  int done_ = 0;
};

}  // namespace holdfast::client
