#include "vault/policy/attribute.h"

#include <algorithm>

namespace holdfast::policy {
namespace {

using enum Attribute;
using enum AttributeType;
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
    {kRole, "role", kFixedSet, kRoles},
    {kQualification, "qualification", kNamedSet, {}},
    {kHolder, "holder", kFixed, kHolders},
    {kStatus, "status", kFixed, kStatuses},
    {kKey, "key", kFixed, kKeys},
    {kAdditionalKey, "additional_key", kFlag, kFlags},
    {kKeyAge, "key_age", kAge, {}},
    {kRelation, "relation", kFixed, kRelations},
    {kTier, "tier", kFixed, kTiers},
    {kPlatform, "platform", kNamed, {}},
    {kUnit, "unit", kNamed, {}},
    {kSecretKind, "secret_kind", kFixed, kKinds},
    {kAccountState, "account", kFixed, kAccounts},
    {kVersion, "version", kFixed, kVersions},
    {kOwners, "owners", kFixed, kOwnerCounts},
    {kRotationAge, "rotation_age", kAge, {}},
    {kWeekday, "weekday", kFixed, kDays},
    {Attribute::kHours, "hours", AttributeType::kHours, {}},
    {kReason, "reason", kFlag, kFlags},
    {kTicket, "ticket", kFlag, kFlags},
    {kInHandover, "in_handover", kFlag, kFlags},
    {kAboutSelf, "about_self", kFlag, kFlags},
    {kAboutOfficer, "about_officer", kFlag, kFlags},
    {kRequestedBySelf, "requested_by_self", kFlag, kFlags},
    {kSoleOfficer, "sole_officer", kFlag, kFlags},
    {kSuccessorUnvetted, "successor_unvetted", kFlag, kFlags},
    {kSuccessorIsSelf, "successor_is_self", kFlag, kFlags},
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
