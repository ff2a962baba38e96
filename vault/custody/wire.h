// Secret values on their way in and out, in boxes between the calling device's enrolled key and the key of
// this boot. What a box is for is checked against the request it came in, so none can be replayed elsewhere.
#pragma once

#include <string_view>

#include "vault/crypto/box.h"
#include "vault/custody/authorize.h"

namespace holdfast::custody {

inline constexpr std::size_t kMaxBoxSize = 80 * 1024;

struct Boxed {
  Bytes box;
  Bytes server_key;
};

// Opens a value that the actor sealed for this request. FAILED_PRECONDITION, reason BOX_KEY_OLD, when it was
// sealed to another boot's key; INVALID_ARGUMENT naming `field` when it does not open as what the request
// says.
absl::StatusOr<Plaintext> OpenFromCaller(const Tx& tx, const Actor& actor, crypto::BoxHeader header,
                                         const Boxed& boxed, std::string_view field);

// What is needed to seal a value for a device after the transaction.
struct Release {
  Plaintext value;
  crypto::BoxHeader header;
  crypto::BoxPublicKey recipient{};
  Micros valid_for = kMinute;  // from when it is sealed
};
absl::StatusOr<Release> PrepareRelease(const Actor& actor, crypto::BoxHeader header, Plaintext value);
absl::StatusOr<Bytes> SealRelease(const Keys& keys, Micros now, const Release& release);

}  // namespace holdfast::custody
