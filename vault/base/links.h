// How one account opens another. Numbers are stored and never reused.
#pragma once

#include <cstddef>

namespace holdfast {

enum class LinkKind : int {
  kRecoversThrough = 1,
  kSignsInWith = 2,
  kAdministeredBy = 3,
  kConnectedApp = 4,
  kRecoveryPhone = 5,
};

inline constexpr std::size_t kMaxLinks = 64;        // of one account
inline constexpr std::size_t kMaxOutside = 256;     // bytes of the name of an identity outside the vault
inline constexpr std::size_t kMaxLinkedFrom = 200;  // told of at once, where many accounts link to one

}  // namespace holdfast
