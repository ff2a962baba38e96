// Enrollment strings: made for one holder, once, shown once. The vault keeps the public half of a string's key.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vault/base/secret_bytes.h"
#include "vault/custody/tx.h"
#include "vault/storage/holder_store.h"

namespace holdfast::custody {

inline constexpr Micros kStringLifetime = kHour;  // unless whoever makes it says otherwise
inline constexpr Micros kMinStringLifetime = kMinute;
inline constexpr Micros kMaxStringLifetime = 7 * kDay;

// Errors name `field`.
absl::Status CheckStringLifetime(std::string_view field, Micros lifetime);

struct NewString {
  SecretBytes key;  // P-256, PKCS#8
  Micros expires_at = 0;
};

// A new string for a registered holder; earlier unused ones become void. `issuer`: none for the host.
absl::StatusOr<NewString> MakeString(WriteTx& tx, const storage::Holder& holder,
                                     std::optional<std::int64_t> issuer, Micros lifetime = kStringLifetime);

// As it is handed out. `address`: of the API, "host:port"; may be empty.
absl::StatusOr<Plaintext> FormatString(const Keys& keys, std::string_view holder, const std::string& address,
                                       SecretBytes key);

}  // namespace holdfast::custody
