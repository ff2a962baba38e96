// HTTP/2 by hand over TLS, for what no honest client sends.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace holdfast::testing {

// The certificate that a client shows in its handshake, and its key; PEM. Empty: it shows none.
struct ClientCertificate {
  std::string certificate;
  std::string private_key;
};

// One connection to "127.0.0.1:port". Writes block for two seconds at most.
class RawConnection {
 public:
  // `earlier`, when given: offers to go on with that connection's TLS session.
  RawConnection(const std::string& address, const ClientCertificate& shown, const RawConnection* earlier = nullptr);
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  ~RawConnection();

  // The handshake is over as far as the client can tell; a server that refuses its certificate closes later.
  bool connected() const { return connected_; }
  bool resumed() const { return SSL_session_reused(ssl_) == 1; }
  // False once the other side has closed.
  bool Send(std::string_view bytes);
  // Reads until nothing has come for `millis`, or the other side has closed.
  std::string Receive(int millis);

 private:
  int fd_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
};

// A TCP connection that says nothing; -1 when it was refused.
int ConnectTcp(const std::string& address);

// RFC 9113.
enum class FrameType : std::uint8_t { kData = 0, kHeaders = 1, kReset = 3, kSettings = 4, kContinuation = 9 };
inline constexpr std::uint8_t kEndStream = 1;
inline constexpr std::uint8_t kEndHeaders = 4;
std::string Frame(FrameType type, std::uint8_t flags, std::uint32_t stream, std::string_view payload);
// The client's preface. With a window of 0 no answer may be sent before the client asks for it.
std::string Preface(std::uint16_t window = 0);
// A gRPC call's header block, without Huffman codes or indexing.
std::string CallHeaders(std::string_view path);
// A length-prefixed gRPC message.
std::string GrpcMessage(std::string_view message);

}  // namespace holdfast::testing
