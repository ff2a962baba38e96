// One-time codes made by the vault from a seed that stays in it. Whoever receives a code learns nothing of
// the seed: a code is no exposure, and forces no rotation when they go.
#pragma once

#include <string>
#include <string_view>

#include "vault/custody/locate.h"
#include "vault/custody/request.h"
#include "vault/custody/wire.h"

namespace holdfast::custody {

struct Code {
  SecretRow row;
  std::string rule;
  Micros expires_at = 0;
  Release release;  // to be sealed and sent only once the transaction is durable
};

// The code of this moment, by the wall clock. FAILED_PRECONDITION, reason NOT_A_SEED, when the secret is
// none, or one that makes no codes.
absl::StatusOr<Code> GenerateCode(WriteTx& tx, const Actor& actor, const Request& request,
                                  std::string_view account, std::string_view secret);

}  // namespace holdfast::custody
