#include "vault/custody/seeds.h"

#include "vault/base/bytes.h"
#include "vault/crypto/seed_search.h"
#include "vault/crypto/totp.h"

namespace holdfast::custody {

absl::Status CheckFitsKind(std::string_view secret, std::string_view kind, const Plaintext& value,
                           std::string_view kind_field, std::string_view value_field) {
  if (kind == "totp") {
    const auto seed = crypto::ParseTotp(value);
    return seed.ok() ? absl::OkStatus() : InvalidField(value_field, MessageOf(seed.status()));
  }
  if (crypto::IsSeed(secret, value))
    return InvalidField(kind_field, "must be totp: the value is a seed; put it in as a secret of its own");
  if (crypto::FindSeedUri(AsChars(value.ExposeSecret())).has_value())
    return InvalidField(value_field,
                        "holds the URI of a seed: put that in as a secret of its own, of kind totp, and the "
                        "rest without it");
  return absl::OkStatus();
}

}  // namespace holdfast::custody
