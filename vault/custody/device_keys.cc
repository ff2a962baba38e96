#include <fmt/format.h>

#include <algorithm>

#include "vault/base/ids.h"
#include "vault/crypto/fingerprint.h"
#include "vault/custody/holders.h"
#include "vault/custody/lock_out.h"

namespace holdfast::custody {
namespace {

using policy::Action;

// Of a leaver's device the reason is that they leave, whatever the handover did to the device.
absl::Status NothingToConfirm(Tx& tx, const storage::Holder& holder, const storage::DeviceKey& key) {
  HF_RETURN_IF_ERROR(CheckNotLeaving(tx, holder));
  return MakeError(absl::StatusCode::kFailedPrecondition, "KEY_STATE",
                   key.state == KeyState::kConfirmed
                       ? "this key is confirmed already; nothing to do"
                       : "this key was revoked: its owner needs to enroll anew");
}

// A confirmed one is confirmed again when somebody came with its enrollment string since: that ends the finding.
absl::StatusOr<bool> IsToConfirm(Tx& tx, const storage::DeviceKey& key) {
  if (key.state != KeyState::kConfirmed) return key.state == KeyState::kUnconfirmed;
  return storage::KeyStore(tx.db()).StringMisusedSince(key.id, key.confirmed_at.value_or(0));
}

absl::StatusOr<storage::DeviceKey> FindKey(Tx& tx, const storage::Holder& holder,
                                           std::string_view fingerprint) {
  HF_ASSIGN_OR_RETURN(const auto keys, storage::KeyStore(tx.db()).ByHolder(holder.id));
  const auto it = std::ranges::find_if(keys, [&](const storage::DeviceKey& key) {
    return FingerprintOf(key) == fingerprint;
  });
  if (it != keys.end()) return *it;
  return InvalidField("fingerprint",
                      fmt::format("holder {} has no key with this fingerprint; compare it again, on "
                                  "another channel than the one it came by",
                                  holder.name));
}

// Who issued the enrollment: the fact under the second-person rule.
absl::StatusOr<policy::Context> ContextOf(Tx& tx, const Actor& actor, const storage::DeviceKey& key) {
  policy::Context context;
  if (key.issuer_id.has_value()) {
    HF_ASSIGN_OR_RETURN(const storage::Holder issuer, LoadHolder(tx, *key.issuer_id));
    context.requested_by_self = issuer.person == actor.holder.person;
  }
  return context;
}

// Whoever may read holders is told that nothing is left to confirm before whether they may: a second yes, by
// whomever, is no attempt at anything.
absl::Status TellState(WriteTx& tx, const Actor& actor, const Request& request, const storage::Holder& holder,
                       const storage::DeviceKey& key) {
  HF_ASSIGN_OR_RETURN(const bool confirmable, IsToConfirm(tx, key));
  if (confirmable) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const auto read, Consider(tx, actor, Action::kHolderRead, {.subject = &holder}));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  return read.allowed() && !repeat.has_value() ? NothingToConfirm(tx, holder, key) : absl::OkStatus();
}

// Another fingerprint than the device has is what a confirmation is there to find: it is recorded.
absl::StatusOr<storage::DeviceKey> FindKeyToConfirm(WriteTx& tx, const Actor& actor, const Target& target,
                                                    const std::string& fingerprint) {
  const storage::Holder& holder = *target.subject;
  HF_ASSIGN_OR_RETURN(const auto keys, storage::KeyStore(tx.db()).ByHolder(holder.id));
  auto key = FindKey(tx, holder, fingerprint);
  if (key.ok()) return key;
  // Decided before the answer says what there is.
  HF_RETURN_IF_ERROR(Authorize(tx, actor, Action::kKeyConfirm, target, {}).status());
  if (keys.empty()) HF_RETURN_IF_ERROR(CheckNotLeaving(tx, holder));
  if (keys.empty())
    return MakeError(absl::StatusCode::kFailedPrecondition, "NOT_ENROLLED",
                     fmt::format("holder {} has not enrolled a device yet", holder.name));
  audit::Event event = EventFor(actor, Action::kKeyConfirm, target, {});
  event.outcome = audit::Outcome::kDenied;
  event.rule = "key.other-fingerprint";
  tx.RecordInstead(std::move(event));
  return key;
}

absl::StatusOr<std::string> Normalized(std::string_view fingerprint) {
  std::string normal = crypto::NormalizeFingerprint(fingerprint);
  if (!normal.empty()) return normal;
  return InvalidField("fingerprint", "must be 32 hexadecimal digits, as the device showed them");
}

// Without its last confirmed key an officer is none: see CheckSecurityRemains.
absl::Status CheckSecurityRemainsWithout(Tx& tx, const storage::Holder& holder,
                                         const storage::DeviceKey& key) {
  if (key.state != KeyState::kConfirmed || key.not_after <= tx.now()) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const auto keys, storage::KeyStore(tx.db()).ByHolder(holder.id));
  const bool has_another = std::ranges::any_of(keys, [&](const storage::DeviceKey& other) {
    return other.id != key.id && other.state == KeyState::kConfirmed && other.not_after > tx.now();
  });
  return has_another ? absl::OkStatus() : CheckSecurityRemains(tx, holder);
}

// A device that the vault itself stopped is a finding until somebody else than its holder has looked into it:
// whoever copied the key could have another device of the same holder.
absl::Status CheckStopUnseen(const Actor& actor, const storage::Holder& holder, const storage::DeviceKey& key) {
  if (!key.stopped_at.has_value() || key.stop_seen_by.has_value())
    return MakeError(absl::StatusCode::kFailedPrecondition, "KEY_STATE",
                     "this key is revoked already; nothing to do");
  if (actor.holder.person != holder.person) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "KEY_STATE",
                   "the vault stopped this device of yours, as its key may exist twice; somebody else of your "
                   "security team must look into it and end it");
}

}  // namespace

absl::StatusOr<storage::Holder> ConfirmKey(WriteTx& tx, const Actor& actor, const Request& request,
                                           std::string_view name, std::string_view fingerprint) {
  HF_ASSIGN_OR_RETURN(const std::string normal, Normalized(fingerprint));
  HF_ASSIGN_OR_RETURN(storage::Holder holder, FindHolder(tx, actor, name, Action::kKeyConfirm));
  const Target target{.subject = &holder, .texts = {{"reason", request.reason}, {"fingerprint", normal}}};
  HF_ASSIGN_OR_RETURN(storage::DeviceKey key, FindKeyToConfirm(tx, actor, target, normal));
  HF_RETURN_IF_ERROR(TellState(tx, actor, request, holder, key));
  HF_ASSIGN_OR_RETURN(const policy::Context context, ContextOf(tx, actor, key));
  HF_ASSIGN_OR_RETURN(const auto decision, Authorize(tx, actor, Action::kKeyConfirm, target, context));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return holder;
  HF_ASSIGN_OR_RETURN(const bool confirmable, IsToConfirm(tx, key));
  if (!confirmable) return NothingToConfirm(tx, holder, key);
  HF_RETURN_IF_ERROR(CheckNotLeaving(tx, holder));
  HF_RETURN_IF_ERROR(CheckIssuerStands(tx, key.issuer_id));
  key.state = KeyState::kConfirmed;
  key.confirmed_by = actor.holder.id;
  key.confirmed_at = tx.now();
  HF_RETURN_IF_ERROR(storage::KeyStore(tx.db()).Update(key));
  tx.Record(EventFor(actor, Action::kKeyConfirm, target, decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, holder.name));
  return holder;
}

absl::StatusOr<storage::Holder> RevokeKey(WriteTx& tx, const Actor& actor, const Request& request,
                                          std::string_view name, std::string_view fingerprint) {
  HF_ASSIGN_OR_RETURN(const std::string normal, Normalized(fingerprint));
  HF_ASSIGN_OR_RETURN(storage::Holder holder, FindHolder(tx, actor, name, Action::kKeyRevoke));
  const Target target{.subject = &holder, .texts = {{"reason", request.reason}, {"fingerprint", normal}}};
  HF_ASSIGN_OR_RETURN(const auto decision, Authorize(tx, actor, Action::kKeyRevoke, target));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return holder;
  HF_ASSIGN_OR_RETURN(storage::DeviceKey key, FindKey(tx, holder, normal));
  if (key.state == KeyState::kRevoked) {
    HF_RETURN_IF_ERROR(CheckStopUnseen(actor, holder, key));
    key.stop_seen_by = actor.holder.id;
  } else {
    HF_RETURN_IF_ERROR(CheckSecurityRemainsWithout(tx, holder, key));
    HF_RETURN_IF_ERROR(CheckNotLockedOutAgain(tx, actor, holder, key));
    key.state = KeyState::kRevoked;
    key.revoked_at = tx.now();
  }
  HF_RETURN_IF_ERROR(storage::KeyStore(tx.db()).Update(key));
  tx.Record(EventFor(actor, Action::kKeyRevoke, target, decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, holder.name));
  return holder;
}

}  // namespace holdfast::custody
