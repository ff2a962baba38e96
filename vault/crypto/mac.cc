#include "vault/crypto/mac.h"

#include <cstdlib>

#include "sodium.h"

namespace holdfast::crypto {
namespace {

void Update(crypto_generichash_state& state, ByteView bytes) {
  if (crypto_generichash_update(&state, bytes.data(), bytes.size()) != 0) std::abort();
}

}  // namespace

// Layout: FORMAT.md, "MAC". A key of another size is a bug of ours, never input: stopping beats a MAC
// under no key.
Digest Mac(const SecretBytes& key, std::initializer_list<ByteView> parts) {
  if (key.size() != crypto_generichash_KEYBYTES) std::abort();
  crypto_generichash_state state;
  Digest digest;
  if (crypto_generichash_init(&state, key.ExposeSecret().data(), key.size(), digest.size()) != 0)
    std::abort();
  for (const ByteView part : parts) {
    Bytes length;
    AppendU32(length, static_cast<std::uint32_t>(part.size()));
    Update(state, length);
    Update(state, part);
  }
  if (crypto_generichash_final(&state, digest.data(), digest.size()) != 0) std::abort();
  sodium_memzero(&state, sizeof state);
  return digest;
}

bool EqualConstantTime(ByteView a, ByteView b) {
  if (a.size() != b.size()) return false;
  return a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace holdfast::crypto
