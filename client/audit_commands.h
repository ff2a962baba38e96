// "audit verify" and "audit export".
#pragma once

#include <cstdint>
#include <string>

#include "client/options.h"
#include "vault/base/status.h"

namespace holdfast::client {

struct VerifyOptions {
  std::string file;  // "": the vault's log
  std::string verifier;
  std::string checkpoint;
};

struct ExportOptions {
  std::string out;  // "": standard output
  std::int64_t from = 0;
};

absl::Status VerifyLog(const Globals& globals, const VerifyOptions& options);
// An export from entry 0 on is verified while it is written.
absl::Status ExportLog(const Globals& globals, const ExportOptions& options);

}  // namespace holdfast::client
