// One-time codes: TOTP (RFC 6238) over HOTP (RFC 4226). Thread safe.
//
// A seed is kept as it was put in: base32 (RFC 4648; case, spaces, hyphens and padding do not matter) with
// SHA-1, six digits, thirty seconds; or a key URI that may say otherwise:
//   otpauth://totp/LABEL?secret=BASE32[&algorithm=SHA1|SHA256|SHA512][&digits=6..8][&period=10..120][&other=...]
#pragma once

#include <cstdint>

#include "vault/base/clock.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::crypto {

inline constexpr std::size_t kMinSeedSize = 10;  // bytes; RFC 4226 wants 16, many platforms give 10
inline constexpr std::size_t kMaxSeedSize = 128;

enum class TotpHash : int { kSha1, kSha256, kSha512 };

struct Totp {
  Plaintext seed;
  TotpHash hash = TotpHash::kSha1;
  int digits = 6;
  int period = 30;  // seconds

  // The number of whole periods since 1970.
  std::int64_t CounterAt(Micros time) const { return time / kSecond / period; }
};

// INVALID_ARGUMENT, reason BAD_SEED, in words that show nothing of `text`.
absl::StatusOr<Totp> ParseTotp(const Plaintext& text);

// The code for a counter, in digits. RFC 4226, section 5.3.
absl::StatusOr<Plaintext> TotpCode(const Totp& totp, std::int64_t counter);

}  // namespace holdfast::crypto
