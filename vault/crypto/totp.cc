#include "vault/crypto/totp.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace holdfast::crypto {
namespace {

constexpr std::string_view kUri = "otpauth://totp/";
constexpr std::size_t kMaxText = 4096;

absl::Status Bad(std::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, "BAD_SEED", why);
}

std::optional<unsigned> Base32Digit(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a');
  if (c >= '2' && c <= '7') return static_cast<unsigned>(c - '2') + 26;
  return std::nullopt;
}

// As people and platforms write it. What is left over at the end, less than a byte, is dropped.
absl::StatusOr<Plaintext> ParseBase32(std::string_view text) {
  while (!text.empty() && (text.back() == '=' || text.back() == ' ')) text.remove_suffix(1);
  Plaintext seed(text.size());
  std::size_t size = 0;
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    const std::optional<unsigned> digit = Base32Digit(c);
    if (!digit.has_value())
      return Bad("must be a seed in base32 (letters and the digits 2 to 7), or an otpauth://totp/ URI");
    buffer = (buffer << 5 | *digit) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    seed.ExposeSecretMutable()[size++] = static_cast<std::uint8_t>(buffer >> bits);
  }
  if (size < kMinSeedSize || size > kMaxSeedSize)
    return Bad(fmt::format("must hold a seed of {} to {} bytes", kMinSeedSize, kMaxSeedSize));
  seed.Resize(size);
  return seed;
}

absl::StatusOr<int> ParseNumber(std::string_view text, std::string_view name, int least, int most) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stop != end || number < least || number > most)
    return Bad(fmt::format("{} must be {} to {}", name, least, most));
  return number;
}

absl::StatusOr<TotpHash> ParseHash(std::string_view text) {
  if (text == "SHA1" || text == "sha1") return TotpHash::kSha1;
  if (text == "SHA256" || text == "sha256") return TotpHash::kSha256;
  if (text == "SHA512" || text == "sha512") return TotpHash::kSha512;
  return Bad("algorithm must be SHA1, SHA256 or SHA512");
}

// The parameters of the URI, each at most once. What is none of ours (issuer, image ...) does not matter.
struct Parameters {
  std::optional<std::string_view> secret, algorithm, digits, period;

  std::optional<std::string_view>* Find(std::string_view name) {
    if (name == "secret") return &secret;
    if (name == "algorithm") return &algorithm;
    if (name == "digits") return &digits;
    if (name == "period") return &period;
    return nullptr;
  }
};

absl::StatusOr<Parameters> ParseQuery(std::string_view query) {
  Parameters parameters;
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    const std::size_t equals = one.find('=');
    std::optional<std::string_view>* const place = parameters.Find(one.substr(0, equals));
    if (place == nullptr) continue;
    if (equals == one.npos || place->has_value())
      return Bad("a parameter of the otpauth URI is there twice, or empty");
    *place = one.substr(equals + 1);
  }
  return parameters;
}

absl::StatusOr<Totp> ParseUri(std::string_view rest) {
  const std::size_t question = rest.find('?');
  if (question == rest.npos) return Bad("the otpauth URI has no secret");
  HF_ASSIGN_OR_RETURN(Parameters parameters, ParseQuery(rest.substr(question + 1)));
  if (!parameters.secret.has_value()) return Bad("the otpauth URI has no secret");
  std::string_view secret = *parameters.secret;
  while (secret.ends_with("%3D") || secret.ends_with("%3d")) secret.remove_suffix(3);
  Totp totp;
  HF_ASSIGN_OR_RETURN(totp.seed, ParseBase32(secret));
  if (parameters.algorithm.has_value()) {
    HF_ASSIGN_OR_RETURN(totp.hash, ParseHash(*parameters.algorithm));
  }
  if (parameters.digits.has_value()) {
    HF_ASSIGN_OR_RETURN(totp.digits, ParseNumber(*parameters.digits, "digits", 6, 8));
  }
  if (parameters.period.has_value()) {
    HF_ASSIGN_OR_RETURN(totp.period, ParseNumber(*parameters.period, "period", 10, 120));
  }
  return totp;
}

const EVP_MD* HashOf(TotpHash hash) {
  switch (hash) {
    case TotpHash::kSha1:
      return EVP_sha1();
    case TotpHash::kSha256:
      return EVP_sha256();
    case TotpHash::kSha512:
      return EVP_sha512();
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<Totp> ParseTotp(const Plaintext& text) {
  std::string_view chars = AsChars(text.ExposeSecret());
  if (chars.size() > kMaxText) return Bad("is too long for a seed");
  if (chars.starts_with(kUri)) return ParseUri(chars.substr(kUri.size()));
  if (chars.find("://") != chars.npos) return Bad("of all URIs, only otpauth://totp/ ones make codes");
  Totp totp;
  HF_ASSIGN_OR_RETURN(totp.seed, ParseBase32(chars));
  return totp;
}

absl::StatusOr<Plaintext> TotpCode(const Totp& totp, std::int64_t counter) {
  std::array<std::uint8_t, 8> message{};
  for (std::size_t i = 0; i < message.size(); ++i)
    message[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(counter) >> (56 - 8 * i));
  Plaintext mac(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  const ByteView seed = totp.seed.ExposeSecret();
  if (HMAC(HashOf(totp.hash), seed.data(), static_cast<int>(seed.size()), message.data(), message.size(),
           mac.ExposeSecretMutable().data(), &size) == nullptr)
    return MakeError(absl::StatusCode::kInternal, "CRYPTO_FAILED", "a code could not be computed");
  const ByteView bytes = mac.ExposeSecret();
  const std::size_t at = bytes[size - 1] & 0x0fU;
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | bytes[at + i];
  number &= 0x7fffffffU;
  Plaintext code(static_cast<std::size_t>(totp.digits));
  const auto digits = code.ExposeSecretMutable();
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, number /= 10)
    *digit = static_cast<std::uint8_t>('0' + number % 10);
  return code;
}

}  // namespace holdfast::crypto
