// Preloaded into a program, lets the disk be full for some files: while the file that HF_FULL_DISK names holds a word,
// nothing is written to files whose path ends with it.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

bool IsFull(int fd) {
  const char* const flag = std::getenv("HF_FULL_DISK");
  if (flag == nullptr) return false;
  const int file = open(flag, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char word[64] = {};
  const ssize_t length = read(file, word, sizeof word - 1);
  close(file);
  if (length <= 0) return false;
  char link[64];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  char path[1024] = {};
  const ssize_t size = readlink(link, path, sizeof path - 1);
  return size >= length && std::memcmp(path + size - length, word, static_cast<std::size_t>(length)) == 0;
}

using Function = ssize_t (*)(int, const void*, std::size_t, off_t);

ssize_t Write(const char* name, int fd, const void* data, std::size_t size, off_t offset) {
  if (IsFull(fd)) {
    errno = ENOSPC;
    return -1;
  }
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name))(fd, data, size, offset);
}

}  // namespace

extern "C" {

ssize_t pwrite(int fd, const void* data, std::size_t size, off_t offset) {
  return Write("pwrite", fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void* data, std::size_t size, off_t offset) {
  return Write("pwrite64", fd, data, size, offset);
}

}  // extern "C"
