// Keyed BLAKE2b-256 over length-prefixed parts, so that no two lists of parts collide. Thread safe.
#pragma once

#include <initializer_list>

#include "vault/base/bytes.h"
#include "vault/base/secret_bytes.h"
#include "vault/crypto/init.h"

namespace holdfast::crypto {

// `key`: 32 bytes.
Digest Mac(const SecretBytes& key, std::initializer_list<ByteView> parts);
bool EqualConstantTime(ByteView a, ByteView b);

}  // namespace holdfast::crypto
