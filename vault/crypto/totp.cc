#include "vault/crypto/totp.h"
#include "vault/crypto/totp_hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace holdfast::crypto {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kSteamAlphabet = "23456789BCDFGHJKMNPQRTVWXY";

Plaintext WriteCode(const Totp& totp, std::uint32_t number) {
  Plaintext code(static_cast<std::size_t>(totp.length));
  const auto chars = code.ExposeSecretMutable();
  switch (totp.style) {
    case CodeStyle::kDigits:
      for (auto place = chars.rbegin(); place != chars.rend(); ++place, number /= kDigits.size())
        *place = static_cast<std::uint8_t>(kDigits[number % kDigits.size()]);
      break;
    case CodeStyle::kSteam:  // least significant first
      for (auto place = chars.begin(); place != chars.end(); ++place, number /= kSteamAlphabet.size())
        *place = static_cast<std::uint8_t>(kSteamAlphabet[number % kSteamAlphabet.size()]);
      break;
  }
  return code;
}

}  // namespace

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
  return WriteCode(totp, number & 0x7fffffffU);
}

}  // namespace holdfast::crypto
