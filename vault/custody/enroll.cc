#include "vault/custody/enroll.h"

#include <fmt/format.h>

#include <utility>

#include "vault/crypto/box.h"
#include "vault/crypto/fingerprint.h"
#include "vault/custody/authorize.h"
#include "vault/custody/holders.h"
#include "vault/pki/ca.h"
#include "vault/pki/enrollment_string.h"

namespace holdfast::custody {
namespace {

// One answer for every way in which a code can be wrong: a guesser learns nothing.
absl::Status CodeRefused() {
  return MakeError(absl::StatusCode::kUnauthenticated, "CODE_REFUSED",
                   "the enrollment string is unknown, used or expired; ask for a new one");
}

absl::Status CheckRequest(const EnrollmentRequest& request) {
  if (request.code.size() != pki::kEnrollmentCodeSize) return InvalidField("code", "must be 16 bytes");
  if (request.box_public.size() != std::tuple_size_v<crypto::BoxPublicKey>)
    return InvalidField("box_key", "must be 32 bytes");
  return absl::OkStatus();
}

// A string that was made on the host has no issuer who could confirm or be kept from confirming. Whoever
// controls the host controls the vault: the key counts as confirmed while no other confirmed officer could do
// it.
absl::StatusOr<bool> ConfirmedAtOnce(WriteTx& tx, const storage::Enrollment& enrollment,
                                     const storage::Holder& holder) {
  if (enrollment.issuer_id.has_value() || !HasRole(holder.roles, Role::kSecurity)) return false;
  HF_ASSIGN_OR_RETURN(const std::int64_t others,
                      storage::KeyStore(tx.db()).CountConfirmedOthers(
                          static_cast<std::int64_t>(Role::kSecurity), holder.person, tx.now()));
  return others == 0;
}

}  // namespace

absl::StatusOr<Enrolled> Enroll(WriteTx& tx, const EnrollmentRequest& request) {
  HF_RETURN_IF_ERROR(CheckRequest(request));
  storage::KeyStore keys(tx.db());
  HF_ASSIGN_OR_RETURN(const auto enrollment, keys.EnrollmentByHash(crypto::Sha256(request.code)));
  if (!enrollment.has_value() || enrollment->used_at.has_value() || enrollment->void_at.has_value() ||
      enrollment->expires_at <= tx.now())
    return CodeRefused();
  HF_ASSIGN_OR_RETURN(auto holder, storage::HolderStore(tx.db()).ById(enrollment->holder_id));
  if (!holder.has_value() || holder->status != HolderStatus::kActive) return CodeRefused();
  HF_ASSIGN_OR_RETURN(auto certificate, pki::IssueHolderCertificate(
                                            tx.keys().ca_key, tx.keys().ca_certificate, request.csr,
                                            tx.keys().vault_id_hex(), holder->name, tx.now(), kKeyLifetime));
  HF_ASSIGN_OR_RETURN(const bool confirmed, ConfirmedAtOnce(tx, *enrollment, *holder));
  storage::DeviceKey key{.id = 0,
                         .holder_id = holder->id,
                         .cert_sha256 = certificate.der_sha256,
                         .box_public = request.box_public,
                         .state = confirmed ? KeyState::kConfirmed : KeyState::kUnconfirmed,
                         .issuer_id = enrollment->issuer_id,
                         .confirmed_by = std::nullopt,
                         .created_at = tx.now(),
                         .not_after = certificate.not_after,
                         .confirmed_at = confirmed ? std::optional(tx.now()) : std::nullopt,
                         .revoked_at = std::nullopt};
  HF_RETURN_IF_ERROR(keys.Insert(key));
  HF_RETURN_IF_ERROR(keys.MarkUsed(enrollment->id, tx.now()));
  audit::Event event;
  event.type = "key.enroll";
  event.actor = event.subject = RefTo(*holder);
  event.rule = confirmed ? "enroll.first-officer" : "enroll.code";
  event.texts = {{"peer", request.peer},
                 {"fingerprint", crypto::KeyFingerprint(key.cert_sha256, key.box_public)}};
  tx.Record(std::move(event));
  return Enrolled{
      .holder = *std::move(holder), .key = std::move(key), .certificate = std::move(certificate.pem)};
}

}  // namespace holdfast::custody
