#include "client/prompt.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "client/terminal.h"
#include "fmt/format.h"

namespace holdfast::client {
namespace {

constexpr std::size_t kMaxLine = 64 * 1024;

void Say(std::string_view text) {
  fmt::print(stderr, "{}", text);
  std::fflush(stderr);
}

// Reads byte by byte: a buffered stream would keep a copy of the secret.
absl::StatusOr<Plaintext> ReadLine() {
  Plaintext line(kMaxLine);
  std::size_t size = 0;
  while (size < kMaxLine) {
    std::uint8_t& next = line.ExposeSecretMutable()[size];
    const ssize_t got = read(STDIN_FILENO, &next, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 && size == 0)
      return MakeError(absl::StatusCode::kInvalidArgument, "NO_INPUT",
                       "standard input ended before the answer");
    if (got <= 0 || next == '\n') break;
    ++size;
  }
  if (size == kMaxLine)
    return MakeError(absl::StatusCode::kInvalidArgument, "TOO_LONG", "the line is too long");
  line.Resize(size);
  return line;
}

absl::StatusOr<Plaintext> ReadAll(std::string_view option, int fd, std::size_t max_bytes) {
  struct stat info = {};
  if (fstat(fd, &info) != 0) return InvalidField(option, "cannot be read");
  const bool too_large = S_ISREG(info.st_mode) && info.st_size > static_cast<off_t>(max_bytes);
  const bool small = S_ISREG(info.st_mode) && !too_large;
  Plaintext buffer(small ? static_cast<std::size_t>(info.st_size) + 1 : max_bytes + 1);
  std::size_t size = 0;
  while (!too_large && size < buffer.size()) {
    const auto rest = buffer.ExposeSecretMutable().subspan(size);
    const ssize_t got = read(fd, rest.data(), rest.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return InvalidField(option, "cannot be read");
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (too_large || size == buffer.size())
    return InvalidField(option, fmt::format("holds more than {} KiB", max_bytes / 1024));
  buffer.Resize(size);
  return buffer;
}

}  // namespace

bool CanAsk() { return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1; }

absl::StatusOr<Plaintext> AskHidden(std::string_view prompt) {
  if (!CanAsk())
    return MakeError(
        absl::StatusCode::kInvalidArgument, "NO_TERMINAL",
        "there is no terminal to ask on: give the value with --from-file FILE, or - for standard input");
  const EchoOff echo_off;
  if (!echo_off.ok())
    return MakeError(absl::StatusCode::kInternal, "NO_TERMINAL", "the terminal's echo cannot be turned off");
  Say(fmt::format("{}: ", prompt));
  auto line = ReadLine();
  Say("\n");
  return line;
}

absl::StatusOr<Plaintext> AskNewSecret(std::string_view what) {
  HF_ASSIGN_OR_RETURN(Plaintext first, AskHidden(what));
  HF_ASSIGN_OR_RETURN(const Plaintext second, AskHidden(fmt::format("{} again", what)));
  if (!first.EqualsConstantTime(second))
    return MakeError(absl::StatusCode::kInvalidArgument, "NOT_EQUAL", "the two entries are not the same");
  return first;
}

absl::StatusOr<Plaintext> ReadFileArg(std::string_view option, const std::string& path,
                                      std::size_t max_bytes) {
  if (path == "-") return ReadAll(option, STDIN_FILENO, max_bytes);
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return InvalidField(option, fmt::format("there is no file {}", path));
  if (fd < 0) return InvalidField(option, fmt::format("{} cannot be opened", path));
  struct stat info = {};
  if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
    close(fd);
    return InvalidField(option, fmt::format("{} is a directory", path));
  }
  auto content = ReadAll(option, fd, max_bytes);
  close(fd);
  return content;
}

absl::Status Confirm(bool yes, std::string_view question, std::string_view warning) {
  if (yes) return absl::OkStatus();
  if (!CanAsk())
    return MakeError(absl::StatusCode::kInvalidArgument, "CONFIRMATION_REQUIRED",
                     fmt::format("{}, and there is no terminal to ask on: add --yes", warning));
  Say(fmt::format("{} [y/N] ", question));
  HF_ASSIGN_OR_RETURN(const Plaintext answer, ReadLine());
  const std::string_view text = AsChars(answer.ExposeSecret());
  if (text == "y" || text == "Y" || text == "yes") return absl::OkStatus();
  return MakeError(absl::StatusCode::kAborted, "NOT_CONFIRMED", "nothing was done");
}

absl::Status ConfirmWord(std::string_view option, std::string_view given, std::string_view word,
                         std::string_view question) {
  if (!given.empty())
    return given == word ? absl::OkStatus() : InvalidField(option, fmt::format("must be {}", word));
  if (!CanAsk())
    return InvalidField(option, fmt::format("is needed, as there is no terminal to ask on: {} {}", option, word));
  Say(fmt::format("{} ", question));
  HF_ASSIGN_OR_RETURN(const Plaintext answer, ReadLine());
  if (AsChars(answer.ExposeSecret()) == word) return absl::OkStatus();
  return MakeError(absl::StatusCode::kAborted, "NOT_CONFIRMED", "nothing was done");
}

}  // namespace holdfast::client
