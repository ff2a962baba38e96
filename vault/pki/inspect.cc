#include "vault/pki/inspect.h"

#include "vault/pki/openssl.h"
#include "vault/pki/pem.h"

namespace holdfast::pki {
namespace {

constexpr std::string_view kField = "certificate";
constexpr std::size_t kMaxChainPem = 64 * 1024;

using NamesPtr = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

std::string_view TextOf(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

// False when `slot` is taken, or the text could be read in two ways (a NUL, which C would stop at).
bool Fill(std::string& slot, std::string_view text) {
  if (!slot.empty() || text.empty() || text.find('\0') != text.npos) return false;
  slot = text;
  return true;
}

absl::Status ReadNames(const X509* certificate, CertificateInfo& info) {
  int found = 0;
  const NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, &found, /*idx=*/nullptr)));
  if (names == nullptr) {
    constexpr int kAbsent = -1;
    return found == kAbsent ? absl::OkStatus() : InvalidField(kField, "has malformed alternative names");
  }
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    bool ok = true;
    if (name->type == GEN_URI) ok = Fill(info.spiffe_id, TextOf(name->d.uniformResourceIdentifier));
    if (name->type == GEN_DNS) ok = Fill(info.dns_name, TextOf(name->d.dNSName));
    if (!ok) return InvalidField(kField, "has two alternative names of one kind, or an empty one");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Bytes> CertificateSha256(std::string_view pem) {
  if (pem.size() > kMaxChainPem) return InvalidField(kField, "is larger than 64 KiB");
  const std::optional<Bytes> der = TakePemBlock(pem, kCertificateLabel);
  if (!der.has_value()) return InvalidField(kField, "does not begin with a certificate in PEM form");
  return Sha256Of(*der);
}

absl::StatusOr<Bytes> CertificateKeySha256(std::string_view pem) {
  const ErrorQueue errors;
  HF_ASSIGN_OR_RETURN(const X509Ptr certificate, ParseCertificatePem(pem, kField));
  const EVP_PKEY* key = X509_get0_pubkey(certificate.get());
  if (!IsP256(key)) return InvalidField(kField, "does not hold a P-256 public key");
  return SpkiSha256(key);
}

absl::StatusOr<CertificateInfo> InspectCertificate(std::string_view pem) {
  const ErrorQueue errors;
  HF_ASSIGN_OR_RETURN(const X509Ptr certificate, ParseCertificatePem(pem, kField));
  CertificateInfo info;
  HF_ASSIGN_OR_RETURN(info.not_before, TimeOf(X509_get0_notBefore(certificate.get())));
  HF_ASSIGN_OR_RETURN(info.not_after, TimeOf(X509_get0_notAfter(certificate.get())));
  HF_RETURN_IF_ERROR(ReadNames(certificate.get(), info));
  HF_ASSIGN_OR_RETURN(info.key_sha256, SpkiSha256(X509_get0_pubkey(certificate.get())));
  return info;
}

}  // namespace holdfast::pki
