// Changes of a holder: names and qualifications by one, the role security by two.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vault/base/ids.h"
#include "vault/custody/access.h"
#include "vault/custody/answering.h"
#include "vault/custody/holder_fields.h"
#include "vault/custody/holders.h"
#include "vault/storage/grant_store.h"

namespace holdfast::custody {
namespace {

using policy::Action;

absl::Status CheckNotLeft(const storage::Holder& holder) {
  if (holder.status != HolderStatus::kLeft) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "HOLDER_STATUS",
                   fmt::format("holder {} {}", holder.name, StatusWords(holder.status)));
}

// Auditors and offboarding identities reveal nothing, so they must have access to nothing.
absl::Status CheckHasNoAccess(Tx& tx, const storage::Holder& holder) {
  HF_ASSIGN_OR_RETURN(const auto grants, storage::GrantStore(tx.db()).LiveByHolder(holder.id, tx.now()));
  HF_ASSIGN_OR_RETURN(const storage::Holder custodian, Custodian(tx));
  if (grants.empty() && custodian.id != holder.id) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "HAS_ACCESS",
      fmt::format("{} {}, which an auditor or offboarding identity never has: give it to somebody else first",
                  holder.name,
                  grants.empty() ? "is the organisational custodian"
                                 : fmt::format("has access to {} account{}", grants.size(),
                                               grants.size() == 1 ? "" : "s")));
}

absl::Status CheckNewRoles(Tx& tx, const storage::Holder& holder, std::int64_t roles) {
  if (HasRole(holder.roles, Role::kSecurity) && !HasRole(roles, Role::kSecurity))
    HF_RETURN_IF_ERROR(CheckSecurityRemains(tx, holder));
  if (HasRole(roles, Role::kAuditor) || HasRole(roles, Role::kOffboarding))
    HF_RETURN_IF_ERROR(CheckHasNoAccess(tx, holder));
  return absl::OkStatus();
}

// The person who answers for a workflow must have an active identity, and no open handover.
absl::Status CheckNewPerson(Tx& tx, const storage::Holder& holder, const std::string& person) {
  if (holder.kind != HolderKind::kWorkflow)
    return InvalidField("holder.person", "is changed of workflows alone: of a person it never changes");
  return CheckMayAnswer(tx, person);
}

// The holder as they would be has what they had not.
bool Gives(const storage::Holder& holder, const HolderChange& change) {
  if (change.roles && (*change.roles & ~holder.roles) != 0) return true;
  const std::string had = fmt::format(" {} ", holder.qualifications);
  return change.qualifications && std::ranges::any_of(*change.qualifications, [&](const std::string& one) {
           return had.find(fmt::format(" {} ", one)) == had.npos;
         });
}

absl::Status CheckPossible(Tx& tx, const storage::Holder& holder, const HolderChange& change,
                           std::string_view etag) {
  HF_RETURN_IF_ERROR(CheckEtag(etag, holder.revision, HolderName(holder.name)));
  HF_RETURN_IF_ERROR(CheckNotLeft(holder));
  if (Gives(holder, change)) HF_RETURN_IF_ERROR(CheckNotLeaving(tx, holder));
  if (change.roles) HF_RETURN_IF_ERROR(CheckNewRoles(tx, holder, *change.roles));
  return change.person ? CheckNewPerson(tx, holder, *change.person) : absl::OkStatus();
}

// `decide`: Authorize, or AuthorizeToWait.
absl::Status AuthorizeChange(WriteTx& tx, const Actor& actor, const storage::Holder& holder,
                             const HolderChange& change, const Target& target, decltype(&Authorize) decide,
                             std::vector<audit::Event>& events) {
  if (change.display_name || change.qualifications || change.person) {
    HF_ASSIGN_OR_RETURN(const auto decision, decide(tx, actor, Action::kHolderUpdate, target, {}));
    events.push_back(EventFor(actor, Action::kHolderUpdate, target, decision));
  }
  if (!change.roles) return absl::OkStatus();
  // Whoever is an officer before or after it: "about_officer" must hold for both.
  storage::Holder both = holder;
  both.roles |= *change.roles;
  Target about = target;
  about.subject = &both;
  HF_ASSIGN_OR_RETURN(const auto decision, decide(tx, actor, Action::kHolderSetRoles, about, {}));
  events.push_back(EventFor(actor, Action::kHolderSetRoles, about, decision));
  return absl::OkStatus();
}

std::map<std::string, std::string> TextsOf(const storage::Holder& holder, const HolderChange& change,
                                           const Request& request) {
  std::map<std::string, std::string> texts{{"reason", request.reason}};
  if (change.display_name) texts["display-name"] = ChangedTo(*change.display_name);
  if (change.qualifications) texts["qualifications"] = ChangedTo(StoredQualifications(*change.qualifications));
  if (change.person) texts["person"] = fmt::format("{} (was {})", *change.person, holder.person);
  if (change.roles)
    texts["roles"] = fmt::format("{} (was {})", RoleNames(*change.roles), RoleNames(holder.roles));
  return texts;
}

absl::Status Apply(WriteTx& tx, const Actor& actor, storage::Holder& holder, const HolderChange& change) {
  const bool was_officer = HasRole(holder.roles, Role::kSecurity);
  if (change.person && *change.person != holder.person) HF_RETURN_IF_ERROR(PassOn(tx, actor, holder));
  holder.display_name = change.display_name.value_or(holder.display_name);
  if (change.qualifications) holder.qualifications = StoredQualifications(*change.qualifications);
  holder.person = change.person.value_or(holder.person);
  holder.roles = change.roles.value_or(holder.roles);
  holder.updated_at = tx.now();
  ++holder.revision;
  // A former officer lets nobody in any more: unused strings of theirs are void.
  if (was_officer && !HasRole(holder.roles, Role::kSecurity))
    HF_RETURN_IF_ERROR(storage::KeyStore(tx.db()).VoidEnrollmentsIssuedBy(holder.id, tx.now()));
  return storage::HolderStore(tx.db()).Update(holder);
}

}  // namespace

absl::Status CheckHolderChange(const HolderChange& change) {
  if (change.display_name) HF_RETURN_IF_ERROR(CheckDisplayName(*change.display_name));
  if (change.roles) HF_RETURN_IF_ERROR(CheckRoles(*change.roles));
  if (change.person) {
    HF_RETURN_IF_ERROR(CheckPerson(*change.person));
    if (change.person->empty()) return InvalidField("holder.person", "is required");
  }
  return change.qualifications ? CheckQualifications(*change.qualifications) : absl::OkStatus();
}

absl::StatusOr<storage::Holder> UpdateHolder(WriteTx& tx, const Actor& actor, const Request& request,
                                             std::string_view name, const HolderChange& wanted,
                                             std::string_view etag) {
  HolderChange change = wanted;
  if (change.person) change.person = OneSpelling(*change.person);
  HF_ASSIGN_OR_RETURN(storage::Holder holder, FindHolder(tx, actor, name, Action::kHolderUpdate));
  const Target target{.subject = &holder, .texts = TextsOf(holder, change, request)};
  std::vector<audit::Event> events;
  HF_RETURN_IF_ERROR(AuthorizeChange(tx, actor, holder, change, target, &AuthorizeToWait, events));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return holder;
  // Nobody is asked to approve what cannot be done.
  HF_RETURN_IF_ERROR(CheckPossible(tx, holder, change, etag));
  events.clear();
  HF_RETURN_IF_ERROR(AuthorizeChange(tx, actor, holder, change, target, &Authorize, events));
  HF_RETURN_IF_ERROR(Apply(tx, actor, holder, change));
  for (audit::Event& event : events) tx.Record(std::move(event));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, holder.name));
  return holder;
}

}  // namespace holdfast::custody
