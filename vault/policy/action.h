// What can be asked for. Every call of the API is one of these, or several of them, each decided by itself.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace holdfast::policy {

enum class Action : int {
  kVaultRead,
  kVaultSetCustodian,
  kVaultConfirmRestore,
  kHolderRead,
  kHolderCreate,
  kHolderEnroll,
  kHolderUpdate,
  kHolderSetRoles,
  kHolderSuspend,
  kHolderResume,
  kHolderConfirmSuspension,
  kKeyConfirm,
  kKeyRevoke,
  kKeyRenew,
  kAccountRead,
  kAccountCreate,
  kAccountUpdate,
  kAccountSetTier,
  kAccountSetOwners,
  kAccountArchive,
  kAccountUnarchive,
  kAccountReview,
  kAccountLink,
  kAccountUnlink,
  kGrantRead,
  kGrantCreate,
  kGrantRevoke,
  kSecretRead,
  kSecretPut,
  kSecretReveal,
  kSecretCode,
  kSecretAttest,
  kSecretDestroy,
  kSecretRemove,
  kExposureRead,
  kExposureAdd,
  kImport,
  kHandoverRead,
  kHandoverStart,
  kHandoverStartMany,
  kHandoverCut,
  kHandoverCancel,
  kHandoverDone,
  kHandoverClose,
  kApprovalRead,
  kApprovalApprove,
  kApprovalWithdraw,
  kBreakGlassRead,
  kBreakGlassRequest,
  kBreakGlassVeto,
  kBreakGlassReveal,
  kBreakGlassReview,
  kFindingRead,
  kPolicyRead,
  kPolicyExplain,
  kPolicyStage,
  kPolicyActivate,
  kAuditRead,
};
inline constexpr std::size_t kActionCount = static_cast<std::size_t>(Action::kAuditRead) + 1;

// "secret.reveal": its name in rules, and the type of the event that records it.
std::string_view ActionName(Action action);
std::optional<Action> ActionOf(std::string_view name);
// All of them, in the order of the enum.
std::span<const Action> AllActions();
// Whether it only reads. What only reads cannot wait for an approval.
bool OnlyReads(Action action);

}  // namespace holdfast::policy
