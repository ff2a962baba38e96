// Preloaded into a program, moves its clocks, so that days pass without waiting for them. HF_CLOCK_SHIFT and
// HF_STEADY_SHIFT name files that hold how many seconds the wall clock and the steady clock are ahead, as 64-bit
// numbers: they can change while the program runs. The kernel's clock stays: waits until a time of the wall clock
// are moved back to it.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

const volatile std::int64_t* MapShift(const char* variable) {
  static const std::int64_t none = 0;
  const char* const path = std::getenv(variable);
  const int fd = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return &none;
  void* const map = mmap(nullptr, sizeof none, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  return map == MAP_FAILED ? &none : static_cast<const volatile std::int64_t*>(map);
}

time_t WallShift() {
  static const volatile std::int64_t* const shift = MapShift("HF_CLOCK_SHIFT");
  return *shift;
}

time_t SteadyShift() {
  static const volatile std::int64_t* const shift = MapShift("HF_STEADY_SHIFT");
  return *shift;
}

int Real(clockid_t clock, timespec* time) {
  using Function = int (*)(clockid_t, timespec*);
  static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "clock_gettime"));
  return real(clock, time);
}

// A wait of Abseil, which is gRPC's, until a time of the wall clock.
bool WaitsForWallClock(long number, const long* args) {
  constexpr int kWait = FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME;
  const int operation = static_cast<int>(args[1]);  // passed as one: what is above it means nothing
  return number == SYS_futex && (operation & ~FUTEX_PRIVATE_FLAG) == kWait && args[3] != 0;
}

}  // namespace

extern "C" {

long syscall(long number, ...) noexcept {
  using Function = long (*)(long, ...);
  static Function real = nullptr;  // no guard, which could wait by this very call; the same whoever sets it
  if (real == nullptr) real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "syscall"));
  long args[6];
  va_list list;
  va_start(list, number);
  for (long& arg : args) arg = va_arg(list, long);
  va_end(list);
  timespec until{};
  if (WaitsForWallClock(number, args)) {
    until = *reinterpret_cast<const timespec*>(args[3]);
    until.tv_sec -= WallShift();
    args[3] = reinterpret_cast<long>(&until);
  }
  return real(number, args[0], args[1], args[2], args[3], args[4], args[5]);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const int result = Real(clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += WallShift();
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
