// Holders and their devices: registration, change, enrollment, confirmation, revocation, suspension.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/custody/request.h"
#include "vault/custody/strings.h"

namespace holdfast::custody {

inline constexpr Micros kKeyLifetime = 365 * kDay;
// No policy makes it longer: one officer alone must not keep another away.
inline constexpr Micros kLoneSuspension = kDay;

struct NewHolder {
  std::string name;  // id
  std::string display_name;
  std::string person;  // the holder's own id when empty
  HolderKind kind = HolderKind::kPerson;
  std::int64_t roles = 0;
  std::vector<std::string> qualifications;
  Micros string_lifetime = kStringLifetime;  // of the string for the first device
};
// Errors name the fields "holder_id", "holder.display_name", "holder.person", "holder.roles",
// "holder.qualifications", "enrollment_ttl".
absl::Status CheckNewHolder(const NewHolder& holder);

inline constexpr std::size_t kMaxQualifications = 16;

// What is set is changed.
struct HolderChange {
  std::optional<std::string> display_name;
  std::optional<std::vector<std::string>> qualifications;
  std::optional<std::int64_t> roles;  // bits of Role
  std::optional<std::string> person;  // of a workflow: who answers for it from now on
};
absl::Status CheckHolderChange(const HolderChange& change);

struct Enrolling {
  storage::Holder holder;
  NewString string;  // its key is empty on a repeat: strings are shown once
};

absl::StatusOr<Enrolling> CreateHolder(WriteTx& tx, const Actor& actor, const Request& request,
                                       NewHolder holder);
absl::StatusOr<Enrolling> IssueEnrollment(WriteTx& tx, const Actor& actor, const Request& request,
                                          std::string_view holder, Micros lifetime = kStringLifetime);
// Qualifications and roles count from the next call on. To and from the role
// security takes two. FAILED_PRECONDITION, reason HAS_ACCESS, for who would become an auditor or an offboarding
// identity with access to accounts.
absl::StatusOr<storage::Holder> UpdateHolder(WriteTx& tx, const Actor& actor, const Request& request,
                                             std::string_view holder, const HolderChange& change,
                                             std::string_view etag);
// `fingerprint` as people type it.
absl::StatusOr<storage::Holder> ConfirmKey(WriteTx& tx, const Actor& actor, const Request& request,
                                           std::string_view holder, std::string_view fingerprint);
// The device, with all its certificates, for good, from its next call on. Of one that the vault stopped: that
// somebody else than its holder looked into it. FAILED_PRECONDITION, reason LAST_SECURITY_HOLDER, for the last
// key by which anybody could let somebody in again. Unused enrollment strings stay as they are.
absl::StatusOr<storage::Holder> RevokeKey(WriteTx& tx, const Actor& actor, const Request& request,
                                          std::string_view holder, std::string_view fingerprint);
// An officer whom another person suspends is active again after kLoneSuspension, unless a third person confirms
// it. FAILED_PRECONDITION, reason SUSPENDED_ALONE, for who suspended them alone lately.
absl::StatusOr<storage::Holder> SuspendHolder(WriteTx& tx, const Actor& actor, const Request& request,
                                              std::string_view holder, std::string_view etag);
absl::StatusOr<storage::Holder> ResumeHolder(WriteTx& tx, const Actor& actor, const Request& request,
                                             std::string_view holder, std::string_view etag);

// By somebody other than who suspended them: the suspension lasts until somebody ends it.
absl::StatusOr<storage::Holder> ConfirmSuspension(WriteTx& tx, const Actor& actor, const Request& request,
                                                  std::string_view holder, std::string_view etag);
// Officers whose suspension the actor could confirm.
absl::StatusOr<std::vector<storage::Holder>> SuspensionsToConfirm(Tx& tx, const Actor& actor);
// Ends the suspensions that nobody confirmed in time, with an event each. For the ledger.
absl::Status LapseSuspensions(WriteTx& tx);

// "is suspended", for messages.
std::string_view StatusWords(HolderStatus status);
// FAILED_PRECONDITION, reason HOLDER_STATUS.
absl::Status CheckActive(const storage::Holder& holder);

// Stores the status, with the time and a new revision, and nothing else: what hangs on it is refused by it.
absl::Status WriteStatus(WriteTx& tx, storage::Holder& holder, HolderStatus status);
// The same, for good: a suspension that would lapse does not, and whoever is not active has no broken glass open.
absl::Status SetStatus(WriteTx& tx, storage::Holder& holder, HolderStatus status);

// FAILED_PRECONDITION, reason PERSON_LEAVING, while a handover of the person is open, under whichever name. Every
// change that gives somebody anything asks this of them: access, office, role, string, confirmation, identity,
// workflow, and their status back.
absl::Status CheckNotLeaving(Tx& tx, std::string_view person);
// The same for one identity: also once it has left, or, of a workflow, whoever answers for it has.
absl::Status CheckNotLeaving(Tx& tx, const storage::Holder& holder);

// What somebody handed out who is suspended or leaves counts for nothing until others vouched for it. OK for an
// active issuer and for the host (none); else PERMISSION_DENIED, reason ISSUER_INACTIVE.
absl::Status CheckIssuerStands(Tx& tx, std::optional<std::int64_t> issuer_id);

// Voids the unused enrollment strings for the holder and those that the holder handed out.
absl::Status VoidStrings(WriteTx& tx, const storage::Holder& holder);

// FAILED_PRECONDITION, reason LAST_SECURITY_HOLDER, when `leaving` is the last active holder with the role
// security and a confirmed key: nobody could let anybody in again.
absl::Status CheckSecurityRemains(Tx& tx, const storage::Holder& leaving);

// Registers `holder` and makes a string for its first device; shared with init. `issuer`: none for the host.
absl::StatusOr<NewString> InsertHolder(WriteTx& tx, storage::Holder& holder, std::optional<std::int64_t> issuer,
                                       Micros lifetime = kStringLifetime);

std::string EtagOf(std::int64_t revision);
// A field's new value, for the record and for whoever approves it; an empty one can be seen too.
std::string ChangedTo(std::string value);
// OK when `etag` is empty or the present one; else ABORTED, reason ETAG_MISMATCH.
absl::Status CheckEtag(std::string_view etag, std::int64_t revision, std::string_view what);

}  // namespace holdfast::custody
