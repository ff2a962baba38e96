#include "vault/custody/strings.h"

#include <utility>

#include "vault/pki/enrollment_string.h"
#include "vault/pki/inspect.h"
#include "vault/pki/key.h"
#include "vault/storage/key_store.h"

namespace holdfast::custody {

absl::Status CheckStringLifetime(std::string_view field, Micros lifetime) {
  if (lifetime >= kMinStringLifetime && lifetime <= kMaxStringLifetime) return absl::OkStatus();
  return InvalidField(field, "must be from one minute to 7 days");
}

absl::StatusOr<NewString> MakeString(WriteTx& tx, const storage::Holder& holder,
                                     std::optional<std::int64_t> issuer, Micros lifetime) {
  storage::KeyStore keys(tx.db());
  HF_RETURN_IF_ERROR(keys.VoidOpenEnrollments(holder.id, tx.now()));
  NewString made{.expires_at = tx.now() + lifetime};
  HF_ASSIGN_OR_RETURN(made.key, pki::GenerateP256Key());
  storage::Enrollment enrollment{.holder_id = holder.id,
                                 .issuer_id = issuer,
                                 .created_at = tx.now(),
                                 .expires_at = made.expires_at};
  HF_ASSIGN_OR_RETURN(enrollment.key_sha256, pki::PublicKeySha256(made.key));
  HF_RETURN_IF_ERROR(keys.InsertEnrollment(enrollment));
  return made;
}

absl::StatusOr<Plaintext> FormatString(const Keys& keys, std::string_view holder, const std::string& address,
                                       SecretBytes key) {
  pki::EnrollmentString string{.holder = std::string(holder), .address = address, .key = std::move(key)};
  HF_ASSIGN_OR_RETURN(string.ca_sha256, pki::CertificateSha256(keys.ca_certificate));
  return pki::FormatEnrollmentString(string);
}

}  // namespace holdfast::custody
