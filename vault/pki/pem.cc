#include "vault/pki/pem.h"

#include "vault/base/secret_bytes.h"

namespace holdfast::pki {
namespace {

constexpr std::size_t kLineWidth = 64;

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool TakeLineEnd(std::string_view& text) { return TakePrefix(text, "\n") || TakePrefix(text, "\r\n"); }

// "-----BEGIN CERTIFICATE-----" and the like.
bool TakeArmour(std::string_view& text, std::string_view word, std::string_view label) {
  return TakePrefix(text, "-----") && TakePrefix(text, word) && TakePrefix(text, label) &&
         TakePrefix(text, "-----");
}

}  // namespace

std::optional<Bytes> TakePemBlock(std::string_view& text, std::string_view label) {
  std::string_view rest = text;
  if (!TakeArmour(rest, "BEGIN ", label) || !TakeLineEnd(rest)) return std::nullopt;
  const std::size_t size = rest.find('-');
  if (size == rest.npos || size == 0 || rest[size - 1] != '\n') return std::nullopt;
  std::string_view lines = rest.substr(0, size);
  rest.remove_prefix(size);
  if (!TakeArmour(rest, "END ", label)) return std::nullopt;
  if (!rest.empty() && !TakeLineEnd(rest)) return std::nullopt;

  std::string body;
  body.reserve(lines.size());  // grows never: a private key leaves no copy behind
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    body.append(line);
  }
  std::optional<Bytes> der = Base64Decode(body);
  Wipe(body);
  if (!der.has_value() || der->empty()) return std::nullopt;
  text = rest;
  return der;
}

std::optional<Bytes> DecodePem(std::string_view text, std::string_view label) {
  std::optional<Bytes> der = TakePemBlock(text, label);
  if (!text.empty()) return std::nullopt;
  return der;
}

std::string EncodePem(ByteView der, std::string_view label) {
  std::string body = Base64Encode(der);
  std::string pem;
  pem.reserve(body.size() + body.size() / kLineWidth + 2 * label.size() + 40);
  pem.append("-----BEGIN ").append(label).append("-----\n");
  for (std::size_t at = 0; at < body.size(); at += kLineWidth)
    pem.append(body, at, kLineWidth).push_back('\n');
  pem.append("-----END ").append(label).append("-----\n");
  Wipe(body);
  return pem;
}

}  // namespace holdfast::pki
