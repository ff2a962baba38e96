#include "vault/playbook/kinds.h"

#include <iterator>

namespace holdfast::playbook {
namespace {

constexpr std::string_view kHolds[] = {
    "session",         "device-trust",    "oauth-app",      "api-token",      "service-key",
    "app-password",    "ssh-key",         "webhook",        "signing-key",    "trusted-publisher",
    "passkey",         "totp-seed",       "recovery-codes", "recovery-email", "recovery-phone",
    "recovery-proof",  "linked-login",    "owner-role",     "admin-role",     "delegate-role",
    "forwarding-rule", "ownership-proof", "billing",        "contact",        "local-copy"};
static_assert(std::size(kHolds) == static_cast<std::size_t>(HoldKind::kLocalCopy) + 1);
constexpr std::string_view kSteps[] = {"rotate", "revoke", "re-enrol", "move", "confirm", "check"};
constexpr std::string_view kDoers[] = {"owner", "backup", "security"};
constexpr std::string_view kEvidence[] = {"none", "text", "url", "file"};
constexpr std::string_view kWaivers[] = {"nobody", "security", "security-by-two"};
constexpr std::string_view kModels[] = {"shared", "personal", "both"};
constexpr std::string_view kSurvives[] = {"no", "yes", "unknown"};
constexpr std::string_view kStandings[] = {"vendor", "vendor-copy", "code", "data", "third-party"};
constexpr std::string_view kClasses[] = {"lower", "upper", "digit", "symbol"};

}  // namespace

template <>
std::span<const std::string_view> Names<HoldKind>() {
  return kHolds;
}
template <>
std::span<const std::string_view> Names<StepKind>() {
  return kSteps;
}
template <>
std::span<const std::string_view> Names<Doer>() {
  return kDoers;
}
template <>
std::span<const std::string_view> Names<Evidence>() {
  return kEvidence;
}
template <>
std::span<const std::string_view> Names<Waiver>() {
  return kWaivers;
}
template <>
std::span<const std::string_view> Names<AccountModel>() {
  return kModels;
}
template <>
std::span<const std::string_view> Names<Survives>() {
  return kSurvives;
}
template <>
std::span<const std::string_view> Names<Standing>() {
  return kStandings;
}
template <>
std::span<const std::string_view> Names<CharacterClass>() {
  return kClasses;
}

}  // namespace holdfast::playbook
