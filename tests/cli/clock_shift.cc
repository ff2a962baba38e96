// Preloaded into a program, moves its clocks, so that hours pass without waiting for them. HF_CLOCK_SHIFT
// sets the wall clock ahead by so many seconds. HF_STEADY_SHIFT names a file that holds how many seconds the
// steady clock is ahead, as a 64-bit number: it can change while the program runs.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

time_t Shift() {
  static const char* const text = std::getenv("HF_CLOCK_SHIFT");
  return text == nullptr ? 0 : std::atol(text);
}

const volatile std::int64_t* MapSteadyShift() {
  static const std::int64_t none = 0;
  const char* const path = std::getenv("HF_STEADY_SHIFT");
  const int fd = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return &none;
  void* const map = mmap(nullptr, sizeof none, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  return map == MAP_FAILED ? &none : static_cast<const volatile std::int64_t*>(map);
}

time_t SteadyShift() {
  static const volatile std::int64_t* const shift = MapSteadyShift();
  return *shift;
}

int Real(clockid_t clock, timespec* time) {
  using Function = int (*)(clockid_t, timespec*);
  static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "clock_gettime"));
  return real(clock, time);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const int result = Real(clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += Shift();
  if (result == 0 && clock == CLOCK_MONOTONIC) time->tv_sec += SteadyShift();
  return result;
}

int gettimeofday(timeval* time, void*) noexcept {
  timespec now{};
  const int result = clock_gettime(CLOCK_REALTIME, &now);
  *time = {now.tv_sec, now.tv_nsec / 1000};
  return result;
}

time_t time(time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
