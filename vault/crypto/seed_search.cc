#include "vault/crypto/seed_search.h"

#include <algorithm>
#include <array>
#include <string>

#include "vault/base/ascii.h"
#include "vault/base/bytes.h"
#include "vault/crypto/totp.h"

namespace holdfast::crypto {
namespace {

constexpr std::array<std::string_view, 3> kWords = {"otp", "mfa", "tfa"};
constexpr std::array<std::string_view, 4> kParts = {"totp", "2fa", "otpauth", "authenticator"};
constexpr std::array<std::string_view, 5> kUsedUp = {"recovery", "backup", "scratch", "emergency", "codes"};
constexpr std::string_view kEndsUri = " \t\r\n\v\f\"'<>`";

bool IsWordChar(char c) { return (ToLower(c) >= 'a' && ToLower(c) <= 'z') || (c >= '0' && c <= '9'); }

// As a word of its own: "otp" is in "OTP seed" and "my_otp", not in "laptop" or "otpbank".
bool HasWord(std::string_view lower, std::string_view word) {
  for (std::size_t at = lower.find(word); at != lower.npos; at = lower.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !IsWordChar(lower[at - 1])) && (end == lower.size() || !IsWordChar(lower[end])))
      return true;
  }
  return false;
}

bool MakesCodes(std::string_view text) { return ParseTotp(Plaintext::CopyOf(AsBytes(text))).ok(); }

bool IsOneLine(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return text.find('\n') == text.npos;
}

}  // namespace

bool NamesSeed(std::string_view name) {
  const std::string lower = Lowered(name);
  const auto contains = [&](std::string_view part) { return lower.find(part) != lower.npos; };
  if (std::ranges::any_of(kUsedUp, contains)) return false;
  return std::ranges::any_of(kParts, contains) ||
         std::ranges::any_of(kWords, [&](std::string_view word) { return HasWord(lower, word); });
}

bool IsSeed(std::string_view name, const Plaintext& value) {
  const std::string_view text = AsChars(value.ExposeSecret());
  if (IsSeedUri(text)) return true;
  return NamesSeed(name) && IsOneLine(text) && MakesCodes(text);
}

std::optional<TextRange> FindSeedUri(std::string_view text, std::size_t from) {
  for (std::size_t at = from; at < text.size(); ++at) {
    const std::string_view rest = text.substr(at);
    const bool steam = BeginsAs(rest, "steam://");
    if (!steam && !BeginsAs(rest, "otpauth:") && !BeginsAs(rest, "otpauth-migration:")) continue;
    if (at > 0 && IsWordChar(text[at - 1])) continue;
    const std::string_view uri = rest.substr(0, rest.find_first_of(kEndsUri));
    if (!steam || MakesCodes(uri)) return TextRange{.begin = at, .size = uri.size()};
  }
  return std::nullopt;
}

}  // namespace holdfast::crypto
