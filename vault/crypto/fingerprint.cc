#include "vault/crypto/fingerprint.h"

#include "vault/base/ascii.h"
#include "vault/crypto/init.h"

namespace holdfast::crypto {
namespace {

constexpr std::string_view kDomain = "holdfast-fingerprint-v1";
constexpr std::size_t kSize = 16;

std::string Group(std::string_view hex) {
  std::string grouped;
  for (std::size_t i = 0; i < hex.size(); i += 4) {
    if (i != 0) grouped += '-';
    grouped += hex.substr(i, 4);
  }
  return grouped;
}

}  // namespace

std::string KeyFingerprint(ByteView cert_sha256, ByteView box_public) {
  Bytes message;
  AppendField(message, AsBytes(kDomain));
  AppendField(message, cert_sha256);
  AppendField(message, box_public);
  const Digest digest = Sha256(message);
  return Group(HexEncode(ByteView(digest).first(kSize)));
}

std::string NormalizeFingerprint(std::string_view typed) {
  std::string hex;
  for (const char c : Lowered(typed)) {
    if (c == ' ' || c == '\t' || c == ':' || c == '-') continue;
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return "";
    hex += c;
  }
  return hex.size() == 2 * kSize ? Group(hex) : "";
}

}  // namespace holdfast::crypto
