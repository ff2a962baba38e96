#include "vault/pki/ca.h"

#include <openssl/rand.h>

#include <algorithm>
#include <utility>

#include "fmt/core.h"
#include "vault/base/ids.h"
#include "vault/pki/openssl.h"
#include "vault/pki/pem.h"

namespace holdfast::pki {
namespace {

constexpr std::size_t kSerialSize = 16;
constexpr std::size_t kMaxVaultId = 48;  // a common name ends at 64 characters

constexpr Micros kEnrollmentCertificateLifetime = 10 * kMinute;

using BignumPtr = Owned<BIGNUM, BN_free>;
using ExtensionPtr = Owned<X509_EXTENSION, X509_EXTENSION_free>;

struct Extension {
  int nid;
  std::string value;  // OpenSSL's extension syntax, where commas separate: only checked ids may stand in it
};

struct Profile {
  std::string common_name;
  std::vector<Extension> extensions;
  Micros not_before = 0;
  Micros not_after = 0;
};

absl::Status CheckVaultId(std::string_view id) {
  if (id.empty() || id.size() > kMaxVaultId || !HexDecode(id).has_value())
    return InvalidField("vault_id", "is not 2 to 48 lower-case hexadecimal digits");
  return absl::OkStatus();
}

Profile LeafProfile(std::string common_name, std::string_view purpose, std::string names) {
  Profile profile;
  profile.common_name = std::move(common_name);
  profile.extensions = {
      {NID_basic_constraints, "critical,CA:FALSE"}, {NID_key_usage, "critical,digitalSignature"},
      {NID_ext_key_usage, std::string(purpose)},    {NID_subject_alt_name, std::move(names)},
      {NID_subject_key_identifier, "hash"},         {NID_authority_key_identifier, "keyid:always"}};
  return profile;
}

bool SetSerial(X509* certificate, const Bytes& serial) {
  const BignumPtr number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  return number != nullptr && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool SetDates(X509* certificate, const Profile& profile) {
  return ASN1_TIME_set(X509_getm_notBefore(certificate), profile.not_before / kSecond) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), profile.not_after / kSecond) != nullptr;
}

bool SetCommonName(X509* certificate, const std::string& name) {
  return X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(name.data()),
                                    static_cast<int>(name.size()), /*loc=*/-1, /*set=*/0) == 1;
}

bool AddExtensions(X509* certificate, X509* issuer, const std::vector<Extension>& extensions) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, /*req=*/nullptr, /*crl=*/nullptr, /*flags=*/0);
  X509V3_set_ctx_nodb(&context);
  return std::all_of(extensions.begin(), extensions.end(), [&](const Extension& extension) {
    const ExtensionPtr made(X509V3_EXT_conf_nid(nullptr, &context, extension.nid, extension.value.c_str()));
    return made != nullptr && X509_add_ext(certificate, made.get(), /*loc=*/-1) == 1;
  });
}

struct Signed {
  X509Ptr certificate;
  Bytes serial;
};

// `issuer` null: self-signed.
absl::StatusOr<Signed> Sign(const Profile& profile, EVP_PKEY* subject_key, X509* issuer,
                            EVP_PKEY* issuer_key) {
  Signed made{X509Ptr(X509_new()), Bytes(kSerialSize)};
  X509* certificate = made.certificate.get();
  if (certificate == nullptr || RAND_bytes(made.serial.data(), static_cast<int>(kSerialSize)) != 1)
    return LibraryError("start a certificate");
  X509* parent = issuer != nullptr ? issuer : certificate;
  if (X509_set_version(certificate, X509_VERSION_3) != 1 || !SetSerial(certificate, made.serial) ||
      !SetDates(certificate, profile) || !SetCommonName(certificate, profile.common_name) ||
      X509_set_issuer_name(certificate, X509_get_subject_name(parent)) != 1 ||
      X509_set_pubkey(certificate, subject_key) != 1 ||
      !AddExtensions(certificate, parent, profile.extensions) ||
      X509_sign(certificate, issuer_key, EVP_sha256()) <= 0)
    return LibraryError("make a certificate");
  return made;
}

absl::StatusOr<std::string> ToPem(const X509* certificate) {
  HF_ASSIGN_OR_RETURN(const Bytes der, CertificateDer(certificate));
  return EncodePem(der, kCertificateLabel);
}

struct Authority {
  X509Ptr certificate;
  PkeyPtr key;
  Micros not_after = 0;
};

absl::StatusOr<Authority> LoadAuthority(const SecretBytes& ca_key, std::string_view ca_cert_pem) {
  Authority authority;
  HF_ASSIGN_OR_RETURN(authority.key, ReadPrivateKey(ca_key.ExposeSecret()));
  HF_ASSIGN_OR_RETURN(authority.certificate, ParseCertificatePem(ca_cert_pem, "ca_certificate"));
  if (X509_check_ca(authority.certificate.get()) != 1 ||
      X509_check_private_key(authority.certificate.get(), authority.key.get()) != 1)
    return MakeError(absl::StatusCode::kFailedPrecondition, "CA_MISMATCH",
                     "the CA's certificate and private key do not belong together");
  HF_ASSIGN_OR_RETURN(authority.not_after, TimeOf(X509_get0_notAfter(authority.certificate.get())));
  return authority;
}

absl::Status SetValidity(Profile& profile, const Authority& authority, Micros now, Micros lifetime) {
  if (now >= authority.not_after)
    return MakeError(absl::StatusCode::kFailedPrecondition, "CA_EXPIRED",
                     "the vault's CA certificate has expired");
  profile.not_before = now - kBackdated;
  profile.not_after = std::min(now + lifetime, authority.not_after) / kSecond * kSecond;
  return absl::OkStatus();
}

}  // namespace

std::string ServerDnsName(std::string_view vault_id_hex) {
  return fmt::format("{}.holdfast.internal", vault_id_hex);
}

std::string HolderSpiffeId(std::string_view vault_id_hex, std::string_view holder_id) {
  return fmt::format("spiffe://{}/holder/{}", vault_id_hex, holder_id);
}

absl::StatusOr<std::string> MakeCaCertificate(const SecretBytes& key, std::string_view vault_id_hex,
                                              Micros now) {
  const ErrorQueue errors;
  HF_RETURN_IF_ERROR(CheckVaultId(vault_id_hex));
  HF_ASSIGN_OR_RETURN(const PkeyPtr pkey, ReadPrivateKey(key.ExposeSecret()));
  Profile profile;
  profile.common_name = fmt::format("Holdfast vault {}", vault_id_hex);
  profile.extensions = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                        {NID_key_usage, "critical,keyCertSign"},
                        {NID_subject_alt_name, fmt::format("URI:spiffe://{}", vault_id_hex)},
                        {NID_subject_key_identifier, "hash"}};
  profile.not_before = now - kBackdated;
  profile.not_after = now + kCaLifetime;
  HF_ASSIGN_OR_RETURN(const Signed made, Sign(profile, pkey.get(), /*issuer=*/nullptr, pkey.get()));
  return ToPem(made.certificate.get());
}

absl::StatusOr<std::string> IssueServerCertificate(const SecretBytes& ca_key, std::string_view ca_cert_pem,
                                                   const SecretBytes& server_key,
                                                   std::string_view vault_id_hex, Micros now) {
  const ErrorQueue errors;
  HF_RETURN_IF_ERROR(CheckVaultId(vault_id_hex));
  HF_ASSIGN_OR_RETURN(const Authority authority, LoadAuthority(ca_key, ca_cert_pem));
  HF_ASSIGN_OR_RETURN(const PkeyPtr key, ReadPrivateKey(server_key.ExposeSecret()));
  Profile profile =
      LeafProfile("Holdfast server", "serverAuth",
                  fmt::format("DNS:{},URI:spiffe://{}/server", ServerDnsName(vault_id_hex), vault_id_hex));
  HF_RETURN_IF_ERROR(SetValidity(profile, authority, now, kServerLifetime));
  HF_ASSIGN_OR_RETURN(const Signed made,
                      Sign(profile, key.get(), authority.certificate.get(), authority.key.get()));
  return ToPem(made.certificate.get());
}

absl::StatusOr<std::string> MakeEnrollmentCertificate(const SecretBytes& key, Micros now) {
  const ErrorQueue errors;
  HF_ASSIGN_OR_RETURN(const PkeyPtr pkey, ReadPrivateKey(key.ExposeSecret()));
  Profile profile = LeafProfile("Holdfast enrollment", "clientAuth", "URI:spiffe://enrollment");
  std::erase_if(profile.extensions, [](const Extension& e) { return e.nid == NID_authority_key_identifier; });
  profile.not_before = now - kBackdated;
  profile.not_after = now + kEnrollmentCertificateLifetime;
  HF_ASSIGN_OR_RETURN(const Signed made, Sign(profile, pkey.get(), /*issuer=*/nullptr, pkey.get()));
  return ToPem(made.certificate.get());
}

absl::StatusOr<IssuedCertificate> IssueHolderCertificate(
    const SecretBytes& ca_key, std::string_view ca_cert_pem, std::string_view csr_pem,
    std::string_view vault_id_hex, std::string_view holder_id, Micros now, Micros lifetime) {
  const ErrorQueue errors;
  HF_RETURN_IF_ERROR(CheckVaultId(vault_id_hex));
  HF_RETURN_IF_ERROR(CheckId("holder", holder_id));
  if (lifetime < kSecond || lifetime > kMaxHolderLifetime)
    return InvalidField("lifetime", "is not between a second and 1827 days");
  HF_ASSIGN_OR_RETURN(const PkeyPtr key, ReadRequestKey(csr_pem));
  HF_ASSIGN_OR_RETURN(const Authority authority, LoadAuthority(ca_key, ca_cert_pem));
  Profile profile =
      LeafProfile(std::string(holder_id), "clientAuth", "URI:" + HolderSpiffeId(vault_id_hex, holder_id));
  HF_RETURN_IF_ERROR(SetValidity(profile, authority, now, lifetime));
  HF_ASSIGN_OR_RETURN(const Signed made,
                      Sign(profile, key.get(), authority.certificate.get(), authority.key.get()));
  HF_ASSIGN_OR_RETURN(const Bytes der, CertificateDer(made.certificate.get()));
  HF_ASSIGN_OR_RETURN(Bytes key_sha256, SpkiSha256(key.get()));
  return IssuedCertificate{EncodePem(der, kCertificateLabel), Sha256Of(der), std::move(key_sha256), made.serial,
                           profile.not_after};
}

}  // namespace holdfast::pki
