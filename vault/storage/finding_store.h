// What is not as it should be, found by sets: each query is one pass over its tables, however many accounts
// there are. Archived accounts lack nothing. Not thread safe, as its connection.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/base/vocabulary.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

// What is meant follows from the query; what is not is 0, none or empty.
struct FindingRow {
  std::int64_t row = 0;  // of the table that the query is about
  std::optional<std::int64_t> account_id{};
  std::optional<std::int64_t> secret_id{};
  std::optional<std::int64_t> holder_id{};
  std::string holder{};                         // its id
  HolderStatus status = HolderStatus::kActive;  // the holder's
  int tier = 0;                                 // the account's
  std::int64_t number = 0;
  Micros since = 0;
};
using FindingRows = absl::StatusOr<std::vector<FindingRow>>;

// Of tier 1, 2, 3; a tier without one is left out.
using PerTier = std::array<std::optional<std::int64_t>, 3>;

class FindingStore {
 public:
  explicit FindingStore(Connection& connection) : connection_(connection) {}

  // Persons with an active holder who owns the account or backs it up.
  absl::StatusOr<std::int64_t> CountActiveOwners(std::int64_t account_id, Micros now) {
    return CountOwners(account_id, HolderStatus::kActive, now);
  }
  // The same of active and suspended holders: those who are owners again as soon as they are resumed.
  absl::StatusOr<std::int64_t> CountStandingOwners(std::int64_t account_id, Micros now) {
    return CountOwners(account_id, HolderStatus::kSuspended, now);
  }

  // Accounts with fewer active owners than their tier's number; `number` how many there are, holder one of
  // them, `since` when the last one was lost.
  FindingRows AccountsWithFewerOwners(const PerTier& than, Micros now);
  // Grants of owners who are not active; `since` their status.
  FindingRows InactiveOwners(Micros now);
  // Secrets whose newest value, unless it is attested dead, is older than the tier's age; `since` when it was
  // put in first: the same value put in again is no rotation.
  FindingRows SecretsOlderThan(const PerTier& age, Micros now);
  // Exposures of holders who are not active, one a holder and secret, ended or not; `since` the later
  // of the holder's last change and the last time they saw it.
  FindingRows ExposedInactive();
  // Secrets whose newest version is attested dead; `since` when that was.
  FindingRows SecretsDead();
  // The others of which, since the newest version came in, an earlier one with its value was attested dead; number
  // that one. This follows from equal values, and is for security alone.
  FindingRows ValuesDead();
  // Accounts last looked over longer ago than the tier's time; `since` when that was.
  FindingRows AccountsNotReviewed(const PerTier& within, Micros now);
  // Accounts whose platform is none of `platforms` (one a line, with a line break before each); `since` when they
  // came in.
  FindingRows AccountsElsewhere(std::string_view platforms);
  // Live grants (of grantees) without an end, number 0, or for longer than the tier's time, number their
  // length; `since` when they were given.
  FindingRows GrantsLongerThan(const PerTier& length, Micros now);
  // Live grants that nobody revealed, put in or made a code with for so long; `since` the last time.
  FindingRows GrantsUnused(Micros within, Micros now);
  // Active holders who did nothing that is on record for so long; `since` the last time.
  FindingRows HoldersIdle(Micros within, Micros now);
  // Keys of active holders that nobody confirmed for so long; `since` their enrollment.
  FindingRows KeysUnconfirmed(Micros within, Micros now);
  // Devices that the vault stopped and nobody looked into; `since` when.
  FindingRows KeysStopped();
  // Active holders with any role of the mask who have no confirmed device, since one that they had was ended; `since`
  // when.
  FindingRows WithoutDevice(std::int64_t role_mask, Micros now);
  // Confirmed keys of active holders that end within that time, unless the holder has one that lasts longer;
  // `since` their end.
  FindingRows KeysEnding(Micros within, Micros now);
  // Enrollment strings that somebody presented within that time though they were used or had ended, number the
  // device enrolled with it, unless that was revoked, or confirmed since; holder whom it was for, `since` the last
  // time.
  FindingRows StringsMisused(Micros within, Micros now);
  // Handovers that have been open for so long; holder the leaver, `since` their start.
  FindingRows HandoversOpen(Micros within, Micros now);

 private:
  // Active holders, and those of status `or_of`.
  absl::StatusOr<std::int64_t> CountOwners(std::int64_t account_id, HolderStatus or_of, Micros now);

  Connection& connection_;
};

}  // namespace holdfast::storage
