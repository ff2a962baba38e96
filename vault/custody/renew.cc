#include "vault/custody/renew.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "vault/custody/holders.h"
#include "vault/pki/ca.h"
#include "vault/pki/csr.h"

namespace holdfast::custody {
namespace {

using policy::Action;
using storage::CertificateStore;
using storage::DeviceCertificate;

audit::Event EventOf(std::string type, std::string_view rule, const storage::Holder& holder,
                     const storage::DeviceKey& key, const std::string& peer) {
  audit::Event event;
  event.type = std::move(type);
  event.actor = event.subject = RefTo(holder);
  event.rule = rule;
  event.texts = {{"peer", peer}, {"fingerprint", FingerprintOf(key)}};
  return event;
}

// Stays although the call fails.
absl::Status Stop(WriteTx& tx, const Actor& actor) {
  tx.DoInstead([device = actor.key.id, peer = actor.peer](WriteTx& stop) -> absl::Status {
    HF_ASSIGN_OR_RETURN(auto key, storage::KeyStore(stop.db()).ById(device));
    if (!key.has_value() || key->state == KeyState::kRevoked) return absl::OkStatus();
    HF_ASSIGN_OR_RETURN(const storage::Holder holder, LoadHolder(stop, key->holder_id));
    key->state = KeyState::kRevoked;
    key->revoked_at = key->stopped_at = stop.now();
    HF_RETURN_IF_ERROR(storage::KeyStore(stop.db()).Update(*key));
    stop.Record(EventOf("key.stop", "key.second-renewal", holder, *key, peer));
    return absl::OkStatus();
  });
  return MakeError(
      absl::StatusCode::kUnauthenticated, "KEY_REVOKED",
      "this device's certificate was renewed already, for another key: the device is stopped, as "
      "its key may be in somebody else's hands; tell your security team, and enroll again");
}

absl::StatusOr<std::optional<DeviceCertificate>> SuccessorOf(WriteTx& tx, const DeviceCertificate& of) {
  HF_ASSIGN_OR_RETURN(const auto line, CertificateStore(tx.db()).ByDevice(of.device_id));
  const auto next =
      std::ranges::find_if(line, [&](const DeviceCertificate& other) { return other.renews == of.id; });
  return next == line.end() ? std::nullopt : std::optional(*next);
}

absl::Status CheckDates(const WriteTx& tx, const DeviceCertificate& certificate) {
  const Micros from = RenewableFrom(certificate);
  if (tx.now() >= from) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "TOO_EARLY",
                   fmt::format("this device's certificate is good until {} and can be renewed from {} on",
                               FormatTime(certificate.not_after), FormatTime(from)));
}

absl::StatusOr<DeviceCertificate> Issue(WriteTx& tx, const Actor& actor, std::string_view csr) {
  HF_ASSIGN_OR_RETURN(auto issued, pki::IssueHolderCertificate(tx.keys().ca_key, tx.keys().ca_certificate,
                                                               csr, tx.keys().vault_id_hex(),
                                                               actor.holder.name, tx.now(), kKeyLifetime));
  CertificateStore certificates(tx.db());
  HF_ASSIGN_OR_RETURN(const bool known, certificates.KnowsKey(issued.key_sha256));
  if (known) return InvalidField("csr", "is for a key that has a certificate already; make a new key");
  if (issued.not_after <= actor.certificate.not_after)
    return MakeError(absl::StatusCode::kFailedPrecondition, "CA_ENDS",
                     fmt::format("the vault's own certificate ends at {}: no device can last longer",
                                 FormatTime(issued.not_after)));
  DeviceCertificate next{.device_id = actor.key.id,
                         .renews = actor.certificate.id,
                         .cert_sha256 = std::move(issued.der_sha256),
                         .key_sha256 = std::move(issued.key_sha256),
                         .pem = std::move(issued.pem),
                         .created_at = tx.now(),
                         .not_after = issued.not_after};
  HF_RETURN_IF_ERROR(certificates.Insert(next));
  return next;
}

}  // namespace

Micros RenewableFrom(const DeviceCertificate& certificate) {
  return certificate.not_after - (certificate.not_after - certificate.created_at) / 3;
}

absl::StatusOr<Renewed> RenewKey(WriteTx& tx, const Caller& caller, std::string_view csr) {
  HF_ASSIGN_OR_RETURN(const Bytes asked, pki::CsrKeySha256(csr));
  HF_ASSIGN_OR_RETURN(const Actor actor, Identify(tx, caller));
  const absl::Status standing = CheckStanding(tx, actor, caller);
  // Whoever asks with a certificate that was replaced must be found out, not just refused.
  if (!standing.ok() && ReasonOf(standing) != "KEY_REPLACED") return standing;
  HF_ASSIGN_OR_RETURN(const auto successor, SuccessorOf(tx, actor.certificate));
  const Target target{.subject = &actor.holder, .texts = {{"fingerprint", FingerprintOf(actor.key)}}};
  if (successor.has_value()) {
    if (successor->key_sha256 != asked || successor->ended_at.has_value()) return Stop(tx, actor);
    // The renewal was approved when it was made; its repeat needs no second approval.
    HF_RETURN_IF_ERROR(AuthorizeToWait(tx, actor, Action::kKeyRenew, target).status());
    return Renewed{.key = actor.key, .certificate = *successor};
  }
  HF_RETURN_IF_ERROR(standing);
  HF_ASSIGN_OR_RETURN(const Permit permit, Authorize(tx, actor, Action::kKeyRenew, target));
  HF_RETURN_IF_ERROR(CheckDates(tx, actor.certificate));
  HF_ASSIGN_OR_RETURN(DeviceCertificate next, Issue(tx, actor, csr));
  audit::Event event = EventFor(actor, Action::kKeyRenew, target, permit);
  event.texts["until"] = FormatTime(next.not_after);
  tx.Record(std::move(event));
  return Renewed{.key = actor.key, .certificate = std::move(next)};
}

absl::Status TakeIntoUse(WriteTx& tx, std::int64_t certificate_id, const std::string& peer) {
  CertificateStore certificates(tx.db());
  HF_ASSIGN_OR_RETURN(auto taken, certificates.ById(certificate_id));
  if (!taken.has_value() || taken->used_at.has_value() || taken->ended_at.has_value() ||
      taken->not_after <= tx.now())
    return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(auto key, storage::KeyStore(tx.db()).ById(taken->device_id));
  if (!key.has_value() || key->state == KeyState::kRevoked) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const storage::Holder holder, LoadHolder(tx, key->holder_id));
  if (holder.status != HolderStatus::kActive) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(auto line, certificates.ByDevice(key->id));
  for (DeviceCertificate& other : line) {
    if (other.id == taken->id || other.ended_at.has_value()) continue;
    other.ended_at = tx.now();
    HF_RETURN_IF_ERROR(certificates.Update(other));
  }
  taken->used_at = tx.now();
  HF_RETURN_IF_ERROR(certificates.Update(*taken));
  key->not_after = taken->not_after;
  HF_RETURN_IF_ERROR(storage::KeyStore(tx.db()).Update(*key));
  tx.Record(EventOf("key.renewed", "key.first-use", holder, *key, peer));
  return absl::OkStatus();
}

}  // namespace holdfast::custody
