// When a refused call can go well. Only what is known is said: nobody is sent into a loop. Thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vault/base/ascii.h"
#include "vault/base/status.h"

namespace holdfast {

inline constexpr std::string_view kRetryAfterMillis = "retry_after_millis";

// Waiting so long lets the same call go well; less does not, but where a call of the caller's own may end sooner.
inline void SetRetryAfter(absl::Status& status, std::int64_t millis) {
  AddDetail(status, kRetryAfterMillis, std::to_string(millis));
}

inline std::optional<std::int64_t> RetryAfterMillis(const absl::Status& status) {
  const auto details = DetailsOf(status);
  const auto found = details.find(std::string(kRetryAfterMillis));
  if (found == details.end()) return std::nullopt;
  return ParseNumber(found->second);
}

}  // namespace holdfast
