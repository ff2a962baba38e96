// The fingerprint of an enrolled device: what its owner reads out to whoever confirms it. It covers the
// certificate and the X25519 key, so that neither can be swapped under a confirmation. Thread safe.
#pragma once

#include <string>
#include <string_view>

#include "vault/base/bytes.h"

namespace holdfast::crypto {

// SHA-256 over the length-prefixed domain "holdfast-fingerprint-v1", SHA-256 of the certificate's DER, and
// the X25519 public key; the first 16 bytes as eight groups of four: "0123-4567-89ab-...".
std::string KeyFingerprint(ByteView cert_sha256, ByteView box_public);

// What people type, in the form above: case, blanks, ':' and '-' do not matter. Anything that is not 32
// hexadecimal digits then gives "", which no key has.
std::string NormalizeFingerprint(std::string_view typed);

}  // namespace holdfast::crypto
