// A map of who takes over what: CSV of two columns, account and successor.
#pragma once

#include <string>
#include <vector>

#include "holdfast/v1/handover_service.pb.h"
#include "vault/base/status.h"

namespace holdfast::client {

struct SuccessorMap {
  std::string path;
  std::vector<v1::AccountSuccessor> rows;
  std::vector<int> lines;  // of the file, for each row
};

// The header "account,successor" is optional; so are spaces around a field, quotation marks and empty lines.
// INVALID_ARGUMENT naming the line and the field.
absl::StatusOr<SuccessorMap> ParseSuccessorMap(const std::string& path, const std::string& text);
absl::StatusOr<SuccessorMap> ReadSuccessorMap(const std::string& path);

// An error of the server about row n as one about its line in the file; others as they are.
absl::Status ByLine(const SuccessorMap& map, const absl::Status& failed);

}  // namespace holdfast::client
