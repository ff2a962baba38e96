// Secrets: new versions, reveals, destruction, removal. What is shown or put in is exposure, recorded with
// it.
#pragma once

#include <optional>
#include <string>

#include "vault/custody/locate.h"
#include "vault/custody/request.h"
#include "vault/custody/wire.h"

namespace holdfast::custody {

inline constexpr std::size_t kMaxSecretsPerAccount = 256;
inline constexpr Micros kRepeatedWithin = 10 * kMinute;  // a reveal's answer is given again for so long

struct NewValue {
  std::string account;
  std::string secret;
  std::string kind;  // "password", "note", "totp"; empty: the secret's own, or "password"
  Boxed value;
  std::string etag;
};
absl::StatusOr<SecretRow> AddVersion(WriteTx& tx, const Actor& actor, const Request& request,
                                     const NewValue& value);

struct RevealRequest {
  std::string account;
  std::string secret;
  std::int64_t version = 0;  // 0: the newest
};
struct Revealed {
  SecretRow row;
  std::string rule;
  std::optional<Micros> show_for;  // how long it may stay on a screen
  Release release;                 // to be sealed and sent only once the transaction is durable
};
absl::StatusOr<Revealed> Reveal(WriteTx& tx, const Actor& actor, const Request& request,
                                const RevealRequest& reveal);

// Destroys the stored value. FAILED_PRECONDITION, reason IS_CURRENT, for the newest version.
absl::StatusOr<SecretRow> Destroy(WriteTx& tx, const Actor& actor, const Request& request,
                                  std::string_view account, std::string_view secret, std::int64_t version);

// Takes a secret that is none, mistyped say, off the lists. Versions, exposures and tasks stay: whoever knows
// a value still does. FAILED_PRECONDITION, reason ALREADY_REMOVED.
absl::StatusOr<storage::Secret> Remove(WriteTx& tx, const Actor& actor, const Request& request,
                                       std::string_view account, std::string_view secret,
                                       std::string_view etag);

// Encrypts `value` as the next version and records the exposure; shared with the import. In use from now on,
// or since before that: a later time counts as now.
absl::StatusOr<storage::SecretVersion> StoreVersion(WriteTx& tx, const Actor& actor,
                                                    const storage::Account& account, storage::Secret& secret,
                                                    const Plaintext& value, ExposureHow how,
                                                    std::optional<Micros> in_use_since = std::nullopt);
absl::StatusOr<storage::Secret> InsertSecret(WriteTx& tx, const storage::Account& account,
                                             std::string_view name, std::string_view kind);
absl::StatusOr<Plaintext> DecryptVersion(const Tx& tx, const storage::Account& account,
                                         const storage::Secret& secret,
                                         const storage::SecretVersion& version);
// Opens the value for the actor's device, for as long as it may be shown and a minute at most.
absl::StatusOr<Release> ReleaseVersion(const Tx& tx, const Actor& actor, const Request& request,
                                       const SecretRow& row, std::optional<Micros> show_for);
// That the actor knows it from now on.
absl::Status RecordShown(WriteTx& tx, const Actor& actor, const SecretRow& row);
absl::Status CheckValueSize(std::size_t size, std::string_view field);

}  // namespace holdfast::custody
