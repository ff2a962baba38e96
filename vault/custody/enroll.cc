#include "vault/custody/enroll.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "vault/crypto/box.h"
#include "vault/custody/authorize.h"
#include "vault/custody/holders.h"
#include "vault/pki/ca.h"
#include "vault/pki/csr.h"
#include "vault/pki/inspect.h"

namespace holdfast::custody {
namespace {

using storage::DeviceKey;
using storage::Enrollment;
using storage::Holder;

// A string's row is written once a minute at most, however often it is presented; refusals.h bounds the events.
constexpr Micros kMisuseMarkedEvery = kMinute;

absl::Status Unknown() {
  return MakeError(absl::StatusCode::kUnauthenticated, "STRING_UNKNOWN",
                   "the vault knows no such enrollment string; ask for a new one");
}

// The refusal for a connection whose key belongs to no string, or to none any more.
absl::Status NotAString(WriteTx& tx, const EnrollmentRequest& request) {
  HF_ASSIGN_OR_RETURN(const auto device, storage::CertificateStore(tx.db()).BySha256(request.cert_sha256));
  if (!device.has_value()) return Unknown();
  return MakeError(absl::StatusCode::kFailedPrecondition, "ENROLLED_ALREADY",
                   "this connection is that of an enrolled device; enrolling takes one made with the enrollment "
                   "string's own key");
}

audit::Event EventFor(const Holder& holder, const EnrollmentRequest& request, std::string rule,
                      std::string fingerprint) {
  audit::Event event;
  event.type = "key.enroll";
  event.subject = RefTo(holder);
  event.rule = std::move(rule);
  event.texts = {{"peer", request.peer}};
  if (!fingerprint.empty()) event.texts["fingerprint"] = std::move(fingerprint);
  return event;
}

// The one alarm for a stolen string: whoever comes second is told, and so are the others.
void RecordMisuse(WriteTx& tx, const EnrollmentRequest& request, const Enrollment& enrollment,
                  const Holder& holder, std::string_view rule, const std::string& fingerprint) {
  const bool mark = enrollment.misused_at.value_or(0) + kMisuseMarkedEvery <= tx.now();
  audit::Event event = EventFor(holder, request, std::string(rule), fingerprint);
  event.outcome = audit::Outcome::kDenied;
  tx.DoInstead([event = std::move(event), id = enrollment.id, mark](WriteTx& instead) {
    instead.Record(event);
    return mark ? storage::KeyStore(instead.db()).MarkMisused(id, instead.now()) : absl::OkStatus();
  });
}

// True when the string enrolled this very device: the keys are the same, and coming again is no misuse.
absl::StatusOr<bool> IsSameDevice(const EnrollmentRequest& request, const Enrollment& enrollment,
                                  const DeviceKey& device, const Bytes& csr_key) {
  HF_ASSIGN_OR_RETURN(const Bytes certified, pki::CertificateKeySha256(enrollment.certificate));
  return certified == csr_key && device.box_public == request.box_public;
}

absl::StatusOr<bool> IsAgain(WriteTx& tx, const EnrollmentRequest& request, const Enrollment& enrollment,
                             const Bytes& csr_key) {
  if (!enrollment.device_id.has_value()) return false;
  HF_ASSIGN_OR_RETURN(const DeviceKey device, LoadDevice(tx, *enrollment.device_id));
  return IsSameDevice(request, enrollment, device, csr_key);
}

absl::Status RefuseInactive(WriteTx& tx, const EnrollmentRequest& request, const Enrollment& enrollment,
                            const Holder& holder, const Bytes& csr_key) {
  HF_ASSIGN_OR_RETURN(const bool again, IsAgain(tx, request, enrollment, csr_key));
  if (!again) RecordMisuse(tx, request, enrollment, holder, "floor.inactive", "");
  return MakeError(absl::StatusCode::kPermissionDenied, "HOLDER_INACTIVE",
                   fmt::format("holder {} {}: no device of theirs can be enrolled", holder.name,
                               StatusWords(holder.status)));
}

struct Ended {
  std::string_view reason;
  std::string_view rule;
  std::string message;
};

Ended EndOf(const Enrollment& enrollment, const Holder& holder, const std::string& fingerprint) {
  if (enrollment.used_at.has_value())
    return {"STRING_USED", "enroll.string-used",
            fmt::format("this enrollment string was used at {}, by the device with the fingerprint {}; if that is "
                        "not your device, somebody else has had your string: tell your security team to run "
                        "\"holdfast holder revoke-key {} --fingerprint {}\", and ask for a new one",
                        FormatTime(*enrollment.used_at), fingerprint, holder.name, fingerprint)};
  if (enrollment.void_at.has_value())
    return {"STRING_VOID", "enroll.string-void",
            fmt::format("this enrollment string was ended at {}, before anybody used it: ask for a new one",
                        FormatTime(*enrollment.void_at))};
  return {"STRING_EXPIRED", "enroll.string-expired",
          fmt::format("this enrollment string expired at {}, before anybody used it: ask for a new one",
                      FormatTime(enrollment.expires_at))};
}

absl::Status RefuseEnded(WriteTx& tx, const EnrollmentRequest& request, const Enrollment& enrollment,
                         const Holder& holder, const std::string& fingerprint) {
  const Ended ended = EndOf(enrollment, holder, fingerprint);
  RecordMisuse(tx, request, enrollment, holder, ended.rule, fingerprint);
  absl::Status refused = MakeError(absl::StatusCode::kUnauthenticated, ended.reason, ended.message);
  if (!fingerprint.empty()) AddDetail(refused, "fingerprint", fingerprint);
  return refused;
}

absl::StatusOr<Enrolled> AnswerEnded(WriteTx& tx, const EnrollmentRequest& request, const Enrollment& enrollment,
                                     const Holder& holder, const Bytes& csr_key) {
  if (!enrollment.device_id.has_value()) return RefuseEnded(tx, request, enrollment, holder, "");
  HF_ASSIGN_OR_RETURN(DeviceKey device, LoadDevice(tx, *enrollment.device_id));
  HF_ASSIGN_OR_RETURN(const bool same, IsSameDevice(request, enrollment, device, csr_key));
  if (!same) return RefuseEnded(tx, request, enrollment, holder, FingerprintOf(device));
  if (device.state == KeyState::kRevoked)
    return MakeError(absl::StatusCode::kUnauthenticated, "KEY_REVOKED",
                     "this device was enrolled, and its key was revoked since: ask for a new string");
  if (enrollment.expires_at <= tx.now())
    return MakeError(absl::StatusCode::kUnauthenticated, "STRING_EXPIRED",
                     fmt::format("this device was enrolled with this string, which ended at {}: ask for a new one",
                                 FormatTime(enrollment.expires_at)));
  return Enrolled{.holder = holder, .key = std::move(device), .certificate = enrollment.certificate};
}

// A string that was made on the host has no issuer who could confirm or be kept from confirming. Whoever
// controls the host controls the vault: the key counts as confirmed while no other confirmed officer could do
// it.
absl::StatusOr<bool> ConfirmedAtOnce(WriteTx& tx, const Enrollment& enrollment, const Holder& holder) {
  if (enrollment.issuer_id.has_value() || !HasRole(holder.roles, Role::kSecurity)) return false;
  HF_ASSIGN_OR_RETURN(const std::int64_t others,
                      storage::KeyStore(tx.db()).CountConfirmedOthers(
                          static_cast<std::int64_t>(Role::kSecurity), holder.person, tx.now()));
  return others == 0;
}

// A leaver's last act could be a string for an accomplice.
absl::Status CheckIssuer(WriteTx& tx, const EnrollmentRequest& request, const Enrollment& enrollment,
                         const Holder& holder) {
  absl::Status stands = CheckIssuerStands(tx, enrollment.issuer_id);
  if (ReasonOf(stands) == "ISSUER_INACTIVE") {
    audit::Event event = EventFor(holder, request, "floor.issuer-inactive", "");
    event.outcome = audit::Outcome::kDenied;
    tx.RecordInstead(std::move(event));
  }
  return stands;
}

absl::Status CheckKeys(WriteTx& tx, const EnrollmentRequest& request, const Bytes& csr_key) {
  // Whoever made or carried the string could otherwise act as the device for good.
  if (csr_key == request.string_key)
    return InvalidField("csr", "must be for a key that the device made, not for that of the string");
  HF_ASSIGN_OR_RETURN(const bool taken, storage::KeyStore(tx.db()).HasBoxKey(request.box_public));
  return taken ? InvalidField("box_key", "is that of a device which was enrolled before") : absl::OkStatus();
}

absl::StatusOr<Enrolled> EnrollDevice(WriteTx& tx, const EnrollmentRequest& request, const Enrollment& enrollment,
                                      Holder holder) {
  HF_ASSIGN_OR_RETURN(auto certificate, pki::IssueHolderCertificate(
                                            tx.keys().ca_key, tx.keys().ca_certificate, request.csr,
                                            tx.keys().vault_id_hex(), holder.name, tx.now(), kKeyLifetime));
  HF_ASSIGN_OR_RETURN(const bool confirmed, ConfirmedAtOnce(tx, enrollment, holder));
  DeviceKey key{.holder_id = holder.id,
                .cert_sha256 = certificate.der_sha256,
                .box_public = request.box_public,
                .state = confirmed ? KeyState::kConfirmed : KeyState::kUnconfirmed,
                .issuer_id = enrollment.issuer_id,
                .created_at = tx.now(),
                .not_after = certificate.not_after,
                .confirmed_at = confirmed ? std::optional(tx.now()) : std::nullopt};
  storage::KeyStore keys(tx.db());
  HF_RETURN_IF_ERROR(keys.Insert(key));
  storage::DeviceCertificate first{.device_id = key.id,
                                   .cert_sha256 = certificate.der_sha256,
                                   .key_sha256 = certificate.key_sha256,
                                   .pem = certificate.pem,
                                   .created_at = tx.now(),
                                   .not_after = certificate.not_after,
                                   .used_at = tx.now()};
  HF_RETURN_IF_ERROR(storage::CertificateStore(tx.db()).Insert(first));
  HF_RETURN_IF_ERROR(keys.MarkUsed(enrollment.id, key.id, certificate.pem, tx.now()));
  audit::Event event =
      EventFor(holder, request, confirmed ? "enroll.first-officer" : "enroll.string", FingerprintOf(key));
  event.actor = event.subject;
  tx.Record(std::move(event));
  return Enrolled{.holder = std::move(holder), .key = std::move(key), .certificate = std::move(certificate.pem)};
}

}  // namespace

absl::StatusOr<Enrolled> Enroll(WriteTx& tx, const EnrollmentRequest& request) {
  HF_RETURN_IF_ERROR(crypto::CheckBoxPublicKey("box_key", request.box_public));
  HF_ASSIGN_OR_RETURN(const Bytes csr_key, pki::CsrKeySha256(request.csr));
  HF_ASSIGN_OR_RETURN(const auto enrollment, storage::KeyStore(tx.db()).EnrollmentByKey(request.string_key));
  if (!enrollment.has_value()) return NotAString(tx, request);
  HF_ASSIGN_OR_RETURN(Holder holder, LoadHolder(tx, enrollment->holder_id));
  if (holder.status != HolderStatus::kActive) return RefuseInactive(tx, request, *enrollment, holder, csr_key);
  if (enrollment->used_at.has_value() || enrollment->void_at.has_value() || enrollment->expires_at <= tx.now())
    return AnswerEnded(tx, request, *enrollment, holder, csr_key);
  HF_RETURN_IF_ERROR(CheckIssuer(tx, request, *enrollment, holder));
  HF_RETURN_IF_ERROR(CheckKeys(tx, request, csr_key));
  return EnrollDevice(tx, request, *enrollment, std::move(holder));
}

}  // namespace holdfast::custody
