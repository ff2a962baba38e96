#include "vault/pki/chain.h"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <vector>

#include "fmt/core.h"
#include "vault/pki/openssl.h"
#include "vault/pki/pem.h"

namespace holdfast::pki {
namespace {

constexpr std::size_t kMaxChainPem = 64 * 1024;
constexpr std::size_t kMaxChainLength = 8;
constexpr std::size_t kHashSize = 32;
constexpr int kAuthLevel = 2;  // OpenSSL's: 112 bits, no SHA-1

using StorePtr = Owned<X509_STORE, X509_STORE_free>;
using StoreContextPtr = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;

absl::Status Refused(std::string_view reason, std::string_view message) {
  return MakeError(absl::StatusCode::kUnauthenticated, reason, message);
}

absl::StatusOr<std::vector<Bytes>> SplitChain(std::string_view chain_pem) {
  if (chain_pem.size() > kMaxChainPem) return InvalidField("chain", "is larger than 64 KiB");
  std::vector<Bytes> chain;
  while (!chain_pem.empty()) {
    std::optional<Bytes> der = TakePemBlock(chain_pem, kCertificateLabel);
    if (!der.has_value()) return InvalidField("chain", "is not a sequence of certificates in PEM form");
    if (chain.size() == kMaxChainLength) return InvalidField("chain", "holds more than 8 certificates");
    chain.push_back(*std::move(der));
  }
  if (chain.empty()) return InvalidField("chain", "is empty");
  return chain;
}

// The signature is checked before the dates: this is a certificate of the CA.
absl::Status ExplainDates(const X509* certificate, bool expired) {
  const auto date =
      TimeOf(expired ? X509_get0_notAfter(certificate) : X509_get0_notBefore(certificate));
  return Refused("CERTIFICATE_DATES",
                 fmt::format("the server's certificate {} at {}", expired ? "ended" : "begins",
                             date.ok() ? FormatTime(*date) : "an unknown time"));
}

absl::Status Explain(X509_STORE_CTX* context) {
  const int error = X509_STORE_CTX_get_error(context);
  if (error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID)
    return ExplainDates(X509_STORE_CTX_get_current_cert(context), error == X509_V_ERR_CERT_HAS_EXPIRED);
  if (error == X509_V_ERR_HOSTNAME_MISMATCH)
    return Refused("CERTIFICATE_NAME", "the server's certificate names another vault");
  return Refused("CERTIFICATE_UNTRUSTED",
                 "the server's certificate was not issued to a server by the vault's CA");
}

absl::Status VerifyIssuedBy(X509* ca, X509* leaf, std::string_view expected_dns, Micros now) {
  const StorePtr store(X509_STORE_new());
  const StoreContextPtr context(X509_STORE_CTX_new());
  if (store == nullptr || context == nullptr || X509_STORE_add_cert(store.get(), ca) != 1 ||
      X509_STORE_CTX_init(context.get(), store.get(), leaf, /*chain=*/nullptr) != 1)
    return LibraryError("start verifying a certificate");
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(rules, now / kSecond);
  X509_VERIFY_PARAM_set_auth_level(rules, kAuthLevel);
  X509_VERIFY_PARAM_set_depth(rules, 0);  // nothing between the leaf and the CA
  if (X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT) != 1 ||
      X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_SERVER) != 1)
    return LibraryError("set the rules for verifying a certificate");
  if (!expected_dns.empty() &&
      X509_VERIFY_PARAM_set1_host(rules, expected_dns.data(), expected_dns.size()) != 1)
    return LibraryError("set the name to verify");
  if (X509_verify_cert(context.get()) != 1) return Explain(context.get());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> VerifyPinnedChain(std::string_view chain_pem, ByteView ca_sha256,
                                              std::string_view expected_dns, Micros now) {
  const ErrorQueue errors;
  if (ca_sha256.size() != kHashSize) return InvalidField("ca_sha256", "is not 32 bytes");
  HF_ASSIGN_OR_RETURN(const std::vector<Bytes> chain, SplitChain(chain_pem));
  const auto pinned = std::find_if(chain.begin(), chain.end(), [&](const Bytes& der) {
    const Bytes hash = Sha256Of(der);
    return std::equal(hash.begin(), hash.end(), ca_sha256.begin());
  });
  if (pinned == chain.end())
    return Refused("CA_PIN_MISMATCH", "the server does not belong to the vault that was expected");
  const X509Ptr ca = ParseCertificate(*pinned);
  const X509Ptr leaf = ParseCertificate(chain.front());
  if (ca == nullptr || leaf == nullptr) return InvalidField("chain", "holds a malformed certificate");
  // The CA's own key presented as the server's would be no server: a pin must not make a leaf of it.
  if (X509_check_ca(ca.get()) != 1 || pinned == chain.begin())
    return Refused("CERTIFICATE_UNTRUSTED",
                   "the pinned certificate is not a CA standing behind the server's");
  HF_RETURN_IF_ERROR(VerifyIssuedBy(ca.get(), leaf.get(), expected_dns, now));
  return EncodePem(*pinned, kCertificateLabel);
}

}  // namespace holdfast::pki
