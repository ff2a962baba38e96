// Sealed values between messages and custody. Thread safe.
#pragma once

#include <string_view>

#include "holdfast/v1/sealed.pb.h"
#include "vault/custody/wire.h"

namespace holdfast::rpc {

// Errors name `field`.
absl::StatusOr<custody::Boxed> BoxedFrom(const v1::SealedValue& value, std::string_view field);
// With the server's key of this boot and the vault's signature on it.
void SetBoxed(const custody::Keys& keys, ByteView box, v1::SealedValue& out);

}  // namespace holdfast::rpc
