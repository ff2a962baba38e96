// How a revealed value leaves the program.
#pragma once

#include <string>

#include "holdfast/v1/secret_service.pb.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::client {

// The exact bytes; a line break after them only for people.
absl::Status WriteRawSecret(const Plaintext& value, bool for_people);
// What was revealed, and the value with control characters made visible.
absl::Status WriteSecretTable(const v1::RevealSecretVersionResponse& response, const Plaintext& value);
// The response on one line, the box replaced by "value", or by "value_base64" when it is not text.
absl::Status WriteSecretJson(const v1::RevealSecretVersionResponse& response, const Plaintext& value);

// ',"value":"..."' in JSON; room for all of it is reserved, so that no copy is left in freed memory.
std::string SecretMember(const Plaintext& value);

}  // namespace holdfast::client
