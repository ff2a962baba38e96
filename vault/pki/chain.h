// How a client that knows nothing but the SHA-256 of the vault's CA certificate comes to trust a server.
// Thread safe.
#pragma once

#include <string>
#include <string_view>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"

namespace holdfast::pki {

// `chain_pem` is what the peer presented: its own certificate first, the CA's somewhere behind it. Succeeds,
// with the CA's PEM, when a CA certificate in it has the hash `ca_sha256`, and that CA itself signed the
// first one for TLS servers, both valid at `now`, and the first one names `expected_dns` (empty: any name;
// the hash already says which vault it is). Errors: INVALID_ARGUMENT naming "chain" or "ca_sha256" for what
// cannot be read; UNAUTHENTICATED with reason CA_PIN_MISMATCH, CERTIFICATE_DATES, CERTIFICATE_NAME or
// CERTIFICATE_UNTRUSTED.
absl::StatusOr<std::string> VerifyPinnedChain(std::string_view chain_pem, ByteView ca_sha256,
                                              std::string_view expected_dns, Micros now);

}  // namespace holdfast::pki
