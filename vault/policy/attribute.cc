#include "vault/policy/attribute.h"

#include <algorithm>

namespace holdfast::policy {
namespace {

using enum Attribute;
using Type = AttributeType;
using Names = std::span<const std::string_view>;

// In the order of the numbers of the vocabulary, less one; those with "none" begin with it.
constexpr std::string_view kRoles[] = {"security", "auditor", "offboarding", "member"};
constexpr std::string_view kHolders[] = {"person", "workflow"};
constexpr std::string_view kStatuses[] = {"active", "suspended", "leaving", "left"};
constexpr std::string_view kKeys[] = {"unconfirmed", "confirmed", "revoked"};
constexpr std::string_view kRelations[] = {"none", "owner", "backup", "grantee"};
constexpr std::string_view kTiers[] = {"none", "1", "2", "3"};
constexpr std::string_view kKinds[] = {"none", "password", "note", "totp"};
constexpr std::string_view kAccounts[] = {"none", "active", "archived"};
constexpr std::string_view kVersions[] = {"none", "current", "superseded", "retired"};
constexpr std::string_view kOwnerCounts[] = {"0", "1", "2", "3"};  // 3: three or more
constexpr std::string_view kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::string_view kFlags[] = {"false", "true"};

constexpr AttributeInfo kTable[] = {
    {kRole, "role", Type::kFixedSet, kRoles},
    {kQualification, "qualification", Type::kNamedSet, {}},
    {kHolder, "holder", Type::kFixed, kHolders},
    {kStatus, "status", Type::kFixed, kStatuses},
    {kKey, "key", Type::kFixed, kKeys},
    {kAdditionalKey, "additional_key", Type::kFlag, kFlags},
    {kKeyAge, "key_age", Type::kAge, {}},
    {kRelation, "relation", Type::kFixed, kRelations},
    {kTier, "tier", Type::kFixed, kTiers},
    {kPlatform, "platform", Type::kNamed, {}},
    {kUnit, "unit", Type::kNamed, {}},
    {kSecretKind, "secret_kind", Type::kFixed, kKinds},
    {kAccountState, "account", Type::kFixed, kAccounts},
    {kVersion, "version", Type::kFixed, kVersions},
    {kOwners, "owners", Type::kFixed, kOwnerCounts},
    {kRotationAge, "rotation_age", Type::kAge, {}},
    {kWeekday, "weekday", Type::kFixed, kDays},
    {kHours, "hours", Type::kHours, {}},
    {kReason, "reason", Type::kFlag, kFlags},
    {kTicket, "ticket", Type::kFlag, kFlags},
    {kInHandover, "in_handover", Type::kFlag, kFlags},
    {kAboutSelf, "about_self", Type::kFlag, kFlags},
    {kAboutOfficer, "about_officer", Type::kFlag, kFlags},
    {kRequestedBySelf, "requested_by_self", Type::kFlag, kFlags},
    {kSoleOfficer, "sole_officer", Type::kFlag, kFlags},
    {kSuccessorUnvetted, "successor_unvetted", Type::kFlag, kFlags},
    {kSuccessorIsSelf, "successor_is_self", Type::kFlag, kFlags},
};
static_assert(std::size(kTable) == kAttributeCount);
static_assert([] {
  for (std::size_t i = 0; i < kAttributeCount; ++i) {
    if (kTable[i].attribute != static_cast<Attribute>(i)) return false;
  }
  return true;
}());

}  // namespace

const AttributeInfo& InfoOf(Attribute attribute) { return kTable[static_cast<std::size_t>(attribute)]; }

const AttributeInfo* AttributeByKey(std::string_view key) {
  const auto* const found = std::ranges::find(kTable, key, &AttributeInfo::key);
  return found == std::end(kTable) ? nullptr : found;
}

std::span<const AttributeInfo> AllAttributes() { return kTable; }

std::span<const std::string_view> SecretKinds() { return Names(kKinds).subspan(1); }

}  // namespace holdfast::policy
