#include "vault/policy/action.h"

#include <algorithm>
#include <array>

namespace holdfast::policy {
namespace {

struct Row {
  Action action;
  std::string_view name;
  bool only_reads;
};

// In the order of the enum.
constexpr Row kRows[] = {
    {Action::kVaultRead, "vault.read", true},
    {Action::kVaultSetCustodian, "vault.set-custodian", false},
    {Action::kVaultConfirmRestore, "vault.confirm-restore", false},
    {Action::kHolderRead, "holder.read", true},
    {Action::kHolderCreate, "holder.create", false},
    {Action::kHolderEnroll, "holder.enroll", false},
    {Action::kHolderUpdate, "holder.update", false},
    {Action::kHolderSetRoles, "holder.set-roles", false},
    {Action::kHolderSuspend, "holder.suspend", false},
    {Action::kHolderResume, "holder.resume", false},
    {Action::kHolderConfirmSuspension, "holder.confirm-suspension", false},
    {Action::kKeyConfirm, "key.confirm", false},
    {Action::kKeyRevoke, "key.revoke", false},
    {Action::kKeyRenew, "key.renew", false},
    {Action::kAccountRead, "account.read", true},
    {Action::kAccountCreate, "account.create", false},
    {Action::kAccountUpdate, "account.update", false},
    {Action::kAccountSetTier, "account.set-tier", false},
    {Action::kAccountSetOwners, "account.set-owners", false},
    {Action::kAccountArchive, "account.archive", false},
    {Action::kAccountUnarchive, "account.unarchive", false},
    {Action::kAccountReview, "account.review", false},
    {Action::kAccountLink, "account.link", false},
    {Action::kAccountUnlink, "account.unlink", false},
    {Action::kGrantRead, "grant.read", true},
    {Action::kGrantCreate, "grant.create", false},
    {Action::kGrantRevoke, "grant.revoke", false},
    {Action::kSecretRead, "secret.read", true},
    {Action::kSecretPut, "secret.put", false},
    {Action::kSecretReveal, "secret.reveal", false},
    {Action::kSecretCode, "secret.code", false},
    {Action::kSecretAttest, "secret.attest", false},
    {Action::kSecretDestroy, "secret.destroy", false},
    {Action::kSecretRemove, "secret.remove", false},
    {Action::kExposureRead, "exposure.read", true},
    {Action::kExposureAdd, "exposure.add", false},
    {Action::kImport, "import.item", false},
    {Action::kHandoverRead, "handover.read", true},
    {Action::kHandoverStart, "handover.start", false},
    {Action::kHandoverStartMany, "handover.start-many", false},
    {Action::kHandoverCut, "handover.cut", false},
    {Action::kHandoverCancel, "handover.cancel", false},
    {Action::kHandoverDone, "handover.done", false},
    {Action::kHandoverClose, "handover.close", false},
    {Action::kApprovalRead, "approval.read", true},
    {Action::kApprovalApprove, "approval.approve", false},
    {Action::kApprovalWithdraw, "approval.withdraw", false},
    {Action::kBreakGlassRead, "break-glass.read", true},
    {Action::kBreakGlassRequest, "break-glass.request", false},
    {Action::kBreakGlassVeto, "break-glass.veto", false},
    {Action::kBreakGlassReveal, "break-glass.reveal", false},
    {Action::kBreakGlassReview, "break-glass.review", false},
    {Action::kFindingRead, "finding.read", true},
    {Action::kPolicyRead, "policy.read", true},
    {Action::kPolicyExplain, "policy.explain", true},
    {Action::kPolicyStage, "policy.stage", false},
    {Action::kPolicyActivate, "policy.activate", false},
    {Action::kAuditRead, "audit.read", true},
};
static_assert(std::size(kRows) == kActionCount);
static_assert([] {
  for (std::size_t i = 0; i < kActionCount; ++i) {
    if (kRows[i].action != static_cast<Action>(i)) return false;
  }
  return true;
}());

constexpr std::array<Action, kActionCount> kAll = [] {
  std::array<Action, kActionCount> all{};
  for (std::size_t i = 0; i < kActionCount; ++i) all[i] = static_cast<Action>(i);
  return all;
}();

}  // namespace

std::string_view ActionName(Action action) { return kRows[static_cast<std::size_t>(action)].name; }

std::optional<Action> ActionOf(std::string_view name) {
  const auto* const row = std::ranges::find(kRows, name, &Row::name);
  if (row == std::end(kRows)) return std::nullopt;
  return row->action;
}

std::span<const Action> AllActions() { return kAll; }

bool OnlyReads(Action action) { return kRows[static_cast<std::size_t>(action)].only_reads; }

}  // namespace holdfast::policy
