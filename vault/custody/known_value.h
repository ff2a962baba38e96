// Checks a new value before it is stored: no flood of values, and, while somebody's task asks for a
// value that a certain person does not know, none that the person knows.
//
// Whoever is told of an equality has an oracle. So it is told for such a task alone, never where else the value
// is, on the record, and for five values a secret and hour; values beyond are not even compared.
#pragma once

#include <vector>

#include "vault/custody/authorize.h"

namespace holdfast::custody {

inline constexpr std::int64_t kMaxVersionsPerSecret = 10'000;
inline constexpr std::size_t kMaxPutsAMinute = 10;  // of one holder and secret
inline constexpr std::size_t kMaxPutsAnHour = 1000;  // of one holder: each value is compared in every departure of theirs
inline constexpr std::size_t kMaxToldAnHour = 5;  // values of one secret that somebody must not know

// RESOURCE_EXHAUSTED, reason TOO_MANY_PUTS or TOO_MANY_KNOWN_VALUES; FAILED_PRECONDITION, reason
// TOO_MANY_VERSIONS unless a rotation is due, or VALUE_KNOWN, recorded. `target`: what the put is about.
// `hashes` as HashesOf() gives them. A secret without an id is new: nothing is asked of it.
absl::Status CheckNewValue(WriteTx& tx, const Actor& actor, const Target& target,
                           const std::vector<Bytes>& hashes);

}  // namespace holdfast::custody
