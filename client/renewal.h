// A device renews its certificate over the one that it has, in the last third of that one's life, for a new
// key made here.
//
// $HOLDFAST_HOME/renewal.json is the next key and the request for it. It is written before the vault is
// asked, and kept until identity.json holds the new certificate: an answer that was lost is asked for again
// with the same key, as another one would look like a thief's and stop the device.
// $HOLDFAST_HOME/renewal.lock is held meanwhile, so that two commands do not ask for two.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "client/identity.h"
#include "holdfast/v1/holder_service.pb.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"

namespace holdfast::client {

std::string RenewalPath(const std::string& home);

// When the vault begins to renew this certificate.
absl::StatusOr<Micros> RenewableFrom(const std::string& certificate_pem);

using AskForRenewal = std::function<absl::StatusOr<v1::RenewKeyResponse>(const v1::RenewKeyRequest&)>;

enum class Renewing { kByItself, kAsked };

// Replaces the identity in `home`, whole, by one with the answer of `ask`, and returns it. `current` is the
// one that `ask` calls with; when another process replaced it meanwhile, nothing is asked. By itself a device
// tries once a day: nullopt when it has today. Errors: those of `ask`; VERIFICATION_FAILED for an answer that
// is not what was asked for; of files. After any of them the old identity is in place.
absl::StatusOr<std::optional<Identity>> Renew(const std::string& home, const Identity& current, Micros now,
                                              Renewing renewing, const AskForRenewal& ask);

}  // namespace holdfast::client
