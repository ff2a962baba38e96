// How long and how many, for what people and other programs hand in: checked by the server, and by the client
// before it sends. Sizes are in bytes.
#pragma once

#include <cstddef>

namespace holdfast {

inline constexpr std::size_t kMaxReason = 1000;
inline constexpr std::size_t kMaxTicket = 128;
inline constexpr std::size_t kMaxEvidence = 1000;
inline constexpr std::size_t kMaxEventType = 64;

inline constexpr std::size_t kMaxDisplayName = 200;
inline constexpr std::size_t kMaxPerson = 128;

inline constexpr std::size_t kMaxPlatform = 64;
inline constexpr std::size_t kMaxPlatformId = 256;
inline constexpr std::size_t kMaxHandle = 256;
inline constexpr std::size_t kMaxUrl = 2048;
inline constexpr std::size_t kMaxPurpose = 500;
inline constexpr std::size_t kMaxUnit = 256;
inline constexpr std::size_t kMaxBackups = 16;
inline constexpr std::size_t kMaxDetails = 64;  // of one account
inline constexpr std::size_t kMaxDetailName = 128;
inline constexpr std::size_t kMaxDetailValue = 2048;

// Of an imported item. Its username, url and group become an account's handle, url and unit.
inline constexpr std::size_t kMaxSourceSystem = 32;
inline constexpr std::size_t kMaxSourceId = 128;
inline constexpr std::size_t kMaxSourceTitle = 256;
inline constexpr std::size_t kMaxImportSecrets = 64;
inline constexpr std::size_t kMaxImportValues = 64;  // of one secret
inline constexpr std::size_t kMaxOtherAccounts = 1000;
inline constexpr std::size_t kMaxKnownBy = 64;

}  // namespace holdfast
