#include "vault/server/tls_floor.h"

#include <openssl/conf.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>

#include <memory>
#include <string_view>

namespace holdfast::server {
namespace {

// Clients sign with ECDSA on P-256 alone, as all of ours do: a stranger cannot have us verify a huge RSA key.
// "Protocol" as well as "MinProtocol": gRPC sets a minimum of its own (TLS 1.2), but clears no option.
constexpr std::string_view kConfiguration = R"(
openssl_conf = holdfast
[holdfast]
ssl_conf = holdfast_ssl
[holdfast_ssl]
system_default = holdfast_floor
[holdfast_floor]
MinProtocol = TLSv1.3
Protocol = -ALL,TLSv1.3
ClientSignatureAlgorithms = ecdsa_secp256r1_sha256
)";

template <auto free_function>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    free_function(object);
  }
};

bool LoadConfiguration() {
  const std::unique_ptr<BIO, Deleter<BIO_free>> text(
      BIO_new_mem_buf(kConfiguration.data(), static_cast<int>(kConfiguration.size())));
  const std::unique_ptr<CONF, Deleter<NCONF_free>> configuration(NCONF_new(nullptr));
  long error_line = 0;
  return text != nullptr && configuration != nullptr &&
         NCONF_load_bio(configuration.get(), text.get(), &error_line) > 0 &&
         CONF_modules_load(configuration.get(), /*appname=*/nullptr, /*flags=*/0) > 0;
}

bool NewContextsObey() {
  constexpr auto kOlder = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2;
  const std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>> context(SSL_CTX_new(TLS_method()));
  return context != nullptr && SSL_CTX_get_min_proto_version(context.get()) == TLS1_3_VERSION &&
         (SSL_CTX_get_options(context.get()) & kOlder) == kOlder;
}

}  // namespace

absl::Status RequireTls13() {
  // Initialising without the machine's file first also keeps gRPC's own initialisation from reading it later.
  const bool started = OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1;
  if (started) OPENSSL_load_builtin_modules();
  if (!started || !LoadConfiguration() || !NewContextsObey())
    return MakeError(absl::StatusCode::kInternal, "TLS_FLOOR",
                     "OpenSSL did not accept TLS 1.3 as the only version");
  return absl::OkStatus();
}

}  // namespace holdfast::server
