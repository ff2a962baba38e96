// Ids that callers choose: of a request, of a run of an import.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "vault/base/status.h"

namespace holdfast::custody {

inline constexpr std::size_t kMaxRequestId = 64;

// 1 to 64 of letters, digits and hyphens. Errors name `field`.
inline absl::Status CheckRequestId(std::string_view field, std::string_view id) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (!id.empty() && id.size() <= kMaxRequestId && std::ranges::all_of(id, fits)) return absl::OkStatus();
  return InvalidField(field, "must be 1 to 64 of letters, digits and hyphens");
}

}  // namespace holdfast::custody
