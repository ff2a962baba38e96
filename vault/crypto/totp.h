// One-time codes: TOTP (RFC 6238) over HOTP (RFC 4226), and Steam's form of it. Thread safe.
//
// A seed is kept as it was put in, and read as authenticators read it:
//   BASE32                                     RFC 4648; SHA-1, six digits, thirty seconds
//   otpauth://[totp/]LABEL?secret=BASE32[&algorithm=SHA1|SHA256|SHA512][&digits=6..10][&period=1..86400][&...]
//   otpauth://steam/LABEL?secret=BASE32, or issuer=Steam, or encoder=steam
//   steam://BASE32
// Case, blanks, hyphens, padding, %20 and +, empty parameters and blanks around the whole do not matter. An
// algorithm that is none of the three, and codes by counter (hotp), are refused: a wrong code locks people out.
#pragma once

#include <cstdint>
#include <string_view>

#include "vault/base/clock.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::crypto {

inline constexpr std::size_t kMinSeedSize = 5;  // bytes; RFC 4226 wants 16, platforms give fewer
inline constexpr std::size_t kMaxSeedSize = 128;

enum class TotpHash : int { kSha1, kSha256, kSha512 };
// kSteam: five characters of Steam's own alphabet of 26.
enum class CodeStyle : int { kDigits, kSteam };

struct Totp {
  Plaintext seed;
  TotpHash hash = TotpHash::kSha1;
  CodeStyle style = CodeStyle::kDigits;
  int length = 6;
  int period = 30;  // seconds

  // The number of whole periods since 1970.
  std::int64_t CounterAt(Micros time) const { return time / kSecond / period; }
};

// INVALID_ARGUMENT, reason BAD_SEED, in words that show nothing of `text`.
absl::StatusOr<Totp> ParseTotp(const Plaintext& text);

// True for a text that begins, after blanks, with otpauth:, otpauth-migration: or steam:// in any case. It
// is meant as a seed even if it makes no codes.
bool IsSeedUri(std::string_view text);

// The code for a counter. RFC 4226, section 5.3.
absl::StatusOr<Plaintext> TotpCode(const Totp& totp, std::int64_t counter);

}  // namespace holdfast::crypto
