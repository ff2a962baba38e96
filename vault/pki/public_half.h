// The public half of a private key, so that one key written in two ways is one value. Thread safe.
#pragma once

#include <optional>

#include "vault/base/bytes.h"
#include "vault/base/secret_bytes.h"

namespace holdfast::pki {

// Of the first unencrypted private key in PEM (PKCS#8, PKCS#1, SEC 1), or of one in OpenSSH's format, which
// keeps its public half readable even when the key is encrypted:
//   'R', modulus (big-endian, without leading zeros) | 'E', uncompressed point | 'D', Ed25519 key
// None for anything else: other kinds of key, encrypted PEM, PuTTY's format.
std::optional<Bytes> PublicHalf(const Plaintext& value);

}  // namespace holdfast::pki
