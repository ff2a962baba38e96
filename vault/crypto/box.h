// Secrets on the wire: crypto_box (X25519, XSalsa20-Poly1305) between a device's enrolled key and a key
// that the server makes at each boot and signs with the vault's box-signing key. A header inside the box
// says what the value is for, and is checked on opening, so that a box cannot be moved to another request,
// account, secret, version or recipient, nor kept past its expiry. Layout in FORMAT.md. Thread safe.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"
#include "vault/crypto/signing.h"

namespace holdfast::crypto {

using BoxPublicKey = std::array<std::uint8_t, 32>;

class BoxKeyPair {
 public:
  static BoxKeyPair Generate();
  static absl::StatusOr<BoxKeyPair> FromSecret(SecretBytes secret);  // 32 bytes
  const BoxPublicKey& public_key() const { return public_key_; }
  const SecretBytes& secret() const { return secret_; }

 private:
  BoxKeyPair() = default;
  SecretBytes secret_;
  BoxPublicKey public_key_{};
};

// The key in its one spelling (less than 2^255 - 19), of an order under which no shared secret is known to all.
// INVALID_ARGUMENT naming `field`.
absl::Status CheckBoxPublicKey(std::string_view field, ByteView key);

// What the box is for. Both sides fill it from the request they are in, never from the box.
struct BoxHeader {
  std::string purpose;       // "reveal", "put", "import"
  std::string request_id;    // of the RPC
  std::string account;       // id
  std::string secret;        // id
  std::int64_t version = 0;  // 0 when not known yet; for imports the position from 1
  std::string recipient;     // holder id on the way out, vault id (hex) on the way in
};

// Returns nonce(24) || box. `expiry` is absolute.
absl::StatusOr<Bytes> SealBox(const BoxHeader& header, Micros expiry, ByteView plaintext,
                              const BoxPublicKey& recipient, const BoxKeyPair& sender);
// INVALID_ARGUMENT, reason BOX_REFUSED, naming which part of the header differs, or that it expired.
absl::StatusOr<Plaintext> OpenBox(const BoxHeader& expected, Micros now, ByteView sealed,
                                  const BoxPublicKey& sender, const BoxKeyPair& recipient);

// The server's per-boot key, signed under a domain of its own together with the vault id.
Signature SignBoxKey(const Signer& vault, ByteView vault_id, const BoxPublicKey& key);
bool VerifyBoxKey(const PublicKey& vault, ByteView vault_id, const BoxPublicKey& key, ByteView signature);

}  // namespace holdfast::crypto
