// Reads seeds as people and platforms write them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "vault/base/ascii.h"
#include "vault/crypto/totp.h"

namespace holdfast::crypto {
namespace {

constexpr std::string_view kOtpauth = "otpauth://";
constexpr std::string_view kSteam = "steam://";
constexpr std::size_t kMaxText = 4096;
constexpr int kSteamLength = 5;

absl::Status Bad(std::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, "BAD_SEED", why);
}

bool Is(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && BeginsAs(text, lower);
}

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<unsigned> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (ToLower(c) >= 'a' && ToLower(c) <= 'f') return static_cast<unsigned>(ToLower(c) - 'a') + 10;
  return std::nullopt;
}

// Takes one character from the front, as it was before URIs wrote it as %20, + or %3D.
char TakeChar(std::string_view& text) {
  const char first = text.front();
  if (first == '%' && text.size() >= 3) {
    const auto high = HexDigit(text[1]);
    const auto low = HexDigit(text[2]);
    if (high.has_value() && low.has_value()) {
      text.remove_prefix(3);
      return static_cast<char>(*high << 4 | *low);
    }
  }
  text.remove_prefix(1);
  return first == '+' ? ' ' : first;
}

std::optional<unsigned> Base32Digit(char c) {
  if (ToLower(c) >= 'a' && ToLower(c) <= 'z') return static_cast<unsigned>(ToLower(c) - 'a');
  if (c >= '2' && c <= '7') return static_cast<unsigned>(c - '2') + 26;
  return std::nullopt;
}

// Bits left over at the end, less than a byte, are dropped.
absl::StatusOr<Plaintext> ParseBase32(std::string_view text) {
  Plaintext seed(text.size());
  std::size_t size = 0;
  unsigned buffer = 0;
  int bits = 0;
  bool padded = false;
  while (!text.empty()) {
    const char c = TakeChar(text);
    if (IsBlank(c) || c == '-') continue;
    padded = padded || c == '=';
    if (c == '=') continue;
    const std::optional<unsigned> digit = Base32Digit(c);
    if (!digit.has_value() || padded)
      return Bad("must be a seed in base32 (letters and the digits 2 to 7), or an otpauth:// or steam:// URI");
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

absl::StatusOr<int> ParseParameter(std::string_view text, std::string_view name, int least, int most,
                                   int otherwise) {
  if (text.empty()) return otherwise;
  const auto number = ParseNumber<int>(text);
  if (!number.has_value() || *number < least || *number > most)
    return Bad(fmt::format("{} must be {} to {}", name, least, most));
  return *number;
}

// Also as "SHA-256", "HMAC-SHA256" and "HmacSHA256", which platforms write.
absl::StatusOr<TotpHash> ParseHash(std::string_view text) {
  if (text.empty()) return TotpHash::kSha1;
  if (BeginsAs(text, "hmac")) text.remove_prefix(4);
  if (text.starts_with('-')) text.remove_prefix(1);
  if (Is(text, "sha1") || Is(text, "sha-1")) return TotpHash::kSha1;
  if (Is(text, "sha256") || Is(text, "sha-256")) return TotpHash::kSha256;
  if (Is(text, "sha512") || Is(text, "sha-512")) return TotpHash::kSha512;
  return Bad("algorithm must be SHA1, SHA256 or SHA512");
}

struct Parameters {
  std::string_view secret, algorithm, digits, period, issuer, encoder, counter;

  std::string_view* Find(std::string_view name) {
    const std::array<std::pair<std::string_view, std::string_view*>, 7> known = {
        {{"secret", &secret},
         {"algorithm", &algorithm},
         {"digits", &digits},
         {"period", &period},
         {"issuer", &issuer},
         {"encoder", &encoder},
         {"counter", &counter}}};
    for (const auto& [key, place] : known)
      if (Is(name, key)) return place;
    return nullptr;
  }
};

absl::StatusOr<Parameters> ParseQuery(std::string_view query) {
  Parameters parameters;
  query = query.substr(0, query.find('#'));
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    const std::size_t equals = one.find('=');
    std::string_view* const place = parameters.Find(one.substr(0, equals));
    if (place == nullptr || equals == one.npos || equals + 1 == one.size()) continue;
    // Of two seeds or two lengths, nobody knows which one the platform means.
    if (!place->empty()) return Bad("a parameter of the otpauth URI is there twice");
    *place = one.substr(equals + 1);
  }
  return parameters;
}

absl::StatusOr<Totp> MakeSteam(const Parameters& parameters) {
  Totp totp;
  HF_ASSIGN_OR_RETURN(totp.hash, ParseHash(parameters.algorithm));
  HF_ASSIGN_OR_RETURN(totp.period, ParseParameter(parameters.period, "period", 30, 30, 30));
  if (totp.hash != TotpHash::kSha1) return Bad("algorithm must be SHA1 for codes of Steam");
  totp.style = CodeStyle::kSteam;
  totp.length = kSteamLength;
  return totp;
}

absl::StatusOr<Totp> MakeDigits(const Parameters& parameters) {
  Totp totp;
  HF_ASSIGN_OR_RETURN(totp.hash, ParseHash(parameters.algorithm));
  HF_ASSIGN_OR_RETURN(totp.length, ParseParameter(parameters.digits, "digits", 6, 10, 6));
  HF_ASSIGN_OR_RETURN(totp.period, ParseParameter(parameters.period, "period", 1, 86'400, 30));
  return totp;
}

// "totp/Acme:news", "Acme:news", "totp", "/Acme": the type may be missing, the label too.
bool IsOfSteam(std::string_view type, std::string_view label, const Parameters& parameters) {
  if (Is(type, "steam") || Is(parameters.encoder, "steam")) return true;
  if (!parameters.issuer.empty()) return Is(parameters.issuer, "steam");
  return BeginsAs(label, "steam:") || BeginsAs(label, "steam%3a");
}

absl::StatusOr<Totp> ParseOtpauth(std::string_view rest) {
  const std::size_t question = rest.find('?');
  if (question == rest.npos) return Bad("the otpauth URI has no secret");
  HF_ASSIGN_OR_RETURN(const Parameters parameters, ParseQuery(rest.substr(question + 1)));
  if (parameters.secret.empty()) return Bad("the otpauth URI has no secret");
  const std::string_view path = rest.substr(0, question);
  const std::size_t slash = path.find('/');
  const std::string_view type = path.substr(0, slash);
  const std::string_view label = slash == path.npos ? path : path.substr(slash + 1);
  for (const char* other : {"hotp", "yaotp", "motp"})
    if (Is(type, other)) return Bad("of the types of otpauth URIs, only totp and steam make codes here");
  if (!Is(type, "totp") && !parameters.counter.empty())
    return Bad("codes by counter are not made: the seed must be one for codes by time");
  HF_ASSIGN_OR_RETURN(Totp totp,
                      IsOfSteam(type, label, parameters) ? MakeSteam(parameters) : MakeDigits(parameters));
  HF_ASSIGN_OR_RETURN(totp.seed, ParseBase32(parameters.secret));
  return totp;
}

}  // namespace

bool IsSeedUri(std::string_view text) {
  text = Trim(text);
  return BeginsAs(text, "otpauth:") || BeginsAs(text, "otpauth-migration:") || BeginsAs(text, kSteam);
}

absl::StatusOr<Totp> ParseTotp(const Plaintext& text) {
  const std::string_view chars = Trim(AsChars(text.ExposeSecret()));
  if (chars.size() > kMaxText) return Bad("is too long for a seed");
  if (BeginsAs(chars, kOtpauth)) return ParseOtpauth(chars.substr(kOtpauth.size()));
  if (BeginsAs(chars, "otpauth-migration:"))
    return Bad("is an export of several seeds at once: put each in by its own otpauth:// URI");
  const bool steam = BeginsAs(chars, kSteam);
  if (!steam && chars.find("://") != chars.npos)
    return Bad("of all URIs, only otpauth:// and steam:// ones make codes");
  HF_ASSIGN_OR_RETURN(Totp totp, steam ? MakeSteam({}) : MakeDigits({}));
  HF_ASSIGN_OR_RETURN(totp.seed, ParseBase32(steam ? chars.substr(kSteam.size()) : chars));
  return totp;
}

}  // namespace holdfast::crypto
