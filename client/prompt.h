// Where secrets and answers come from: the terminal without echo, a file, or standard input; never argv.
// An interrupt while the echo is off restores the terminal.
#pragma once

#include <string>
#include <string_view>

#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::client {

// Standard input and standard error are both terminals: somebody is there to ask.
bool CanAsk();

// One line typed without echo; INVALID_ARGUMENT when nobody can be asked.
absl::StatusOr<Plaintext> AskHidden(std::string_view prompt);
// Twice, and both must be equal.
absl::StatusOr<Plaintext> AskNewSecret(std::string_view what);

// The bytes of a file, or of standard input for "-"; at most `max_bytes`. Errors name `option`.
absl::StatusOr<Plaintext> ReadFileArg(std::string_view option, const std::string& path,
                                      std::size_t max_bytes);

// Asks "question [y/N]" on the terminal, unless `yes` is the answer already. ABORTED when it is no;
// INVALID_ARGUMENT, reason CONFIRMATION_REQUIRED, when nobody can be asked: "<warning>, and there is no
// terminal to ask on: add --yes".
absl::Status Confirm(bool yes, std::string_view question, std::string_view warning);

// An act that cannot be undone is confirmed by a typed word: `given` on the command line, else asked for with
// `question`. INVALID_ARGUMENT naming `option` when it is another, or when nobody can be asked.
absl::Status ConfirmWord(std::string_view option, std::string_view given, std::string_view word,
                         std::string_view question);

}  // namespace holdfast::client
