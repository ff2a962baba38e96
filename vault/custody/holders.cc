#include "vault/custody/holders.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "vault/base/ids.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"
#include "vault/crypto/fingerprint.h"
#include "vault/storage/break_glass_store.h"

namespace holdfast::custody {
namespace {

using policy::Action;

constexpr std::int64_t kAllRoles = 15;

// One person has one spelling: rules about two persons must not be met by one in two cases of letters.
std::string Folded(std::string person) {
  for (char& c : person) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return person;
}

absl::Status CheckDisplayName(std::string_view name) {
  return CheckLine("holder.display_name", name, kMaxDisplayName, /*required=*/false);
}

absl::Status CheckQualifications(const std::vector<std::string>& names) {
  constexpr std::string_view kField = "holder.qualifications";
  if (names.size() > kMaxQualifications)
    return InvalidField(kField, fmt::format("must be at most {}", kMaxQualifications));
  for (std::size_t i = 0; i < names.size(); ++i) {
    HF_RETURN_IF_ERROR(CheckId(kField, names[i]));
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i))
      return InvalidField(kField, fmt::format("names {} twice", names[i]));
  }
  return absl::OkStatus();
}

// As they are stored; ids have no blanks.
std::string Stored(std::vector<std::string> qualifications) {
  std::ranges::sort(qualifications);
  return fmt::format("{}", fmt::join(qualifications, " "));
}

// The holder after a repeat of the same call.
absl::StatusOr<Enrolling> AgainWithoutString(WriteTx& tx, std::string_view name) {
  HF_ASSIGN_OR_RETURN(storage::Holder holder, FindHolder(tx, name));
  return Enrolling{.holder = std::move(holder), .string = {}};
}

// One of the two switches of a holder's status; `from` is what it must be now.
absl::StatusOr<storage::Holder> Switch(WriteTx& tx, const Actor& actor, const Request& request, Action action,
                                       std::string_view name, std::string_view etag, HolderStatus from,
                                       HolderStatus to) {
  HF_ASSIGN_OR_RETURN(storage::Holder holder, FindHolder(tx, name));
  const Target target{.subject = &holder, .texts = {{"reason", request.reason}}};
  HF_ASSIGN_OR_RETURN(const auto decision, Authorize(tx, actor, action, target));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return holder;
  HF_RETURN_IF_ERROR(CheckEtag(etag, holder.revision, HolderName(holder.name)));
  if (holder.status != from) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "HOLDER_STATUS",
                     fmt::format("holder {} {}{}", holder.name, StatusWords(holder.status),
                                 holder.status == to ? " already" : ""));
  }
  if (to == HolderStatus::kSuspended) HF_RETURN_IF_ERROR(CheckSecurityRemains(tx, holder));
  if (to == HolderStatus::kActive) HF_RETURN_IF_ERROR(CheckNotLeaving(tx, holder.person));
  HF_RETURN_IF_ERROR(SetStatus(tx, holder, to));
  if (to == HolderStatus::kSuspended) HF_RETURN_IF_ERROR(VoidStrings(tx, holder));
  tx.Record(EventFor(actor, action, target, decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, holder.name));
  return holder;
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

absl::Status CheckNotLeaving(Tx& tx, std::string_view person) {
  HF_ASSIGN_OR_RETURN(const auto cases, storage::HandoverStore(tx.db()).Open());
  for (const storage::Handover& open : cases) {
    HF_ASSIGN_OR_RETURN(const storage::Holder leaver, LoadHolder(tx, open.leaver_id));
    if (leaver.person != person) continue;
    return MakeError(absl::StatusCode::kFailedPrecondition, "PERSON_LEAVING",
                     fmt::format("handover {} of {} is open: no identity of the same person is made, resumed or "
                                 "handed over beside it",
                                 open.name, leaver.name));
  }
  return absl::OkStatus();
}

absl::Status VoidStrings(WriteTx& tx, const storage::Holder& holder) {
  storage::KeyStore keys(tx.db());
  HF_RETURN_IF_ERROR(keys.VoidOpenEnrollments(holder.id, tx.now()));
  return keys.VoidEnrollmentsIssuedBy(holder.id, tx.now());
}

absl::Status SetStatus(WriteTx& tx, storage::Holder& holder, HolderStatus status) {
  holder.status = status;
  holder.updated_at = tx.now();
  ++holder.revision;
  if (status != HolderStatus::kActive) {
    HF_RETURN_IF_ERROR(storage::BreakGlassStore(tx.db()).EndOpenOf(holder.id, tx.now(),
                                                                   "the requester was suspended, or leaves"));
  }
  return storage::HolderStore(tx.db()).Update(holder);
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
  HF_RETURN_IF_ERROR(CheckLine("holder.person", holder.person, kMaxPerson, /*required=*/false));
  if (!std::ranges::all_of(holder.person, [](char c) { return c > ' ' && c <= '~'; }))
    return InvalidField("holder.person", "must be ASCII letters, digits and signs without blanks");
  if (holder.roles == 0 || (holder.roles & ~kAllRoles) != 0)
    return InvalidField("holder.roles", "must name at least one of member, security, auditor, offboarding");
  if (HasRole(holder.roles, Role::kAuditor) && holder.roles != static_cast<std::int64_t>(Role::kAuditor))
    return InvalidField("holder.roles", "an auditor has no other role");
  if (holder.kind == HolderKind::kWorkflow && holder.person.empty())
    return InvalidField("holder.person", "a workflow needs the person who answers for it");
  return CheckStringLifetime("enrollment_ttl", holder.string_lifetime);
}

absl::Status CheckHolderChange(const HolderChange& change) {
  if (change.display_name) HF_RETURN_IF_ERROR(CheckDisplayName(*change.display_name));
  return change.qualifications ? CheckQualifications(*change.qualifications) : absl::OkStatus();
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
  wanted.person = Folded(wanted.person);
  storage::Holder holder{.name = wanted.name,
                         .kind = wanted.kind,
                         .person = wanted.person.empty() ? wanted.name : wanted.person,
                         .display_name = wanted.display_name,
                         .roles = wanted.roles,
                         .qualifications = Stored(std::move(wanted.qualifications))};
  HF_ASSIGN_OR_RETURN(const auto decision,
                      Authorize(tx, actor, Action::kHolderCreate,
                                {.subject = &holder, .texts = {{"name", HolderName(wanted.name)}}}));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return AgainWithoutString(tx, *repeat);
  HF_ASSIGN_OR_RETURN(const auto existing, storage::HolderStore(tx.db()).ByName(wanted.name));
  if (existing.has_value()) {
    return MakeError(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                     fmt::format("holder {} exists already; ids are never used again", wanted.name));
  }
  HF_RETURN_IF_ERROR(CheckNotLeaving(tx, holder.person));
  HF_ASSIGN_OR_RETURN(NewString string, InsertHolder(tx, holder, actor.holder.id, wanted.string_lifetime));
  // Binds the pseudonym to names, once.
  const Target target{.subject = &holder,
                      .texts = {{"reason", request.reason},
                                {"name", HolderName(holder.name)},
                                {"person", holder.person},
                                {"display-name", holder.display_name},
                                {"qualifications", holder.qualifications}}};
  tx.Record(EventFor(actor, Action::kHolderCreate, target, decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, holder.name));
  return Enrolling{.holder = std::move(holder), .string = std::move(string)};
}

absl::StatusOr<storage::Holder> UpdateHolder(WriteTx& tx, const Actor& actor, const Request& request,
                                             std::string_view name, const HolderChange& change,
                                             std::string_view etag) {
  HF_ASSIGN_OR_RETURN(storage::Holder holder, FindHolder(tx, name));
  Target target{.subject = &holder, .texts = {{"reason", request.reason}}};
  if (change.display_name) target.texts["display-name"] = ChangedTo(*change.display_name);
  if (change.qualifications) target.texts["qualifications"] = ChangedTo(Stored(*change.qualifications));
  HF_ASSIGN_OR_RETURN(const auto decision, Authorize(tx, actor, Action::kHolderUpdate, target));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return holder;
  HF_RETURN_IF_ERROR(CheckEtag(etag, holder.revision, HolderName(holder.name)));
  if (holder.status == HolderStatus::kLeft) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "HOLDER_STATUS",
                     fmt::format("holder {} {}", holder.name, StatusWords(holder.status)));
  }
  holder.display_name = change.display_name.value_or(holder.display_name);
  if (change.qualifications) holder.qualifications = Stored(*change.qualifications);
  holder.updated_at = tx.now();
  ++holder.revision;
  HF_RETURN_IF_ERROR(storage::HolderStore(tx.db()).Update(holder));
  tx.Record(EventFor(actor, Action::kHolderUpdate, target, decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, holder.name));
  return holder;
}

absl::StatusOr<Enrolling> IssueEnrollment(WriteTx& tx, const Actor& actor, const Request& request,
                                          std::string_view name, Micros lifetime) {
  HF_ASSIGN_OR_RETURN(storage::Holder holder, FindHolder(tx, name));
  const Target target{.subject = &holder, .texts = {{"reason", request.reason}}};
  HF_ASSIGN_OR_RETURN(const auto decision, Authorize(tx, actor, Action::kHolderEnroll, target));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return AgainWithoutString(tx, *repeat);
  if (holder.status != HolderStatus::kActive) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "HOLDER_STATUS",
                     fmt::format("holder {} {}", holder.name, StatusWords(holder.status)));
  }
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

absl::StatusOr<storage::Holder> SuspendHolder(WriteTx& tx, const Actor& actor, const Request& request,
                                              std::string_view holder, std::string_view etag) {
  return Switch(tx, actor, request, Action::kHolderSuspend, holder, etag, HolderStatus::kActive,
                HolderStatus::kSuspended);
}

absl::StatusOr<storage::Holder> ResumeHolder(WriteTx& tx, const Actor& actor, const Request& request,
                                             std::string_view holder, std::string_view etag) {
  return Switch(tx, actor, request, Action::kHolderResume, holder, etag, HolderStatus::kSuspended,
                HolderStatus::kActive);
}

}  // namespace holdfast::custody
