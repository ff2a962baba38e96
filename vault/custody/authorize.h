// Who calls, what they ask, and whether they may: every operation goes through here, inside the transaction
// that carries its effect. A refusal leaves behind the event that records it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "vault/audit/event.h"
#include "vault/base/ids.h"
#include "vault/custody/tx.h"
#include "vault/policy/bundle.h"
#include "vault/storage/account_store.h"
#include "vault/storage/certificate_store.h"
#include "vault/storage/handover_store.h"
#include "vault/storage/holder_store.h"
#include "vault/storage/key_store.h"
#include "vault/storage/policy_store.h"
#include "vault/storage/secret_store.h"

namespace holdfast::custody {

// What a mutating call asks for.
struct Request {
  std::string method;  // "holdfast.v1.SecretService/RevealSecretVersion"
  std::string id;      // idempotency key
  Bytes body;          // canonical bytes of all that the call asks for, sealed values excepted
  std::string reason;
  std::string ticket;
  std::string about;  // the resources that the call names, for the record: "name: holders/mia"
};

// What the connection says of a caller, and what the call brings.
struct Caller {
  Bytes cert_sha256;     // of the client certificate that TLS verified
  std::string peer;      // network address, for the record
  std::string approval;  // the approval that the caller means to use, by its name; may be empty
  Request request;       // of a call that only reads: method and `about` alone
};

// A caller known to the vault, as of this transaction.
struct Actor {
  storage::Holder holder;
  storage::DeviceKey key;
  storage::DeviceCertificate certificate;  // of the device, that the call came with
  std::string peer;
  std::string approval;
  Request request;

  bool Is(Role role) const { return HasRole(holder.roles, role); }
};

// UNAUTHENTICATED (KEY_UNKNOWN, KEY_EXPIRED, KEY_REVOKED, KEY_REPLACED) or PERMISSION_DENIED
// (HOLDER_INACTIVE). The first call with a renewed certificate is begun again once that is on record (ABORTED,
// CERTIFICATE_FIRST_USED, is for the ledger alone): from then on the certificate before it is refused.
absl::StatusOr<Actor> Authenticate(Tx& tx, const Caller& caller);
// Its two steps, for renewals: whose certificate it is (KEY_UNKNOWN), and whether they may call now.
absl::StatusOr<Actor> Identify(Tx& tx, const Caller& caller);
absl::Status CheckStanding(Tx& tx, const Actor& actor, const Caller& caller);

// What an action is about; what is not set is not meant. The pointers are borrowed for the call. An account or
// secret without an id is one that the action would make: its facts count.
struct Target {
  const storage::Account* account = nullptr;
  const storage::Secret* secret = nullptr;
  const storage::Holder* subject = nullptr;
  const storage::Handover* handover = nullptr;
  const storage::PolicyRow* policy = nullptr;  // a staged one
  std::optional<std::int64_t> version;
  std::map<std::string, std::string> texts;  // for the record: reason, ticket, name ...
};

// A decision that stands, and the approval that it rests on.
struct Permit : policy::Decision {
  std::optional<std::int64_t> approval;  // index of the event of the last yes
};

// Decides. On a refusal arranges for its event and returns PERMISSION_DENIED, reason DENIED, with the rule.
// INVALID_ARGUMENT naming "reason" or "ticket" where the policy asks for one. Where it asks for approvals,
// uses those that this very operation has, or returns what AskForApproval does. The facts that follow from
// actor and target (relation, tier, about_self) are filled in; `context` brings the others.
absl::StatusOr<Permit> Authorize(Tx& tx, const Actor& actor, policy::Action action, const Target& target,
                                 policy::Context context = {});

// The same, but a decision that lacks approvals is returned as it is, PENDING: for what waits in its own way.
absl::StatusOr<Permit> AuthorizeToWait(Tx& tx, const Actor& actor, policy::Action action,
                                       const Target& target, policy::Context context = {});

// Whether the actor may; records nothing. For lists that leave out what is not allowed.
absl::StatusOr<policy::Decision> Consider(Tx& tx, const Actor& actor, policy::Action action,
                                          const Target& target, policy::Context context = {});

// The event that records an allowed action.
audit::Event EventFor(const Actor& actor, policy::Action action, const Target& target, const Permit& permit);

audit::Ref RefTo(const storage::Holder& holder);
audit::Ref RefTo(const storage::Account& account);
audit::Ref RefTo(const storage::Secret& secret);
audit::Ref RefTo(const storage::Handover& handover);

// True when the actor may see that there is this account. Records nothing.
absl::StatusOr<bool> Sees(Tx& tx, const Actor& actor, const storage::Account& account);
// The answer to somebody who may not see an account: in the same words whether it exists or not.
absl::Status NoSuchAccount(Tx& tx, const Actor& actor, std::string_view name);
// How a list ends of which nothing was shown: refused, recorded, where a rule forbids the actor to see any, such as
// at a device that nobody confirmed; else OK, as there may be nothing for them.
absl::Status NothingShown(Tx& tx, const Actor& actor, policy::Action read);
// Arranges for the event of a refusal to tell `actor` about `target`.
void RecordRefusal(Tx& tx, const Actor& actor, policy::Action action, const Target& target,
                   std::string_view rule);
// The answer to a repeated call shows a row: only to who may see that row now. `read` is the action that
// shows it. Errors as of Authorize.
absl::Status AuthorizeShownAgain(Tx& tx, const Actor& actor, policy::Action read, const Target& target,
                                 policy::Context context = {});
// A dry run answers what a call would have been answered: that somebody learned it is on record, unless
// something else of this call is.
void RecordRehearsal(WriteTx& tx, const Actor& actor, const absl::Status& answer);

// The row, or NOT_FOUND (reason NOT_FOUND). Callers who may not see all accounts get the same refusal,
// recorded, for an account that does not exist as for one that they have nothing to do with.
absl::StatusOr<storage::Account> FindAccount(Tx& tx, const Actor& actor, std::string_view name,
                                             policy::Action action);
absl::StatusOr<storage::Secret> FindSecret(Tx& tx, const storage::Account& account, std::string_view name);
absl::StatusOr<storage::Holder> FindHolder(Tx& tx, std::string_view name);
// For callers: whoever may not read holders is denied, recorded, where there is none.
absl::StatusOr<storage::Holder> FindHolder(Tx& tx, const Actor& actor, std::string_view name,
                                           policy::Action action);
// The same for a holder that a field of the request names: INVALID_ARGUMENT where there is none.
absl::StatusOr<storage::Holder> FindHolderIn(Tx& tx, const Actor& actor, std::string_view field,
                                             std::string_view name, policy::Action action);

// A row that another one refers to: DATA_LOSS, reason DATABASE_DAMAGED, when it is missing.
absl::StatusOr<storage::Holder> LoadHolder(Tx& tx, std::int64_t id);
absl::StatusOr<storage::Account> LoadAccount(Tx& tx, std::int64_t id);
absl::StatusOr<storage::Secret> LoadSecret(Tx& tx, std::int64_t id);
absl::StatusOr<storage::DeviceKey> LoadDevice(Tx& tx, std::int64_t id);

// The device as its holder reads it out (crypto/fingerprint.h).
std::string FingerprintOf(const storage::DeviceKey& device);

}  // namespace holdfast::custody
