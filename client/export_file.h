// Audit exports as files: JSON Lines, see log_check.h.
#pragma once

#include <istream>
#include <string>
#include <string_view>

#include "client/log_check.h"
#include "vault/base/status.h"

namespace holdfast::client {

// Adds all entries to `check`; returns the signed note of the last line. Lines are bounded.
absl::StatusOr<std::string> ReadExport(std::istream& file, LogCheck& check);

// Writes to standard output, or to a file that appears under its name only when complete, for its owner
// alone.
class ExportWriter {
 public:
  static absl::StatusOr<ExportWriter> Open(const std::string& path);  // "": standard output
  ExportWriter(ExportWriter&& other) noexcept;
  ExportWriter(const ExportWriter&) = delete;
  ExportWriter& operator=(const ExportWriter&) = delete;
  ExportWriter& operator=(ExportWriter&&) = delete;
  ~ExportWriter();

  absl::Status Write(std::string_view line);
  absl::Status Finish();

 private:
  ExportWriter(std::string path, int fd);
  absl::Status Flush();

  std::string path_;
  int fd_;
  std::string pending_;
};

}  // namespace holdfast::client
