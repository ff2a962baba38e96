#include "vault/crypto/init.h"

#include <cstdint>

#include "sodium.h"

namespace holdfast::crypto {

absl::Status Init() {
  if (sodium_init() < 0)
    return MakeError(absl::StatusCode::kInternal, "CRYPTO_UNAVAILABLE", "libsodium could not be initialised");
  return absl::OkStatus();
}

absl::Status ProbeLockedMemory() {
  // sodium_malloc locks one page a key: room for 32 keys.
  alignas(4096) static std::array<std::uint8_t, 32 * 4096> probe;
  if (sodium_mlock(probe.data(), probe.size()) != 0)
    return MakeError(absl::StatusCode::kFailedPrecondition, "MEMORY_NOT_LOCKED",
                     "memory cannot be locked: raise RLIMIT_MEMLOCK");
  if (sodium_munlock(probe.data(), probe.size()) != 0)
    return MakeError(absl::StatusCode::kInternal, "MEMORY_NOT_LOCKED", "locked memory could not be released");
  return absl::OkStatus();
}

Bytes RandomBytes(std::size_t size) {
  Bytes bytes(size);
  if (size != 0) randombytes_buf(bytes.data(), size);
  return bytes;
}

Digest Sha256(ByteView data) { return Sha256({data}); }

Digest Sha256(std::initializer_list<ByteView> parts) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);  // these three cannot fail
  for (const ByteView part : parts) crypto_hash_sha256_update(&state, part.data(), part.size());
  Digest digest;
  crypto_hash_sha256_final(&state, digest.data());
  return digest;
}

}  // namespace holdfast::crypto
