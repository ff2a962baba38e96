#include "vault/custody/holders.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vault/base/ids.h"
#include "vault/custody/answering.h"
#include "vault/custody/holder_fields.h"
#include "vault/storage/break_glass_store.h"

namespace holdfast::custody {
namespace {

using policy::Action;

// The holder after a repeat of the same call.
absl::StatusOr<Enrolling> AgainWithoutString(WriteTx& tx, const Actor& actor, std::string_view name) {
  HF_ASSIGN_OR_RETURN(storage::Holder holder, FindHolder(tx, name));
  HF_RETURN_IF_ERROR(AuthorizeShownAgain(tx, actor, Action::kHolderRead, {.subject = &holder}));
  return Enrolling{.holder = std::move(holder), .string = {}};
}

// Whoever may not act any more sees nothing through a broken glass; the log tells why it ended.
absl::Status EndBreakGlassOf(WriteTx& tx, const storage::Holder& holder) {
  const std::string why = fmt::format("{} {}", holder.name, StatusWords(holder.status));
  storage::BreakGlassStore store(tx.db());
  HF_ASSIGN_OR_RETURN(const auto open, store.Open(tx.elapsed(), tx.policy().id));
  for (const storage::BreakGlass& row : open) {
    if (row.requester_id != holder.id) continue;
    HF_ASSIGN_OR_RETURN(const storage::Account account, LoadAccount(tx, row.account_id));
    audit::Event event;
    event.type = "break-glass.end";
    event.account = RefTo(account);
    event.subject = RefTo(holder);
    event.rule = "floor.inactive";
    event.texts = {{"break-glass", fmt::format("break-glass/{}", row.id)}, {"reason", why}};
    tx.Record(std::move(event));
  }
  return store.EndOpenOf(holder.id, tx.now(), "the requester was suspended, or leaves");
}

bool Stays(const storage::Holder& holder) {
  return holder.status == HolderStatus::kActive || holder.status == HolderStatus::kSuspended;
}

absl::Status PersonLeaving(std::string_view holder, HolderStatus status, std::string_view which) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "PERSON_LEAVING",
                   fmt::format("holder {} {}{}: nothing more is given to them, under any name", holder,
                               StatusWords(status), which));
}

}  // namespace

std::string_view StatusWords(HolderStatus status) {
  switch (status) {
    case HolderStatus::kActive:
      return "is active";
    case HolderStatus::kSuspended:
      return "is suspended";
    case HolderStatus::kLeaving:
      return "is leaving";
    case HolderStatus::kLeft:
      return "has left";
  }
  return "";
}

absl::Status CheckActive(const storage::Holder& holder) {
  if (holder.status == HolderStatus::kActive) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "HOLDER_STATUS",
                   fmt::format("holder {} {}", holder.name, StatusWords(holder.status)));
}

absl::Status CheckNotLeaving(Tx& tx, std::string_view person) {
  HF_ASSIGN_OR_RETURN(const auto cases, storage::HandoverStore(tx.db()).Open());
  for (const storage::Handover& open : cases) {
    HF_ASSIGN_OR_RETURN(const storage::Holder leaver, LoadHolder(tx, open.leaver_id));
    if (leaver.person != person) continue;
    return PersonLeaving(leaver.name, leaver.status, fmt::format(" (handover {})", open.name));
  }
  return absl::OkStatus();
}

absl::Status CheckNotLeaving(Tx& tx, const storage::Holder& holder) {
  HF_RETURN_IF_ERROR(CheckNotLeaving(tx, holder.person));
  if (!Stays(holder)) return PersonLeaving(holder.name, holder.status, "");
  if (holder.kind != HolderKind::kWorkflow) return absl::OkStatus();
  // Nobody answers for it any more, unless they came back under another name.
  HF_ASSIGN_OR_RETURN(auto persons, storage::HolderStore(tx.db()).ByPerson(holder.person));
  std::erase_if(persons, [](const storage::Holder& one) { return one.kind != HolderKind::kPerson; });
  if (persons.empty() || std::ranges::any_of(persons, &Stays)) return absl::OkStatus();
  const absl::Status left =
      PersonLeaving(persons.front().name, persons.front().status, fmt::format(", who answers for {}", holder.name));
  return MakeError(left.code(), ReasonOf(left),
                   fmt::format("{}; somebody else must answer for it: holdfast holder update {} --person ID",
                               MessageOf(left), holder.name));
}

absl::Status VoidStrings(WriteTx& tx, const storage::Holder& holder) {
  storage::KeyStore keys(tx.db());
  HF_RETURN_IF_ERROR(keys.VoidOpenEnrollments(holder.id, tx.now()));
  return keys.VoidEnrollmentsIssuedBy(holder.id, tx.now());
}

absl::Status WriteStatus(WriteTx& tx, storage::Holder& holder, HolderStatus status) {
  holder.status = status;
  holder.updated_at = tx.now();
  ++holder.revision;
  return storage::HolderStore(tx.db()).Update(holder);
}

absl::Status SetStatus(WriteTx& tx, storage::Holder& holder, HolderStatus status) {
  holder.suspension_ends = std::nullopt;
  HF_RETURN_IF_ERROR(WriteStatus(tx, holder, status));
  return status == HolderStatus::kActive ? absl::OkStatus() : EndBreakGlassOf(tx, holder);
}

absl::Status CheckIssuerStands(Tx& tx, std::optional<std::int64_t> issuer_id) {
  if (!issuer_id.has_value()) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const storage::Holder issuer, LoadHolder(tx, *issuer_id));
  if (issuer.status == HolderStatus::kActive) return absl::OkStatus();
  return MakeError(absl::StatusCode::kPermissionDenied, "ISSUER_INACTIVE",
                   fmt::format("{}, who handed out the enrollment string of this device, {}: ask another officer "
                               "for a new string",
                               issuer.name, StatusWords(issuer.status)));
}

std::string EtagOf(std::int64_t revision) { return fmt::format("\"{}\"", revision); }

std::string ChangedTo(std::string value) { return value.empty() ? "(none)" : std::move(value); }

absl::Status CheckEtag(std::string_view etag, std::int64_t revision, std::string_view what) {
  if (etag.empty() || etag == EtagOf(revision) || etag == std::to_string(revision)) return absl::OkStatus();
  return MakeError(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                   fmt::format("etag: {} has changed since; read it again", what));
}

absl::Status CheckNewHolder(const NewHolder& holder) {
  HF_RETURN_IF_ERROR(CheckId("holder_id", holder.name));
  HF_RETURN_IF_ERROR(CheckDisplayName(holder.display_name));
  HF_RETURN_IF_ERROR(CheckQualifications(holder.qualifications));
  HF_RETURN_IF_ERROR(CheckPerson(holder.person));
  HF_RETURN_IF_ERROR(CheckRoles(holder.roles));
  if (holder.kind == HolderKind::kWorkflow && holder.person.empty())
    return InvalidField("holder.person", "a workflow needs the person who answers for it");
  return CheckStringLifetime("enrollment_ttl", holder.string_lifetime);
}

absl::StatusOr<NewString> InsertHolder(WriteTx& tx, storage::Holder& holder, std::optional<std::int64_t> issuer,
                                       Micros lifetime) {
  holder.pseudonym = audit::NewPseudonym();
  if (holder.person.empty()) holder.person = holder.name;
  holder.created_at = holder.updated_at = tx.now();
  HF_RETURN_IF_ERROR(storage::HolderStore(tx.db()).Insert(holder));
  return MakeString(tx, holder, issuer, lifetime);
}

absl::StatusOr<Enrolling> CreateHolder(WriteTx& tx, const Actor& actor, const Request& request,
                                       NewHolder wanted) {
  wanted.person = OneSpelling(wanted.person);
  storage::Holder holder{.name = wanted.name,
                         .kind = wanted.kind,
                         .person = wanted.person.empty() ? wanted.name : wanted.person,
                         .display_name = wanted.display_name,
                         .roles = wanted.roles,
                         .qualifications = StoredQualifications(std::move(wanted.qualifications))};
  HF_ASSIGN_OR_RETURN(const auto decision,
                      Authorize(tx, actor, Action::kHolderCreate,
                                {.subject = &holder,
                                 .texts = {{"name", HolderName(wanted.name)},
                                           {"roles", RoleNames(holder.roles)}}}));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return AgainWithoutString(tx, actor, *repeat);
  HF_ASSIGN_OR_RETURN(const auto existing, storage::HolderStore(tx.db()).ByName(wanted.name));
  if (existing.has_value()) {
    return MakeError(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                     fmt::format("holder {} exists already; ids are never used again", wanted.name));
  }
  HF_RETURN_IF_ERROR(CheckNotLeaving(tx, holder.person));
  HF_RETURN_IF_ERROR(CheckAnswered(tx, holder));
  HF_ASSIGN_OR_RETURN(NewString string, InsertHolder(tx, holder, actor.holder.id, wanted.string_lifetime));
  // Binds the pseudonym to names, once.
  const Target target{.subject = &holder,
                      .texts = {{"reason", request.reason},
                                {"name", HolderName(holder.name)},
                                {"person", holder.person},
                                {"kind", holder.kind == HolderKind::kPerson ? "person" : "workflow"},
                                {"roles", RoleNames(holder.roles)},
                                {"display-name", holder.display_name},
                                {"qualifications", holder.qualifications}}};
  tx.Record(EventFor(actor, Action::kHolderCreate, target, decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, holder.name));
  return Enrolling{.holder = std::move(holder), .string = std::move(string)};
}

absl::StatusOr<Enrolling> IssueEnrollment(WriteTx& tx, const Actor& actor, const Request& request,
                                          std::string_view name, Micros lifetime) {
  HF_ASSIGN_OR_RETURN(storage::Holder holder, FindHolder(tx, actor, name, Action::kHolderEnroll));
  const Target target{.subject = &holder, .texts = {{"reason", request.reason}}};
  HF_ASSIGN_OR_RETURN(const auto decision, Authorize(tx, actor, Action::kHolderEnroll, target));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return AgainWithoutString(tx, actor, *repeat);
  HF_RETURN_IF_ERROR(CheckNotLeaving(tx, holder));
  HF_RETURN_IF_ERROR(CheckActive(holder));
  HF_ASSIGN_OR_RETURN(NewString string, MakeString(tx, holder, actor.holder.id, lifetime));
  tx.Record(EventFor(actor, Action::kHolderEnroll, target, decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, holder.name));
  return Enrolling{.holder = std::move(holder), .string = std::move(string)};
}

absl::Status CheckSecurityRemains(Tx& tx, const storage::Holder& leaving) {
  if (!HasRole(leaving.roles, Role::kSecurity) || leaving.status != HolderStatus::kActive)
    return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const std::int64_t others,
                      storage::KeyStore(tx.db()).CountConfirmedOthers(
                          static_cast<std::int64_t>(Role::kSecurity), leaving.person, tx.now()));
  if (others > 0) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "LAST_SECURITY_HOLDER",
      fmt::format("{} is the last active security holder with a confirmed key; register and confirm "
                  "another one first",
                  leaving.name));
}

}  // namespace holdfast::custody
