#include "vault/policy/decide.h"

namespace holdfast::policy {

std::string_view ActionName(Action action) {
  switch (action) {
    case Action::kVaultRead:
      return "vault.read";
    case Action::kHolderRead:
      return "holder.read";
    case Action::kHolderCreate:
      return "holder.create";
    case Action::kHolderEnroll:
      return "holder.enroll";
    case Action::kHolderSuspend:
      return "holder.suspend";
    case Action::kHolderResume:
      return "holder.resume";
    case Action::kKeyConfirm:
      return "key.confirm";
    case Action::kAccountRead:
      return "account.read";
    case Action::kAccountCreate:
      return "account.create";
    case Action::kAccountUpdate:
      return "account.update";
    case Action::kAccountSetTier:
      return "account.set-tier";
    case Action::kAccountSetOwners:
      return "account.set-owners";
    case Action::kAccountArchive:
      return "account.archive";
    case Action::kGrantRead:
      return "grant.read";
    case Action::kGrantCreate:
      return "grant.create";
    case Action::kGrantRevoke:
      return "grant.revoke";
    case Action::kSecretRead:
      return "secret.read";
    case Action::kSecretPut:
      return "secret.put";
    case Action::kSecretReveal:
      return "secret.reveal";
    case Action::kSecretRetire:
      return "secret.retire";
    case Action::kSecretDestroy:
      return "secret.destroy";
    case Action::kExposureRead:
      return "exposure.read";
    case Action::kImport:
      return "import.item";
    case Action::kHandoverRead:
      return "handover.read";
    case Action::kHandoverStart:
      return "handover.start";
    case Action::kHandoverCut:
      return "handover.cut";
    case Action::kHandoverApprove:
      return "handover.approve";
    case Action::kHandoverClose:
      return "handover.close";
    case Action::kAuditRead:
      return "audit.read";
  }
  return "unknown";
}

}  // namespace holdfast::policy
