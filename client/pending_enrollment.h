// The keys that a device is about to enroll, kept from before the call until its answer is stored: an answer can be
// lost, and the vault repeats it for the same keys alone. $HOLDFAST_HOME/enrolling.json, for its owner only.
#pragma once

#include <string>

#include "vault/base/bytes.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"
#include "vault/crypto/box.h"

namespace holdfast::client {

// The private keys of a device; they never leave it.
struct DeviceKeys {
  SecretBytes tls;  // P-256, PKCS#8
  crypto::BoxKeyPair box;
};

// Those of an earlier try with the string of this key (SHA-256 of its public half), or else new ones, stored.
absl::StatusOr<DeviceKeys> KeysToEnroll(const std::string& home, ByteView string_key_sha256);
void ForgetKeysToEnroll(const std::string& home);

}  // namespace holdfast::client
