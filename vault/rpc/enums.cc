#include "vault/rpc/enums.h"

#include <utility>

namespace holdfast::rpc {
namespace {

constexpr std::pair<v1::Role, Role> kRoles[] = {
    {v1::ROLE_MEMBER, Role::kMember},
    {v1::ROLE_SECURITY, Role::kSecurity},
    {v1::ROLE_AUDITOR, Role::kAuditor},
    {v1::ROLE_OFFBOARDING, Role::kOffboarding},
};

}  // namespace

v1::Relation ToProto(Relation relation) {
  switch (relation) {
    case Relation::kOwner:
      return v1::RELATION_OWNER;
    case Relation::kBackup:
      return v1::RELATION_BACKUP;
    case Relation::kGrantee:
      return v1::RELATION_GRANTEE;
  }
  return v1::RELATION_UNSPECIFIED;
}

v1::AccountState ToProto(AccountState state) {
  switch (state) {
    case AccountState::kActive:
      return v1::ACCOUNT_STATE_ACTIVE;
    case AccountState::kArchived:
      return v1::ACCOUNT_STATE_ARCHIVED;
  }
  return v1::ACCOUNT_STATE_UNSPECIFIED;
}

v1::LinkKind ToProto(LinkKind kind) {
  switch (kind) {
    case LinkKind::kRecoversThrough:
      return v1::LINK_KIND_RECOVERS_THROUGH;
    case LinkKind::kSignsInWith:
      return v1::LINK_KIND_SIGNS_IN_WITH;
    case LinkKind::kAdministeredBy:
      return v1::LINK_KIND_ADMINISTERED_BY;
    case LinkKind::kConnectedApp:
      return v1::LINK_KIND_CONNECTED_APP;
    case LinkKind::kRecoveryPhone:
      return v1::LINK_KIND_RECOVERY_PHONE;
  }
  return v1::LINK_KIND_UNSPECIFIED;
}

absl::StatusOr<LinkKind> FromProto(v1::LinkKind kind, std::string_view field) {
  for (const LinkKind known : {LinkKind::kRecoversThrough, LinkKind::kSignsInWith, LinkKind::kAdministeredBy,
                               LinkKind::kConnectedApp, LinkKind::kRecoveryPhone}) {
    if (ToProto(known) == kind) return known;
  }
  return InvalidField(field, "is not set, or none of the kinds that there are");
}

v1::HolderKind ToProto(HolderKind kind) {
  switch (kind) {
    case HolderKind::kPerson:
      return v1::HOLDER_KIND_PERSON;
    case HolderKind::kWorkflow:
      return v1::HOLDER_KIND_WORKFLOW;
  }
  return v1::HOLDER_KIND_UNSPECIFIED;
}

v1::HolderStatus ToProto(HolderStatus status) {
  switch (status) {
    case HolderStatus::kActive:
      return v1::HOLDER_STATUS_ACTIVE;
    case HolderStatus::kSuspended:
      return v1::HOLDER_STATUS_SUSPENDED;
    case HolderStatus::kLeaving:
      return v1::HOLDER_STATUS_LEAVING;
    case HolderStatus::kLeft:
      return v1::HOLDER_STATUS_LEFT;
  }
  return v1::HOLDER_STATUS_UNSPECIFIED;
}

v1::KeyState ToProto(KeyState state) {
  switch (state) {
    case KeyState::kUnconfirmed:
      return v1::KEY_STATE_UNCONFIRMED;
    case KeyState::kConfirmed:
      return v1::KEY_STATE_CONFIRMED;
    case KeyState::kRevoked:
      return v1::KEY_STATE_REVOKED;
  }
  return v1::KEY_STATE_UNSPECIFIED;
}

v1::ExposureKind ToProto(ExposureHow how) {
  switch (how) {
    case ExposureHow::kShown:
      return v1::EXPOSURE_KIND_SHOWN;
    case ExposureHow::kMade:
      return v1::EXPOSURE_KIND_MADE;
    case ExposureHow::kImported:
      return v1::EXPOSURE_KIND_IMPORTED;
    case ExposureHow::kExported:
      return v1::EXPOSURE_KIND_EXPORTED;
    case ExposureHow::kKnown:
      return v1::EXPOSURE_KIND_KNOWN;
  }
  return v1::EXPOSURE_KIND_UNSPECIFIED;
}

v1::Outcome ToProto(storage::EventOutcome outcome) {
  switch (outcome) {
    case storage::EventOutcome::kAllowed:
      return v1::OUTCOME_ALLOWED;
    case storage::EventOutcome::kDenied:
      return v1::OUTCOME_DENIED;
  }
  return v1::OUTCOME_UNSPECIFIED;
}

v1::HandoverState ToProto(storage::HandoverState state) {
  switch (state) {
    case storage::HandoverState::kFrozen:
      return v1::HANDOVER_STATE_FROZEN;
    case storage::HandoverState::kCut:
      return v1::HANDOVER_STATE_CUT;
    case storage::HandoverState::kClosed:
      return v1::HANDOVER_STATE_CLOSED;
    case storage::HandoverState::kCancelled:
      return v1::HANDOVER_STATE_CANCELLED;
  }
  return v1::HANDOVER_STATE_UNSPECIFIED;
}

absl::StatusOr<std::optional<storage::HandoverState>> FromProto(v1::HandoverState state, std::string_view field) {
  if (state == v1::HANDOVER_STATE_UNSPECIFIED) return std::optional<storage::HandoverState>();
  for (const storage::HandoverState known : {storage::HandoverState::kFrozen, storage::HandoverState::kCut,
                                             storage::HandoverState::kClosed, storage::HandoverState::kCancelled})
    if (ToProto(known) == state) return std::optional(known);
  return InvalidField(field, "must be a state of the API's list");
}

v1::SuccessorChoice ToProto(storage::ChosenBy chosen_by) {
  switch (chosen_by) {
    case storage::ChosenBy::kNotAnOwner:
      return v1::SUCCESSOR_CHOICE_UNSPECIFIED;
    case storage::ChosenBy::kNamed:
      return v1::SUCCESSOR_CHOICE_NAMED;
    case storage::ChosenBy::kBackup:
      return v1::SUCCESSOR_CHOICE_BACKUP;
    case storage::ChosenBy::kCustodian:
      return v1::SUCCESSOR_CHOICE_CUSTODIAN;
    case storage::ChosenBy::kMap:
      return v1::SUCCESSOR_CHOICE_MAP;
  }
  return v1::SUCCESSOR_CHOICE_UNSPECIFIED;
}

v1::ImportOutcome ToProto(custody::ImportOutcome outcome) {
  switch (outcome) {
    case custody::ImportOutcome::kCreated:
      return v1::IMPORT_OUTCOME_CREATED;
    case custody::ImportOutcome::kUnchanged:
      return v1::IMPORT_OUTCOME_UNCHANGED;
    case custody::ImportOutcome::kDiffers:
      return v1::IMPORT_OUTCOME_DIFFERS;
    case custody::ImportOutcome::kNotCompared:
      return v1::IMPORT_OUTCOME_NOT_COMPARED;
  }
  return v1::IMPORT_OUTCOME_UNSPECIFIED;
}

v1::TaskOutcome ToProto(storage::SettledAs settled) {
  switch (settled) {
    case storage::SettledAs::kNot:
      return v1::TASK_OUTCOME_UNSPECIFIED;
    case storage::SettledAs::kClosed:
      return v1::TASK_OUTCOME_CLOSED;
    case storage::SettledAs::kNoSecret:
      return v1::TASK_OUTCOME_NO_SECRET;
  }
  return v1::TASK_OUTCOME_UNSPECIFIED;
}

absl::StatusOr<storage::SettledAs> FromProto(v1::TaskOutcome outcome, std::string_view field) {
  if (outcome == v1::TASK_OUTCOME_CLOSED) return storage::SettledAs::kClosed;
  if (outcome == v1::TASK_OUTCOME_NO_SECRET) return storage::SettledAs::kNoSecret;
  return InvalidField(field, "must be TASK_OUTCOME_CLOSED or TASK_OUTCOME_NO_SECRET");
}

v1::SecretVersionState StateOf(const storage::SecretVersion& version, const storage::Secret& secret,
                               bool attested) {
  if (version.destroyed_at.has_value()) return v1::SECRET_VERSION_STATE_DESTROYED;
  if (attested) return v1::SECRET_VERSION_STATE_RETIRED;
  if (version.version == secret.current_version) return v1::SECRET_VERSION_STATE_CURRENT;
  return v1::SECRET_VERSION_STATE_SUPERSEDED;
}

absl::StatusOr<std::int64_t> RolesFromProto(const google::protobuf::RepeatedField<int>& roles,
                                            std::string_view field) {
  std::int64_t bits = 0;
  for (const int number : roles) {
    std::int64_t bit = 0;
    for (const auto& [proto, role] : kRoles)
      if (number == proto) bit = static_cast<std::int64_t>(role);
    if (bit == 0) return InvalidField(field, "must be roles of the API's list");
    bits |= bit;
  }
  return bits;
}

void RolesToProto(std::int64_t roles, v1::Holder& out) {
  for (const auto& [proto, role] : kRoles)
    if (HasRole(roles, role)) out.add_roles(proto);
}

absl::StatusOr<HolderKind> FromProto(v1::HolderKind kind, std::string_view field) {
  if (kind == v1::HOLDER_KIND_UNSPECIFIED || kind == v1::HOLDER_KIND_PERSON) return HolderKind::kPerson;
  if (kind == v1::HOLDER_KIND_WORKFLOW) return HolderKind::kWorkflow;
  return InvalidField(field, "must be a kind of the API's list");
}

absl::StatusOr<storage::EventOutcome> FromProto(v1::Outcome outcome, std::string_view field) {
  if (outcome == v1::OUTCOME_ALLOWED) return storage::EventOutcome::kAllowed;
  if (outcome == v1::OUTCOME_DENIED) return storage::EventOutcome::kDenied;
  return InvalidField(field, "must be an outcome of the API's list");
}

}  // namespace holdfast::rpc
