// The hash function under a seed's HMAC, as OpenSSL names it. RFC 6238, section 1.2.
#pragma once

#include <openssl/evp.h>

#include "vault/crypto/totp.h"

namespace holdfast::crypto {

const EVP_MD* HashOf(TotpHash hash);

}  // namespace holdfast::crypto
