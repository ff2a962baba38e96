// The closed lists of the playbook language. Each word is explained in docs/playbooks.md.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace holdfast::playbook {

// A residual hold: something that lets a person back into an account although the password was changed.
enum class HoldKind : int {
  kSession,
  kDeviceTrust,
  kOauthApp,
  kApiToken,
  kServiceKey,
  kAppPassword,
  kSshKey,
  kWebhook,
  kSigningKey,
  kTrustedPublisher,
  kPasskey,
  kTotpSeed,
  kRecoveryCodes,
  kRecoveryEmail,
  kRecoveryPhone,
  kRecoveryProof,
  kLinkedLogin,
  kOwnerRole,
  kAdminRole,
  kDelegateRole,
  kForwardingRule,
  kOwnershipProof,
  kBilling,
  kContact,
  kLocalCopy,
};

enum class StepKind : int { kRotate, kRevoke, kReEnrol, kMove, kConfirm, kCheck };
// Who does a step: the account's owner once the cut is done, a backup owner, the security team.
enum class Doer : int { kOwner, kBackup, kSecurity };
enum class Evidence : int { kNone, kText, kUrl, kFile };
enum class Waiver : int { kNobody, kSecurity, kSecurityByTwo };
// How people sign in: all with one login, each with a login of their own, or either.
enum class AccountModel : int { kShared, kPersonal, kBoth };
// Whether a hold outlives a change of the password. What is unknown is treated as if it did.
enum class Survives : int { kNo, kYes, kUnknown };
// Who says so: the vendor, a copy of the vendor's page, the vendor's program, a data set, somebody else.
enum class Standing : int { kVendor, kVendorCopy, kCode, kData, kThirdParty };
enum class CharacterClass : int { kLower, kUpper, kDigit, kSymbol };

// The words of each list, in the order of its numbers.
template <typename Enum>
std::span<const std::string_view> Names();
template <>
std::span<const std::string_view> Names<HoldKind>();
template <>
std::span<const std::string_view> Names<StepKind>();
template <>
std::span<const std::string_view> Names<Doer>();
template <>
std::span<const std::string_view> Names<Evidence>();
template <>
std::span<const std::string_view> Names<Waiver>();
template <>
std::span<const std::string_view> Names<AccountModel>();
template <>
std::span<const std::string_view> Names<Survives>();
template <>
std::span<const std::string_view> Names<Standing>();
template <>
std::span<const std::string_view> Names<CharacterClass>();

template <typename Enum>
std::string_view NameOf(Enum value) {
  return Names<Enum>()[static_cast<std::size_t>(value)];
}

template <typename Enum>
std::optional<Enum> ValueOf(std::string_view name) {
  const auto names = Names<Enum>();
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace holdfast::playbook
