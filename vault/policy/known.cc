#include "vault/policy/known.h"

namespace holdfast::policy {
namespace {

using enum Action;

// Groups of attributes that come together.
enum Group : unsigned {
  kAccount = 1,      // tier, platform, unit and state of an account
  kStanding = 2,     // the caller's relation to it, and its owners
  kSecret = 4,       // kind, state of the version, last rotation
  kAbout = 8,        // a holder that the call is about
  kRequested = 16,   // somebody made the request that is decided
  kSuccessor = 32,   // who would take over, and the tier at stake
  kWhy = 64,         // a reason
  kWhyTicket = 128,  // a ticket
};

unsigned GroupsOf(Action action) {
  switch (action) {
    case kVaultRead:
    case kPolicyRead:
    case kAuditRead:
      return 0;
    case kHolderRead:
    case kKeyRenew:
    case kHandoverRead:
    case kHandoverClose:
      return kAbout;
    case kHolderCreate:
    case kHolderEnroll:
    case kHolderUpdate:
    case kHolderSetRoles:
    case kVaultSetCustodian:
    case kHolderSuspend:
    case kHolderResume:
    case kKeyRevoke:
    case kHandoverStart:
      return kAbout | kWhy;
    case kKeyConfirm:
    case kHolderConfirmSuspension:
      return kAbout | kWhy | kRequested;
    case kAccountCreate:
      return kAccount | kAbout | kWhy;
    case kAccountRead:
    case kSecretRead:
      return kAccount | kStanding;
    case kAccountUpdate:
    case kAccountSetTier:
    case kAccountArchive:
    case kAccountUnarchive:
    case kAccountReview:
      return kAccount | kStanding | kWhy;
    case kAccountSetOwners:
    case kAccountLink:
    case kAccountUnlink:
    case kGrantCreate:
    case kGrantRevoke:
      return kAccount | kStanding | kAbout | kWhy;
    case kGrantRead:
    case kExposureRead:
    case kFindingRead:
      return kAccount | kStanding | kAbout;
    case kSecretPut:
    case kSecretDestroy:
    case kSecretRemove:
      return kAccount | kStanding | kSecret | kWhy;
    case kSecretAttest:
    case kImport:
      return kAccount | kStanding | kSecret;
    case kSecretReveal:
    case kSecretCode:
      return kAccount | kStanding | kSecret | kWhy | kWhyTicket;
    case kExposureAdd:
      return kAccount | kStanding | kSecret | kAbout | kWhy;
    case kHandoverDone:
      return kAccount | kStanding | kSecret | kAbout;
    case kHandoverCut:
      return kAbout | kSuccessor;
    case kHandoverCancel:
      return kAbout | kSuccessor | kWhy;
    case kApprovalRead:
      return kAccount | kStanding | kSecret | kAbout | kRequested;
    case kApprovalApprove:
      return kAccount | kStanding | kSecret | kAbout | kSuccessor | kRequested | kWhy;
    case kApprovalWithdraw:
      return kAccount | kStanding | kSecret | kAbout | kRequested | kWhy;
    case kBreakGlassRead:
    case kBreakGlassReveal:
      return kAccount | kStanding | kSecret | kRequested;
    case kBreakGlassRequest:
      return kAccount | kStanding | kSecret | kWhy | kWhyTicket;
    case kBreakGlassVeto:
    case kBreakGlassReview:
      return kAccount | kStanding | kSecret | kRequested | kWhy;
    case kPolicyExplain:
      return kAbout;
    case kHandoverStartMany:
    case kVaultConfirmRestore:
    case kPolicyStage:
    case kPolicyActivate:
      return kWhy;
  }
  return 0;
}

// Any of which brings the attribute; 0: it is known of every call.
unsigned BroughtBy(Attribute attribute) {
  switch (attribute) {
    case Attribute::kRole:
    case Attribute::kQualification:
    case Attribute::kHolder:
    case Attribute::kStatus:
    case Attribute::kKey:
    case Attribute::kAdditionalKey:
    case Attribute::kKeyAge:
    case Attribute::kWeekday:
    case Attribute::kHours:
    case Attribute::kSoleOfficer:
      return 0;
    case Attribute::kTier:
      return kAccount | kSuccessor;
    case Attribute::kPlatform:
    case Attribute::kUnit:
    case Attribute::kAccountState:
      return kAccount;
    case Attribute::kRelation:
    case Attribute::kOwners:
      return kStanding;
    case Attribute::kSecretKind:
    case Attribute::kVersion:
    case Attribute::kRotationAge:
      return kSecret;
    case Attribute::kReason:
      return kWhy;
    case Attribute::kTicket:
      return kWhyTicket;
    case Attribute::kInHandover:
      return kAccount | kAbout;
    case Attribute::kAboutSelf:
    case Attribute::kAboutOfficer:
      return kAbout;
    case Attribute::kRequestedBySelf:
      return kRequested;
    case Attribute::kSuccessorUnvetted:
    case Attribute::kSuccessorIsSelf:
      return kSuccessor;
  }
  return 0;
}

}  // namespace

bool IsKnown(Action action, Attribute attribute) {
  const unsigned groups = BroughtBy(attribute);
  return groups == 0 || (GroupsOf(action) & groups) != 0;
}

bool TakesReason(Action action) { return (GroupsOf(action) & kWhy) != 0; }
bool TakesTicket(Action action) { return (GroupsOf(action) & kWhyTicket) != 0; }

}  // namespace holdfast::policy
