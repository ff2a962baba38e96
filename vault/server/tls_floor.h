// TLS 1.3 and nothing older, for every connection that this process makes or accepts.
#pragma once

#include "vault/base/status.h"

namespace holdfast::server {

// Gives OpenSSL a configuration of our own, from memory. gRPC has no switch for the protocol version, but
// every SSL_CTX takes its defaults from here. The machine's openssl.cnf and OPENSSL_CONF are not read:
// neither can lower the floor or load a module into this process. Fails unless a new SSL_CTX obeys. REQUIRES:
// called once, from main, before gRPC, other uses of OpenSSL and other threads.
absl::Status RequireTls13();

}  // namespace holdfast::server
