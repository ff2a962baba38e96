// Library start-up, randomness and hashing.
#pragma once

#include <array>
#include <cstddef>

#include "vault/base/bytes.h"
#include "vault/base/status.h"

namespace holdfast::crypto {

// Must succeed before anything else in crypto/. Idempotent, thread safe.
absl::Status Init();

// Proves that memory can be locked (sodium_malloc itself ignores a failed mlock).
absl::Status ProbeLockedMemory();

Bytes RandomBytes(std::size_t size);

using Digest = std::array<std::uint8_t, 32>;
Digest Sha256(ByteView data);
Digest Sha256(std::initializer_list<ByteView> parts);  // of the concatenation

}  // namespace holdfast::crypto
