#include "vault/custody/server_certificate.h"

#include <utility>

#include "vault/custody/keys.h"
#include "vault/pki/ca.h"
#include "vault/pki/inspect.h"

namespace holdfast::custody {

ServerCertificate::Issued ServerCertificate::current() const {
  const std::lock_guard lock(mutex_);
  return issued_;
}

absl::StatusOr<bool> ServerCertificate::IssueIfDue(const Keys& keys, Micros now) {
  if (const Issued issued = current(); !issued.pem.empty() && now < issued.renewable_from) return false;
  Issued next;
  HF_ASSIGN_OR_RETURN(next.pem, pki::IssueServerCertificate(keys.ca_key, keys.ca_certificate, keys.tls_key,
                                                            keys.vault_id_hex(), now));
  HF_ASSIGN_OR_RETURN(const pki::CertificateInfo info, pki::InspectCertificate(next.pem));
  next.not_after = info.not_after;
  next.renewable_from = info.not_after - (info.not_after - now) / 3;
  const std::lock_guard lock(mutex_);
  // The CA's own end may leave nothing to gain.
  if (next.not_after <= issued_.not_after) return false;
  issued_ = std::move(next);
  return true;
}

}  // namespace holdfast::custody
