// The API's numbers and ours, which are not always the same. A number that is not in the API's list is an
// error that names the field. Thread safe.
#pragma once

#include <string_view>

#include "holdfast/v1/access_service.pb.h"
#include "holdfast/v1/account_service.pb.h"
#include "holdfast/v1/audit_service.pb.h"
#include "holdfast/v1/exposure_service.pb.h"
#include "holdfast/v1/handover_service.pb.h"
#include "holdfast/v1/holder_service.pb.h"
#include "holdfast/v1/import_service.pb.h"
#include "holdfast/v1/secret_service.pb.h"
#include "vault/base/links.h"
#include "vault/base/status.h"
#include "vault/base/vocabulary.h"
#include "vault/custody/importing.h"
#include "vault/storage/event_store.h"
#include "vault/storage/handover_store.h"
#include "vault/storage/secret_store.h"

namespace holdfast::rpc {

v1::Relation ToProto(Relation relation);
v1::AccountState ToProto(AccountState state);
v1::LinkKind ToProto(LinkKind kind);
absl::StatusOr<LinkKind> FromProto(v1::LinkKind kind, std::string_view field);
v1::HolderKind ToProto(HolderKind kind);
v1::HolderStatus ToProto(HolderStatus status);
v1::KeyState ToProto(KeyState state);
v1::ExposureKind ToProto(ExposureHow how);
v1::Outcome ToProto(storage::EventOutcome outcome);
v1::HandoverState ToProto(storage::HandoverState state);
// None when it is not set.
absl::StatusOr<std::optional<storage::HandoverState>> FromProto(v1::HandoverState state, std::string_view field);
v1::SuccessorChoice ToProto(storage::ChosenBy chosen_by);
v1::ImportOutcome ToProto(custody::ImportOutcome outcome);
v1::TaskOutcome ToProto(storage::SettledAs settled);
absl::StatusOr<storage::SettledAs> FromProto(v1::TaskOutcome outcome, std::string_view field);
// From what happened to the version, whether it was attested dead, and whether it is the newest of its secret.
v1::SecretVersionState StateOf(const storage::SecretVersion& version, const storage::Secret& secret,
                               bool attested);

// Bits of Role; not set and unknown roles are errors.
absl::StatusOr<std::int64_t> RolesFromProto(const google::protobuf::RepeatedField<int>& roles,
                                            std::string_view field);
void RolesToProto(std::int64_t roles, v1::Holder& out);
// Not set is a person.
absl::StatusOr<HolderKind> FromProto(v1::HolderKind kind, std::string_view field);
// REQUIRES: it is set.
absl::StatusOr<storage::EventOutcome> FromProto(v1::Outcome outcome, std::string_view field);

}  // namespace holdfast::rpc
