#include "client/export_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "client/witness.h"
#include "fmt/format.h"
#include "vault/base/files.h"

namespace holdfast::client {
namespace {

constexpr std::size_t kMaxLine = 1024 * 1024;
constexpr std::size_t kBuffer = 64 * 1024;

std::string PartialPath(const std::string& path) { return path + ".partial"; }

// Like std::getline, but a line past the bound ends the reading.
absl::StatusOr<bool> ReadLine(std::istream& file, std::string& line) {
  line.clear();
  for (int c = file.get(); c != std::istream::traits_type::eof(); c = file.get()) {
    if (c == '\n') return true;
    if (line.size() == kMaxLine) return VerificationFailed("a line of the export is too long");
    line += static_cast<char>(c);
  }
  return !line.empty();
}

absl::Status CannotWrite(const std::string& path) {
  return MakeError(absl::StatusCode::kInternal, "OUTPUT_FAILED",
                   fmt::format("{} cannot be written to", path.empty() ? "standard output" : path));
}

}  // namespace

absl::StatusOr<std::string> ReadExport(std::istream& file, LogCheck& check) {
  std::string line;
  std::string note;
  for (std::int64_t number = 1;; ++number) {
    HF_ASSIGN_OR_RETURN(const bool more, ReadLine(file, line));
    if (!more) break;
    if (!note.empty()) return VerificationFailed("there are lines after the checkpoint");
    const auto parsed = ParseExportLine(line);
    if (!parsed.ok())
      return VerificationFailed(fmt::format("line {}: {}", number, MessageOf(parsed.status())));
    note = parsed->checkpoint;
    if (note.empty()) HF_RETURN_IF_ERROR(check.Add(parsed->entry));
  }
  if (note.empty()) return VerificationFailed("the export ends without a checkpoint: it is cut short");
  return note;
}

ExportWriter::ExportWriter(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

ExportWriter::ExportWriter(ExportWriter&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)), pending_(std::move(other.pending_)) {}

ExportWriter::~ExportWriter() {
  if (fd_ < 0 || path_.empty()) return;
  close(fd_);
  unlink(PartialPath(path_).c_str());
}

absl::StatusOr<ExportWriter> ExportWriter::Open(const std::string& path) {
  if (path.empty()) return ExportWriter("", STDOUT_FILENO);
  const int fd = open(PartialPath(path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return CannotWrite(path);
  return ExportWriter(path, fd);
}

absl::Status ExportWriter::Write(std::string_view line) {
  pending_ += line;
  pending_ += '\n';
  return pending_.size() < kBuffer ? absl::OkStatus() : Flush();
}

absl::Status ExportWriter::Flush() {
  if (!WriteAll(fd_, AsBytes(pending_))) return CannotWrite(path_);
  pending_.clear();
  return absl::OkStatus();
}

absl::Status ExportWriter::Finish() {
  HF_RETURN_IF_ERROR(Flush());
  if (path_.empty()) return absl::OkStatus();
  const bool synced = fsync(fd_) == 0;
  close(std::exchange(fd_, -1));
  if (!synced || std::rename(PartialPath(path_).c_str(), path_.c_str()) != 0) return CannotWrite(path_);
  return absl::OkStatus();
}

}  // namespace holdfast::client
