// Access to accounts: owners, backup owners and grantees are rows of one kind. No change here leaves an
// account with fewer owners than its tier needs (limits.h).
#pragma once

#include <optional>
#include <string>

#include "vault/custody/authorize.h"
#include "vault/custody/request.h"
#include "vault/storage/grant_store.h"

namespace holdfast::custody {

struct NewGrant {
  std::string account;
  std::string holder;
  std::optional<Micros> expires_at;
  std::optional<Micros> ttl;  // in place of expires_at: from now
};

absl::StatusOr<storage::Grant> CreateGrant(WriteTx& tx, const Actor& actor, const Request& request,
                                           const NewGrant& grant);
absl::StatusOr<storage::Grant> RevokeGrant(WriteTx& tx, const Actor& actor, const Request& request,
                                           std::string_view account, std::string_view holder);

// The event that somebody's access ended, whatever ended it. `by`: none for the host. `handover`: of whose cut it is.
absl::Status RecordAccessEnd(WriteTx& tx, const storage::Grant& grant, std::string_view why,
                             std::optional<std::int64_t> by, const storage::Handover* handover = nullptr);

// "backup owner", for messages and the record.
std::string_view RelationName(Relation relation);

// Active, and neither auditor nor offboarding, who reveal nothing.
bool MayHaveAccess(const storage::Holder& holder);
// The holder by id, if they may have access to accounts. Errors name `field`.
absl::StatusOr<storage::Holder> FindAccessHolder(Tx& tx, std::string_view holder, std::string_view field);

// The organisational custodian.
absl::StatusOr<storage::Holder> Custodian(Tx& tx);
// Names another one: a person who may have access. Errors name "holder".
absl::StatusOr<storage::Holder> SetCustodian(WriteTx& tx, const Actor& actor, const Request& request,
                                             std::string_view holder);

// Gives `holder` this relation to the account, ending whatever relation they had. A former owner is ended too
// when the relation is owner. Whoever loses access by that has an event. `by`, `handover`: as above.
absl::Status SetRelation(WriteTx& tx, std::int64_t account_id, std::int64_t holder_id, Relation relation,
                         std::string_view reason, std::optional<std::int64_t> by,
                         const storage::Handover* handover = nullptr);

}  // namespace holdfast::custody
