#include "vault/server/tls_floor.h"

#include <arpa/inet.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>

#include "vault/pki/ca.h"
#include "vault/pki/key.h"

namespace holdfast::server {
namespace {

constexpr std::string_view kVault = "00112233445566778899aabbccddeeff";

std::string TextOf(const Plaintext& secret) { return std::string(AsChars(secret.ExposeSecret())); }

// A gRPC server with TLS on a port of its own.
class TlsServer {
 public:
  TlsServer() {
    const SecretBytes ca_key = pki::GenerateP256Key().value();
    const std::string ca = pki::MakeCaCertificate(ca_key, kVault, WallNow()).value();
    const SecretBytes key = pki::GenerateP256Key().value();
    const std::string certificate = pki::IssueServerCertificate(ca_key, ca, key, kVault, WallNow()).value();
    grpc::SslServerCredentialsOptions options;
    options.pem_key_cert_pairs.push_back({TextOf(pki::PrivateKeyToPem(key).value()), certificate});
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port_);
    generic_.emplace();
    builder.RegisterCallbackGenericService(&*generic_);
    server_ = builder.BuildAndStart();
  }

  int port() const { return port_; }

 private:
  int port_ = 0;
  std::optional<grpc::CallbackGenericService> generic_;
  std::unique_ptr<grpc::Server> server_;
};

// A handshake that offers exactly one version, whatever the process's own floor.
bool HandshakeSucceeds(int port, int version) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_clear_options(context, SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3);
  EXPECT_EQ(SSL_CTX_set_min_proto_version(context, version), 1);
  EXPECT_EQ(SSL_CTX_set_max_proto_version(context, version), 1);
  constexpr unsigned char kHttp2[] = "\x02h2";
  EXPECT_EQ(SSL_CTX_set_alpn_protos(context, kHttp2, 3), 0);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  SSL* ssl = SSL_new(context);
  EXPECT_EQ(SSL_set_fd(ssl, fd), 1);
  const bool connected = SSL_connect(ssl) == 1 && SSL_version(ssl) == version;
  SSL_free(ssl);
  SSL_CTX_free(context);
  close(fd);
  return connected;
}

TEST(TlsFloor, MakesGrpcServersRefuseTls12WhichTheyTookBefore) {
  {
    const TlsServer before;
    ASSERT_GT(before.port(), 0);
    ASSERT_TRUE(HandshakeSucceeds(before.port(), TLS1_2_VERSION));
  }
  const absl::Status floor = RequireTls13();
  ASSERT_TRUE(floor.ok()) << floor;
  const TlsServer after;
  ASSERT_GT(after.port(), 0);
  EXPECT_FALSE(HandshakeSucceeds(after.port(), TLS1_2_VERSION));
  EXPECT_TRUE(HandshakeSucceeds(after.port(), TLS1_3_VERSION));
}

}  // namespace
}  // namespace holdfast::server
