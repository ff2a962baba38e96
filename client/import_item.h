// One login of another store, ready to be sealed and sent.
#pragma once

#include <string>
#include <vector>

#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::client {

struct ImportSecret {
  std::string id;                 // "password", "field-pin" ...
  std::string kind;               // "password", "note", "totp"
  std::vector<Plaintext> values;  // oldest first
};

struct ImportItem {
  std::string source_id;
  std::string group;
  std::string username;
  std::string url;
  std::string account_id;
  std::string platform;
  std::vector<ImportSecret> secrets;
};

// What became of one position of the file when it was read.
struct ImportEntry {
  int position = 0;  // from 1
  std::string title;
  absl::Status status;  // why it cannot be imported; names the field
  std::string skipped;  // why it is not for the vault; "" otherwise
  std::vector<std::string> warnings;
  ImportItem item;  // when status is OK and it is not skipped
};

}  // namespace holdfast::client
