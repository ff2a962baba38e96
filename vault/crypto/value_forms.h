// The forms under which two values are the same to somebody who knows one of them: a password with a blank
// behind it, a note with other line ends, a seed in other letters, one code out of a set. Thread safe.
//
// Every value has at least one form. Two values are equal when they share one; hash each with a key before it
// is kept. Not covered: similar values, a value inside a longer text, codes of less than six characters,
// private keys that are encrypted.
#pragma once

#include <cstdint>
#include <vector>

#include "vault/base/secret_bytes.h"

namespace holdfast::crypto {

enum class ValueForm : std::uint8_t {
  kExact = 1,      // the bytes, of what is no text
  kText = 2,       // NFC, without characters that nobody sees, lines ending in LF, no blanks at their ends
  kSeed = 3,       // HMAC (SHA-1, and the hash that the seed names) over a fixed message: what makes equal codes
  kPublicKey = 4,  // of a private key; made in pki
  kCode = 5,       // one of a set, in lower case, without blanks and hyphens
};

struct FormOfValue {
  ValueForm form = ValueForm::kExact;
  Plaintext bytes;
};

inline constexpr std::size_t kMaxCodes = 128;  // of one set; those beyond are compared as text alone

// `is_seed`: it is kept as one. Of other values only a URI, or base32 of ten bytes and more, is read as a seed:
// short words of base32's letters are not.
std::vector<FormOfValue> FormsOf(const Plaintext& value, bool is_seed);

}  // namespace holdfast::crypto
