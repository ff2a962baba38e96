// What rules can look at. Each attribute has a finite domain: of fixed values, of the names and thresholds
// that a policy mentions, or yes and no. That is what makes the decision space one that can be enumerated.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace holdfast::policy {

enum class Attribute : int {
  kRole,
  kQualification,
  kHolder,
  kStatus,
  kKey,
  kAdditionalKey,
  kKeyAge,
  kRelation,
  kTier,
  kPlatform,
  kUnit,
  kSecretKind,
  kAccountState,
  kVersion,
  kOwners,
  kRotationAge,
  kWeekday,
  kHours,
  kReason,
  kTicket,
  kInHandover,
  kAboutSelf,
  kAboutOfficer,
  kRequestedBySelf,
  kSoleOfficer,
  kSuccessorUnvetted,
  kSuccessorIsSelf,
};
inline constexpr std::size_t kAttributeCount = static_cast<std::size_t>(Attribute::kSuccessorIsSelf) + 1;

enum class AttributeType : int {
  kFixed,     // one of fixed values:          status = ["active"]
  kFixedSet,  // any of a set of fixed values: role = ["security"]
  kNamed,     // a name the policy gives, or another one: platform = ["mastodon"]
  kNamedSet,  // any of a set of declared names: qualification = ["trained"]
  kAge,       // at least this old:            key_age = "7d"
  kHours,     // within hours of the day, UTC: hours = ["08:00-18:00"]
  kFlag,      // true, or false:               about_self = true
};

struct AttributeInfo {
  Attribute attribute;
  std::string_view key;  // in `when` and `unless`
  AttributeType type;
  std::span<const std::string_view> values;  // of a fixed attribute or a flag, in the order of their numbers
};

const AttributeInfo& InfoOf(Attribute attribute);
const AttributeInfo* AttributeByKey(std::string_view key);  // nullptr when there is none
std::span<const AttributeInfo> AllAttributes();

// The kinds of secret that the vault knows.
std::span<const std::string_view> SecretKinds();

}  // namespace holdfast::policy
