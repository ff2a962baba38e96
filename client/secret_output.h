// How a revealed value leaves the program.
#pragma once

#include <string>

#include "client/options.h"
#include "holdfast/v1/secret_service.pb.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::client {

// As asked for with -o: the value alone, a table, or JSON. On a terminal, what a terminal would obey is made
// visible; and where the policy bounds how long a value is shown, it is taken off the screen again, by then
// or on Enter.
absl::Status WriteRevealed(const Globals& globals, const v1::RevealSecretVersionResponse& response,
                           const Plaintext& value);
// The same for a code, which is worth nothing soon by itself.
absl::Status WriteCode(const Globals& globals, const v1::GenerateSecretCodeResponse& response,
                       const Plaintext& code);

// The value in lines that are safe on a terminal: see Printable().
std::string PrintableLines(const Plaintext& value);

// ',"value":"..."' in JSON; room for all of it is reserved, so that no copy is left in freed memory.
std::string SecretMember(const Plaintext& value);

}  // namespace holdfast::client
