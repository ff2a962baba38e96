// One login of another store, ready to be sealed and sent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::client {

struct ImportValue {
  Plaintext value;
  std::optional<Micros> since{};  // in use since then, as the source says
};

struct ImportSecret {
  std::string id;                   // "password", "field-pin" ...
  std::string kind;                 // "password", "note", "totp"
  std::vector<ImportValue> values;  // oldest first
};

// A detail of an account that opens nothing: a further URL, a flag, a group.
struct ImportDetail {
  std::string name;
  std::string value;
};

struct ImportItem {
  std::string source_id;
  std::string group;
  std::string username;
  std::string url;
  std::string account_id;
  std::string platform;
  bool archived = false;
  std::vector<ImportDetail> details;
  std::vector<ImportSecret> secrets;
};

// What became of one position of the file when it was read.
struct ImportEntry {
  int position = 0;  // from 1
  std::string title;
  absl::Status status;                // why it cannot be imported; names the field
  std::string skipped;                // why it is not for the vault; "" otherwise
  std::vector<std::string> changed;   // what comes in under another name or form than it has in the file
  std::vector<std::string> left_out;  // what does not come in
  ImportItem item;                    // when status is OK and it is not skipped
};

}  // namespace holdfast::client
