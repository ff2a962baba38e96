#include "vault/pki/enrollment_string.h"

#include <algorithm>

#include "vault/base/ascii.h"
#include "vault/base/ids.h"
#include "vault/pki/key.h"

namespace holdfast::pki {
namespace {

constexpr std::string_view kPrefix = "hf1:";
constexpr std::string_view kField = "enrollment";
constexpr std::size_t kHashSize = 32;
constexpr std::size_t kMaxHost = 253;
constexpr std::size_t kMaxText = 512;

bool IsAlnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool IsPort(std::string_view text) {
  const auto port = ParseNumber<unsigned>(text);
  return port.has_value() && text.front() != '0' && *port <= 65535;
}

bool IsHost(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    const std::string_view v6 = host.substr(1, host.size() - 2);
    return v6.find(':') != v6.npos && std::all_of(v6.begin(), v6.end(), [](char c) {
             return IsAlnum(c) || c == ':' || c == '.' || c == '%';
           });
  }
  return !host.empty() && host.size() <= kMaxHost && IsAlnum(host.front()) &&
         std::all_of(host.begin(), host.end(), [](char c) { return IsAlnum(c) || c == '.' || c == '-'; });
}

absl::Status Malformed(std::string_view message) { return InvalidField(kField, message); }

absl::Status Check(const EnrollmentString& e) {
  if (!IsValidId(e.holder)) return Malformed("does not name a holder");
  if (!e.address.empty() && !IsHostPort(e.address))
    return Malformed("holds an address that is not host:port");
  if (e.ca_sha256.size() != kHashSize) return Malformed("holds a hash of the wrong length");
  return absl::OkStatus();
}

}  // namespace

bool IsHostPort(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  if (colon == address.npos || colon + 1 == address.size()) return false;
  return IsHost(address.substr(0, colon)) && IsPort(address.substr(colon + 1));
}

absl::StatusOr<Plaintext> FormatEnrollmentString(const EnrollmentString& enrollment) {
  HF_RETURN_IF_ERROR(Check(enrollment));
  HF_ASSIGN_OR_RETURN(const SecretBytes number, PrivateNumberOf(enrollment.key));
  Plaintext payload(kHashSize + kPrivateNumberSize);
  const auto rest = std::ranges::copy(enrollment.ca_sha256, payload.ExposeSecretMutable().begin()).out;
  std::ranges::copy(number.ExposeSecret(), rest);
  std::string encoded = Base64UrlEncode(payload.ExposeSecret());
  std::string text;
  text.reserve(kMaxText);  // grows never: no copy of the key is left behind
  text.append(kPrefix).append(enrollment.holder).append("@").append(enrollment.address).append(":");
  text.append(encoded);
  Wipe(encoded);
  return Plaintext::TakeFrom(text);
}

absl::StatusOr<EnrollmentString> ParseEnrollmentString(std::string_view text) {
  if (text.size() > kMaxText || text.substr(0, kPrefix.size()) != kPrefix)
    return Malformed("is not an enrollment string (hf1:...)");
  text.remove_prefix(kPrefix.size());
  const std::size_t at = text.find('@');
  const std::size_t colon = text.rfind(':');  // base64url has none
  if (at == text.npos || colon == text.npos || colon < at) return Malformed("is cut short");
  EnrollmentString result;
  result.holder = text.substr(0, at);
  result.address = text.substr(at + 1, colon - at - 1);
  auto payload = Base64UrlDecode(text.substr(colon + 1));
  if (!payload.has_value() || payload->size() != kHashSize + kPrivateNumberSize)
    return Malformed("is damaged: its last part does not decode to 64 bytes");
  result.ca_sha256.assign(payload->begin(), payload->begin() + kHashSize);
  auto key = KeyOfPrivateNumber(ByteView(*payload).subspan(kHashSize));
  Wipe(*payload);
  if (!key.ok()) return Malformed("is damaged: it holds no key");
  result.key = *std::move(key);
  HF_RETURN_IF_ERROR(Check(result));
  return result;
}

}  // namespace holdfast::pki
