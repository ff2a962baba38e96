#include "tests/door/raw_http2.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

namespace holdfast::testing {
namespace {

void SetTimeout(int fd, int option, int millis) {
  const timeval time{.tv_sec = millis / 1000, .tv_usec = millis % 1000 * 1000};
  setsockopt(fd, SOL_SOCKET, option, &time, sizeof time);
}

void Show(SSL_CTX* context, const ClientCertificate& shown) {
  BIO* certificate = BIO_new_mem_buf(shown.certificate.data(), static_cast<int>(shown.certificate.size()));
  BIO* key = BIO_new_mem_buf(shown.private_key.data(), static_cast<int>(shown.private_key.size()));
  X509* x509 = PEM_read_bio_X509(certificate, nullptr, nullptr, nullptr);
  EVP_PKEY* pkey = PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
  if (SSL_CTX_use_certificate(context, x509) != 1 || SSL_CTX_use_PrivateKey(context, pkey) != 1) std::abort();
  X509_free(x509);
  EVP_PKEY_free(pkey);
  BIO_free(certificate);
  BIO_free(key);
}

void AppendText(std::string& out, std::string_view text) {
  out.push_back(static_cast<char>(text.size()));  // up to 126: one byte
  out.append(text);
}

}  // namespace

int ConnectTcp(const std::string& address) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::size_t colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address.c_str() + colon + 1)));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  SetTimeout(fd, SO_SNDTIMEO, 2000);
  SetTimeout(fd, SO_RCVTIMEO, 2000);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return fd;
  close(fd);
  return -1;
}

RawConnection::RawConnection(const std::string& address, const ClientCertificate& shown,
                             const RawConnection* earlier)
    : fd_(ConnectTcp(address)), context_(SSL_CTX_new(TLS_client_method())) {
  constexpr unsigned char kHttp2[] = "\x02h2";
  SSL_CTX_set_alpn_protos(context_, kHttp2, 3);
  if (!shown.certificate.empty()) Show(context_, shown);
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, fd_);
  if (earlier != nullptr) {
    SSL_SESSION* session = SSL_get1_session(earlier->ssl_);
    SSL_set_session(ssl_, session);
    SSL_SESSION_free(session);
  }
  connected_ = fd_ >= 0 && SSL_connect(ssl_) == 1;
}

RawConnection::~RawConnection() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  if (fd_ >= 0) close(fd_);
}

bool RawConnection::Send(std::string_view bytes) {
  return connected_ && SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
}

std::string RawConnection::Receive(int millis) {
  SetTimeout(fd_, SO_RCVTIMEO, millis);
  std::string all;
  std::array<char, 16384> buffer{};
  for (;;) {
    const int got = connected_ ? SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size())) : 0;
    if (got <= 0) return all;
    all.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

std::string Frame(FrameType type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) {
  std::string out;
  for (const int shift : {16, 8, 0}) out.push_back(static_cast<char>(payload.size() >> shift));
  out.push_back(static_cast<char>(type));
  out.push_back(static_cast<char>(flags));
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<char>(stream >> shift));
  return out.append(payload);
}

std::string Preface(std::uint16_t window) {
  std::string settings("\x00\x04\x00\x00", 4);  // SETTINGS_INITIAL_WINDOW_SIZE
  for (const int shift : {8, 0}) settings.push_back(static_cast<char>(window >> shift));
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(FrameType::kSettings, 0, 0, settings);
}

std::string CallHeaders(std::string_view path) {
  std::string block = "\x83\x87";  // :method POST, :scheme https
  block.push_back('\x04');         // :path
  AppendText(block, path);
  block.push_back('\x01');  // :authority
  AppendText(block, "vault");
  block.append("\x0f\x10");  // content-type
  AppendText(block, "application/grpc");
  block.push_back('\0');
  AppendText(block, "te");
  AppendText(block, "trailers");
  return block;
}

std::string GrpcMessage(std::string_view message) {
  std::string out(1, '\0');
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<char>(message.size() >> shift));
  return out.append(message);
}

}  // namespace holdfast::testing
